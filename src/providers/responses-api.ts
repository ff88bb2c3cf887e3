// What providers that offer OpenAI's Responses have in common.

import type { Operation } from '../call.ts'
import type { Provider } from './provider.ts'

/** Besides chat completions, and after them: who speaks neither is translated to those. */
export const withResponses = { chat: ['openai-responses'] } as const satisfies Provider['formats']

/** All of it: a conversation can be compacted, and its tokens counted. */
export const withAllOfResponses = {
  chat: ['openai-responses', 'openai-responses-compact'],
  token_count: ['openai-responses-count'],
} as const satisfies Provider['formats']

/** OpenAI's models that think, and so can hand out their thoughts encrypted. */
export const encryptsReasoning = /^(?:o\d|gpt-(?:[5-9]|\d\d)|codex)/

/** Models of OpenAI that live on this API alone. https://platform.openai.com/docs/models */
const responsesOnly =
  /^(?:o\d(?:-mini)?-(?:pro|deep-research)|gpt-[\d.]+-pro|.*codex|computer-use-preview)(?:-|$)/

export function formatsOfModel(operation: Operation, model: string): readonly string[] | undefined {
  return operation === 'chat' && responsesOnly.test(model) ? withAllOfResponses.chat : undefined
}
