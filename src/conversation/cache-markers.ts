// Where a client asks for the prompt to be kept: for formats that have no word for it at all, or not everywhere.

import type { Conversation, Message } from './conversation.ts'
import type { Part } from './parts.ts'

/** What is told where a marker is left out. */
export const droppedMarker = 'dropped parameter cache_control'

export function isMarked(marked: object): boolean {
  return 'cache' in marked && marked.cache !== undefined
}

/** @param inside of the result of a tool */
type IsLost = (part: Part, role: Message['role'], inside: boolean) => boolean

/** Whether a marker stands anywhere that the format cannot say; without `isLost` it can say none. */
export function losesMarker(
  { messages, tools }: Pick<Conversation, 'messages' | 'tools'>,
  isLost: IsLost = () => true,
): boolean {
  return (
    tools.some(isMarked) ||
    messages.some(({ role, parts }) => parts.some(part => isLostIn(part, role, isLost)))
  )
}

function isLostIn(part: Part, role: Message['role'], isLost: IsLost): boolean {
  if (isMarked(part) && isLost(part, role, false)) return true
  return (
    part.type === 'tool_result' && part.content.some(inner => isMarked(inner) && isLost(inner, role, true))
  )
}
