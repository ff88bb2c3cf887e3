// A whole answer for a client: the text of each choice. A client that completes a text has no word for the rest.

import type { Choice, Completion, Finish } from '../../conversation/completion.ts'
import type { Conversation } from '../../conversation/conversation.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import type { EncodeContext } from '../format.ts'
import { finishWord } from '../openai-shared/finish.ts'
import { writeUsage } from '../openai-shared/write-usage.ts'
import { encodeLogprobs } from './logprobs.ts'

export function encodeResponse(completion: Completion, context: EncodeContext<Conversation>): JsonObject {
  const { id, model, created, choices, usage } = completion
  return {
    id: id === '' ? `cmpl-${context.id}` : id,
    object: 'text_completion',
    created: created ?? context.created,
    model: model === '' ? context.asked.model : model,
    choices: choices.map(encodeChoice),
    ...(usage === null ? {} : { usage: writeUsage(usage) }),
  }
}

function encodeChoice({ parts, finish, logprobs }: Choice, index: number): JsonObject {
  const text = parts.map(part => (part.type === 'text' || part.type === 'refusal' ? part.text : '')).join('')
  return {
    text,
    index,
    logprobs: logprobs === undefined ? null : encodeLogprobs(logprobs, 0),
    finish_reason: textFinish(finish),
  }
}

export function textFinish(finish: Finish): string {
  const word = finishWord(finish)
  return word === 'tool_calls' ? 'stop' : word
}
