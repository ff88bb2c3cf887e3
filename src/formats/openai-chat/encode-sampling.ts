// Limits and sampling: models that think refuse most of it.

import type { Conversation, Sampling } from '../../conversation/conversation.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import { encodeSampling } from '../openai-shared/sampling.ts'
import { refuseBias } from '../unsayable.ts'
import type { Writing } from './encode-content.ts'

export function encodeLimits(conversation: Conversation, model: string, writing: Writing): JsonObject {
  const { dialect } = writing
  const { sampling, reasoning } = conversation
  const thinks = dialect.reasoningModels?.test(model) === true && reasoning?.effort !== 'none'
  const taken = thinks ? withoutSampling(sampling, writing) : sampling
  const { maxTokens } = taken
  return {
    ...(maxTokens === undefined ? {} : { [dialect.maxTokens]: maxTokens }),
    ...encodeSampling(taken),
    ...encodeTopK(taken, writing),
    ...encodeLogprobs(taken),
  }
}

const refusedByThinkers = [
  ['temperature', 'temperature', 1],
  ['topP', 'top_p', 1],
  ['frequencyPenalty', 'frequency_penalty', 0],
  ['presencePenalty', 'presence_penalty', 0],
  ['logprobs', 'logprobs', null],
] as const

/**
 * A value that changes nothing is left out without a word.
 * @throws GatewayError `unsupported_parameter` where tokens are to be preferred: that changes what is said
 */
function withoutSampling(sampling: Sampling, { dropped }: Writing): Sampling {
  refuseBias({ sampling })
  const { logitBias: _empty, ...kept } = sampling
  for (const [field, name, neutral] of refusedByThinkers) {
    if (kept[field] === undefined) continue
    if (kept[field] !== neutral) dropped.add(`dropped parameter ${name}`)
    delete kept[field]
  }
  return kept
}

function encodeTopK({ topK }: Sampling, { dialect, dropped }: Writing): JsonObject {
  if (topK === undefined) return {}
  if (dialect.topK) return { top_k: topK }
  dropped.add('dropped parameter top_k')
  return {}
}

function encodeLogprobs({ logprobs }: Sampling): JsonObject {
  if (logprobs === undefined) return {}
  return { logprobs: true, ...(logprobs > 0 ? { top_logprobs: logprobs } : {}) }
}
