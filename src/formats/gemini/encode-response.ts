// A whole answer in Google's shape.

import type { Choice, Completion } from '../../conversation/completion.ts'
import type { Conversation } from '../../conversation/conversation.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import type { EncodeContext } from '../format.ts'
import { encodeGrounding } from './citations.ts'
import { encodePart } from './encode-part.ts'
import { encodeFinish } from './finish.ts'
import { encodeLogprobs } from './logprobs.ts'
import { writeUsage } from './usage.ts'
import { defined, ownExtra } from './wire.ts'

export function encodeResponse(completion: Completion, context: EncodeContext<Conversation>): JsonObject {
  const { choices, usage, model, id, extra, created } = completion
  const blocked = blockedPrompt(choices)
  return defined({
    ...(blocked ?? { candidates: choices.map(encodeChoice) }),
    usageMetadata: usage === null ? undefined : writeUsage(usage),
    modelVersion: model === '' ? context.asked.model : model,
    createTime: new Date((created ?? context.created) * 1000).toISOString(),
    responseId: id === '' ? context.id : id,
    ...ownExtra(extra),
  })
}

/** An answer of this format's own whose prompt was blocked had no candidates. */
export function blockedPrompt(choices: readonly Choice[]): JsonObject | null {
  const [first] = choices
  if (choices.length !== 1 || first === undefined || first.parts.length > 0) return null
  const own = ownExtra(first.finish.extra)
  return own?.['promptFeedback'] === undefined ? null : { promptFeedback: own['promptFeedback'] }
}

function encodeChoice({ parts, finish, logprobs }: Choice, index: number): JsonObject {
  const encoded = parts.map(part => ({ part, value: encodePart(part) })).filter(({ value }) => value !== null)
  const own = ownExtra(finish.extra)
  return defined({
    content: {
      // SDKs take a content without parts for a broken answer.
      parts: encoded.length === 0 ? [{ text: '' }] : encoded.map(({ value }) => value),
      role: 'model',
    },
    finishReason: encodeFinish(finish),
    index,
    logprobsResult: logprobs === undefined ? undefined : encodeLogprobs(logprobs),
    groundingMetadata: own === undefined ? encodeGrounding(encoded.map(({ part }) => part)) : undefined,
    ...own,
  })
}
