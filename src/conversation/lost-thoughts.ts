// What earlier answers had thought, and what becomes of it in a request to somebody else: a foreign thought is left out
// of every format. Plain text of it is routine, for nobody takes it back. A signed or encrypted thought is one that its
// client expects to be used; where it goes nowhere, that is told.

import type { Message } from './conversation.ts'
import type { ReasoningPart } from './parts.ts'

export const droppedThought = 'dropped content reasoning'

/** Whether somebody can tell that the thought is his own. */
export function isProven({ signature, encrypted }: Pick<ReasoningPart, 'signature' | 'encrypted'>): boolean {
  return signature !== undefined || encrypted !== undefined
}

/** The warning, where there is reason for it. */
export function warnOfLostThoughts(
  messages: readonly Pick<Message, 'parts'>[],
  isTaken: (thought: ReasoningPart) => boolean,
): readonly string[] {
  const lost = messages.some(({ parts }) =>
    parts.some(part => part.type === 'reasoning' && isProven(part) && !isTaken(part)),
  )
  return lost ? [droppedThought] : []
}
