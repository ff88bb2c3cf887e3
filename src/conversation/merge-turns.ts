// Formats that want user and assistant to alternate get turns in place of messages.

import type { Message } from './conversation.ts'
import type { Part } from './parts.ts'
import { resultsFirst } from './results-first.ts'

export interface Turn {
  readonly role: 'user' | 'assistant'
  /** Tool results stand first in a user's turn. */
  readonly parts: readonly Part[]
  /** The index of the first message that went into it, for error messages. */
  readonly index: number
}

export interface Turns {
  /** Everything that system messages say, in their order, wherever they stood. */
  readonly system: readonly Part[]
  /** Never two of the same role in a row; none is empty. */
  readonly turns: readonly Turn[]
}

/** Hoists the system messages and joins messages of the same role; messages without content leave no trace. */
export function mergeTurns(messages: readonly Message[]): Turns {
  const system: Part[] = []
  const turns: { role: 'user' | 'assistant'; parts: Part[]; index: number }[] = []
  messages.forEach(({ role, parts }, index) => {
    if (role === 'system') {
      system.push(...parts)
      return
    }
    const said = parts.filter(saysSomething)
    if (said.length === 0) return
    const last = turns.at(-1)
    if (last?.role === role) last.parts.push(...said)
    else turns.push({ role, parts: said, index })
  })
  return {
    system,
    turns: turns.map(turn =>
      turn.role === 'assistant' ? turn : { ...turn, parts: resultsFirst(turn.parts) },
    ),
  }
}

/** Most providers refuse an empty text, unless it carries what belongs to it. */
function saysSomething(part: Part): boolean {
  return part.type !== 'text' || part.text !== '' || part.extra !== undefined
}
