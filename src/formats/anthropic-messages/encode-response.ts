// A whole answer as a message. A client of this format asks for one choice.

import type { Completion } from '../../conversation/completion.ts'
import type { Conversation } from '../../conversation/conversation.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import type { EncodeContext } from '../format.ts'
import { factsOfCompletion } from '../streams/stream-facts.ts'
import { encodeAnswerPart, estimateUsage, frameMessage, messageId } from './encode-answer.ts'
import { encodeFinish } from './stop-reasons.ts'

export function encodeResponse(completion: Completion, context: EncodeContext<Conversation>): JsonObject {
  const { id, model, choices, usage, serviceTier, extra } = completion
  const parts = choices[0]?.parts ?? []
  return frameMessage({
    id: messageId(id, context.id),
    model: model === '' ? context.asked.model : model,
    content: parts.map(encodeAnswerPart).filter(block => block !== null),
    ending: encodeFinish(choices[0]?.finish ?? { reason: 'stop' }),
    usage: usage ?? estimateUsage(context.inputTokens, factsOfCompletion(completion).outputCharacters),
    serviceTier,
    extra,
  })
}
