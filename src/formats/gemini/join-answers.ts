// Google's own clients keep every chunk of a streamed answer as a content of its own in the history of a chat: together
// they are one answer again. Other formats refuse calls whose results do not follow at once.
// https://github.com/googleapis/js-genai/blob/main/src/chats.ts

import type { Message } from '../../conversation/conversation.ts'
import type { Part, TextPart } from '../../conversation/parts.ts'

export function joinAnswers(messages: readonly Message[]): readonly Message[] {
  const turns: Message[] = []
  for (const message of messages) {
    const last = turns.at(-1)
    if (last?.role !== 'assistant' || message.role !== 'assistant') turns.push(message)
    else turns[turns.length - 1] = { ...last, parts: joinParts(last.parts, message.parts) }
  }
  return turns
}

/** A text that goes on from one chunk to the next is one text; the last chunk often has an empty one. */
function joinParts(before: readonly Part[], next: readonly Part[]): readonly Part[] {
  const said = next.filter(part => !isBareText(part) || part.text !== '')
  const [last, first] = [before.at(-1), said[0]]
  if (!isBareText(last) || !isBareText(first)) return [...before, ...said]
  return [...before.slice(0, -1), { type: 'text', text: last.text + first.text }, ...said.slice(1)]
}

function isBareText(part: Part | undefined): part is TextPart {
  return part?.type === 'text' && Object.keys(part).length === 2
}
