// `GET /models` as OpenAI has it, with what compatible servers add to its entries.
// https://platform.openai.com/docs/api-reference/models/list

import type { JsonObject } from '../../lib/json-value.ts'
import type { ListingRequest, ModelListing } from '../listing.ts'
import type { ProviderSettings } from '../provider.ts'
import {
  dayIn,
  listIn,
  type MaybeSaid,
  modalitiesIn,
  objectIn,
  readRows,
  textIn,
  tokensIn,
} from './fields.ts'
import { picoPerToken, pricesOf } from './prices.ts'

export interface OpenAiListingOptions {
  /** Below the base URL, where it does not depend on the settings. */
  readonly path?: string
  /** Where it does. */
  readonly pathFor?: (settings: ProviderSettings) => string
  readonly advisory?: true
  /** `created` is the day of the release, as at OpenAI. */
  readonly dated?: true
  /** Facts that only this vendor states, or states otherwise; null leaves the model out. */
  readonly read?: (row: JsonObject) => MaybeSaid | null
}

export function openAiListing(options: OpenAiListingOptions = {}): ModelListing {
  const { path = '/models', pathFor = () => path, dated, read = () => ({}) } = options
  return {
    ...(options.advisory && { advisory: true }),
    first: (settings): ListingRequest => ({ method: 'GET', path: pathFor(settings) }),
    readPage: body =>
      readRows(listIn(body, 'data', 'models', ''), {
        read(row) {
          const own = read(row)
          if (own === null) return null
          const releasedOn = dated ? dayIn(row['created']) : undefined
          return { id: row['id'] ?? row['name'], releasedOn, ...commonFacts(row), ...own }
        },
      }),
  }
}

/**
 * What many servers say beside the name. Not `created` and `owned_by`: of most servers these are the time of the answer,
 * and the name of the program.
 * - vLLM, SGLang: `max_model_len`. https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html
 * - llama.cpp: `meta.n_ctx`, what it was started with, and `meta.n_ctx_train`.
 *   https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md
 */
export function commonFacts(row: JsonObject): MaybeSaid {
  const meta = objectIn(row['meta'])
  const architecture = objectIn(row['architecture'])
  return {
    title: textIn(row['display_name']),
    contextWindow: tokensIn(
      row['max_model_len'],
      row['context_length'],
      row['context_window'],
      row['max_context_length'],
      meta['n_ctx'],
      meta['n_ctx_train'],
    ),
    maxOutput: tokensIn(row['max_completion_tokens'], row['max_output_tokens']),
    input: modalitiesIn(architecture['input_modalities'] ?? row['input_modalities']),
    output: modalitiesIn(architecture['output_modalities'] ?? row['output_modalities']),
    prices: pricesPerToken(objectIn(row['pricing'])),
  }
}

/** US dollars per token, as texts: the shape that OpenRouter has spread. */
export function pricesPerToken(pricing: JsonObject) {
  if (typeof pricing['prompt'] !== 'string') return undefined
  const priceOf = (name: string) => picoPerToken(pricing[name], 1)
  return pricesOf({
    input: priceOf('prompt'),
    cacheRead: priceOf('input_cache_read'),
    cacheWrite5m: priceOf('input_cache_write'),
    output: priceOf('completion'),
    // Where it is free it has no price of its own: thoughts are charged as output.
    reasoning: priceOf('internal_reasoning') || undefined,
    audioInput: priceOf('audio') || undefined,
    request: priceOf('request') || undefined,
  })
}
