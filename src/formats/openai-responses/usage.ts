// Token counts of a response. They are those of chat completions under other names.

import type { Usage } from '../../call.ts'
import { isObject, type JsonObject } from '../../lib/json-value.ts'
import { readUsage as readChatUsage } from '../openai-shared/usage.ts'

/** Null where nothing credible was counted. */
export function readUsage(usage: unknown): Usage | null {
  if (!isObject(usage)) return null
  return readChatUsage({
    prompt_tokens: usage['input_tokens'],
    completion_tokens: usage['output_tokens'],
    total_tokens: usage['total_tokens'],
    prompt_tokens_details: usage['input_tokens_details'],
    completion_tokens_details: usage['output_tokens_details'],
  })
}

export function writeUsage(usage: Usage): JsonObject {
  const cacheWrite = usage.cacheWrite5m + usage.cacheWrite1h
  const input = usage.inputUncached + usage.cacheRead + cacheWrite + usage.audioInput
  const output = usage.outputText + usage.outputReasoning + usage.audioOutput
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: usage.cacheRead, cache_write_tokens: cacheWrite },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: usage.outputReasoning },
    total_tokens: input + output,
  }
}
