// Token counts of Cohere's chat. `tokens` is what the model read and wrote; `billed_units` leaves out what Cohere puts
// into the prompt itself, and rides along.

import type { Usage } from '../../call.ts'
import { isObject, type JsonObject } from '../../lib/json-value.ts'
import { countOf, inputOf, outputOf, plainUsage } from '../shared/answer-body.ts'

/** Null where nothing was counted. */
export function decodeUsage(usage: unknown): Usage | null {
  if (!isObject(usage)) return null
  const counted = isObject(usage['tokens']) ? usage['tokens'] : usage['billed_units']
  if (!isObject(counted)) return null
  const input = countOf(counted['input_tokens'])
  const output = countOf(counted['output_tokens'])
  if (input === null && output === null) return null
  return plainUsage(input ?? 0, output ?? 0, countOf(usage['cached_tokens']) ?? 0)
}

export function encodeUsage(usage: Usage): JsonObject {
  const tokens = { input_tokens: inputOf(usage), output_tokens: outputOf(usage) }
  return { billed_units: tokens, tokens, cached_tokens: usage.cacheRead }
}
