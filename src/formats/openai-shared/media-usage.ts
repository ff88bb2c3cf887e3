// Token counts of images, transcripts and speech, which are named otherwise than those of chat completions.

import type { Usage } from '../../call.ts'
import { isObject } from '../../lib/json-value.ts'
import { readUsage } from './usage.ts'

/**
 * Tokens by kind; null where nothing was counted, or seconds in place of tokens.
 * Images are counted as tokens like any other: what they cost beside text is the affair of the price.
 */
export function readMediaUsage(usage: unknown): Usage | null {
  if (!isObject(usage)) return null
  if (usage['input_tokens'] === undefined) return readUsage(usage)
  const input = usage['input_tokens_details'] ?? usage['input_token_details']
  const output = usage['output_tokens_details'] ?? usage['output_token_details']
  return readUsage({
    prompt_tokens: usage['input_tokens'],
    completion_tokens: usage['output_tokens'],
    prompt_tokens_details: input,
    completion_tokens_details: output,
  })
}
