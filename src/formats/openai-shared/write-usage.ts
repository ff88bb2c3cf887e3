// Token counts as OpenAI writes them: the kinds are parts of two sums.

import type { Usage } from '../../call.ts'
import type { JsonObject } from '../../lib/json-value.ts'

export function writeUsage(usage: Usage): JsonObject {
  const { cacheRead, cacheWrite5m, cacheWrite1h, audioInput, outputReasoning, audioOutput } = usage
  const written = cacheWrite5m + cacheWrite1h
  const prompt = usage.inputUncached + cacheRead + written + audioInput
  const completion = usage.outputText + outputReasoning + audioOutput
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: {
      cached_tokens: cacheRead,
      audio_tokens: audioInput,
      ...(written > 0 && { cache_write_tokens: written }),
      ...(cacheWrite1h > 0 && {
        cache_creation: {
          ephemeral_5m_input_tokens: cacheWrite5m,
          ephemeral_1h_input_tokens: cacheWrite1h,
        },
      }),
    },
    completion_tokens_details: { reasoning_tokens: outputReasoning, audio_tokens: audioOutput },
  }
}
