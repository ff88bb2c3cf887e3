// A whole answer for a client of Mistral's.

import type { AnswerPart, Choice, Completion } from '../../conversation/completion.ts'
import type { Conversation } from '../../conversation/conversation.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import type { EncodeContext } from '../format.ts'
import { encodeCitation } from '../openai-chat/citations.ts'
import { finishWord } from '../openai-shared/finish.ts'
import { writeUsage } from '../openai-shared/write-usage.ts'
import { encodeCall, encodeChunk } from './encode-chunks.ts'

/** Clients insist on a usage, counted or not. */
const uncounted = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }

export function encodeResponse(completion: Completion, context: EncodeContext<Conversation>): JsonObject {
  const { id, model, created, choices, usage } = completion
  return {
    id: id === '' ? context.id : id,
    object: 'chat.completion',
    created: created ?? context.created,
    model: model === '' ? context.asked.model : model,
    usage: usage === null ? uncounted : writeUsage(usage),
    choices: choices.map(encodeChoice),
  }
}

function encodeChoice({ parts, finish }: Choice, index: number): JsonObject {
  const calls = parts.filter(part => part.type === 'tool_call')
  const annotations = encodeAnnotations(parts)
  return {
    index,
    finish_reason: finishWord(finish),
    message: {
      role: 'assistant',
      content: encodeContent(parts),
      tool_calls: calls.length === 0 ? null : calls.map(encodeCall),
      prefix: false,
      // Not a word of Mistral's: its own references are numbers of documents that the client brought.
      ...(annotations.length === 0 ? {} : { annotations }),
    },
  }
}

/** A string, unless there are chunks that only a list can hold. */
function encodeContent(parts: readonly AnswerPart[]): string | readonly JsonObject[] {
  const said = joinTexts(parts.filter(part => part.type !== 'tool_call'))
  const chunks = said.map(encodeChunk).filter(chunk => chunk !== null)
  const [first] = chunks
  if (first === undefined) return ''
  return chunks.length === 1 && first['type'] === 'text' ? (first['text'] as string) : chunks
}

function joinTexts(parts: readonly AnswerPart[]): readonly AnswerPart[] {
  const joined: AnswerPart[] = []
  for (const part of parts) {
    const last = joined.at(-1)
    if (!isText(part) || last === undefined || !isText(last)) joined.push(part)
    else joined[joined.length - 1] = { type: 'text', text: last.text + part.text }
  }
  return joined
}

function isText(part: AnswerPart): part is Extract<AnswerPart, { type: 'text' | 'refusal' }> {
  return part.type === 'text' || part.type === 'refusal'
}

function encodeAnnotations(parts: readonly AnswerPart[]): readonly JsonObject[] {
  let offset = 0
  return parts.flatMap(part => {
    const place = offset
    if (isText(part)) offset += part.text.length
    const citations = part.type === 'text' ? (part.citations ?? []) : []
    return citations.map(citation => encodeCitation(citation, place)).filter(cited => cited !== null)
  })
}
