// A client's request in the neutral form. Its shape was checked before, by `checkRequest`.

import type {
  Conversation,
  Effort,
  OutputFormat,
  ReasoningRequest,
  Sampling,
} from '../../conversation/conversation.ts'
import { isObject, isText, type JsonObject } from '../../lib/json-value.ts'
import type { Address } from '../format.ts'
import { booleanOf, numberOf, objectOf, present, textOf } from '../openai-shared/fields.ts'
import { decodeSampling, samplingFields } from '../openai-shared/sampling.ts'
import { wantsStreamUsage } from '../openai-shared/stream-usage.ts'
import { otherFields } from '../shared/aside.ts'
import { refuse } from '../shared/checks.ts'
import { decodeMessages } from './decode-messages.ts'
import { decodeToolChoice, decodeTools } from './decode-tools.ts'
import { formatName } from './name.ts'
import { ownFieldRules } from './own-fields.ts'

/** Fields that have a place in the neutral form; all others ride along. */
const known: ReadonlySet<string> = new Set([
  ...samplingFields,
  'model',
  'messages',
  'stream',
  'stream_options',
  'tools',
  'functions',
  'tool_choice',
  'function_call',
  'parallel_tool_calls',
  'logprobs',
  'top_logprobs',
  'reasoning_effort',
  'reasoning',
  'thinking',
  'user',
  'service_tier',
  'metadata',
  'prompt_cache_key',
])

export const ownFields = ownFieldRules(known)

export function decodeRequest(body: JsonObject, address: Address): Conversation {
  const others = otherFields(body, known)
  const { response_format: format, safety_identifier: safetyIdentifier } = body
  const output = decodeOutput(format)
  const extra: JsonObject = {
    ...others,
    ...(output === undefined ? {} : { response_format: undefined }),
    // The answer is to be in the terms of the question: one `function_call`, no `tool_calls`.
    ...(Array.isArray(body['functions']) && { functions: true }),
  }
  return {
    model: String(address.model ?? body['model']),
    streaming: body['stream'] === true,
    messages: decodeMessages(body['messages']),
    tools: decodeTools(body),
    sampling: { ...decodeSampling(body), ...decodeLogprobs(body) },
    ...present({
      toolChoice: decodeToolChoice(body),
      parallelToolCalls: booleanOf(body['parallel_tool_calls']),
      output,
      reasoning: decodeReasoningRequest(body),
      user: textOf(body['user']) ?? textOf(safetyIdentifier),
      serviceTier: textOf(body['service_tier']),
      metadata: objectOf(body['metadata']),
      cacheKey: textOf(body['prompt_cache_key']),
      wantsStreamUsage: wantsStreamUsage(body) ? true : undefined,
      extra: isEmpty(extra) ? undefined : { [formatName]: present(extra) },
    }),
  }
}

function isEmpty(fields: JsonObject): boolean {
  return Object.values(fields).every(value => value === undefined)
}

function decodeLogprobs(body: JsonObject): Pick<Sampling, 'logprobs'> {
  const top = numberOf(body['top_logprobs'])
  return body['logprobs'] === true ? { logprobs: top ?? 0 } : {}
}

/** Undefined where nothing is asked for, and for grammars and the like, which only some servers know. */
function decodeOutput(format: unknown): OutputFormat | undefined {
  if (!isObject(format)) return undefined
  const { type, json_schema: asked } = format
  if (type === 'text') return { type: 'text' }
  if (type === 'json_object') return decodeJson(format)
  if (type !== 'json_schema') return undefined
  if (!isObject(asked)) refuse('response_format.json_schema', 'must be an object with a name and a schema')
  const { schema } = asked
  if (schema !== undefined && !isObject(schema))
    refuse('response_format.json_schema.schema', 'must be an object')
  return {
    type: 'json_schema',
    schema: schema ?? {},
    ...present({
      name: textOf(asked['name']),
      description: textOf(asked['description']),
      strict: booleanOf(asked['strict']),
    }),
  }
}

/** Some clients put a schema beside `json_object`. */
function decodeJson({ schema }: JsonObject): OutputFormat {
  return isObject(schema) ? { type: 'json_schema', schema } : { type: 'json' }
}

const efforts: ReadonlySet<string> = new Set(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'])

/**
 * `reasoning_effort`; `reasoning` as OpenRouter has it; `thinking` as libraries take it over from Anthropic.
 * @throws GatewayError `invalid_request` for an effort that nobody knows
 */
function decodeReasoningRequest(body: JsonObject): ReasoningRequest | undefined {
  const reasoning = objectOf(body['reasoning']) ?? {}
  const thinking = objectOf(body['thinking']) ?? {}
  const off = reasoning['enabled'] === false || thinking['type'] === 'disabled'
  const effort = readEffort(body['reasoning_effort'] ?? reasoning['effort'])
  const asked: ReasoningRequest = present({
    effort: off ? 'none' : effort,
    budgetTokens: numberOf(reasoning['max_tokens']) ?? numberOf(thinking['budget_tokens']),
    visible: typeof reasoning['exclude'] === 'boolean' ? !reasoning['exclude'] : undefined,
  })
  const on = reasoning['enabled'] === true || thinking['type'] === 'enabled'
  if (on && asked.effort === undefined && asked.budgetTokens === undefined)
    return { ...asked, budgetTokens: -1 }
  return Object.keys(asked).length === 0 ? undefined : asked
}

/** `default` and `auto` of some vendors leave it to the model. */
function readEffort(effort: unknown): Effort | undefined {
  if (effort === undefined || effort === null || effort === 'default' || effort === 'auto') return undefined
  if (isText(effort) && efforts.has(effort)) return effort as Effort
  return refuse('reasoning_effort', `must be one of ${[...efforts].join(', ')}`)
}
