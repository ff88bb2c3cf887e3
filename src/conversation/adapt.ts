// Puts a conversation so that a format can say it, and puts the answer back into the client's terms.

import type { Abilities } from './abilities.ts'
import type { Completion } from './completion.ts'
import type { CompletionEvent } from './completion-event.ts'
import type { Conversation } from './conversation.ts'

/** Takes the events of a stream and hands on what they mean to the client. */
export type PassEvent = (event: CompletionEvent) => void

export interface Adapted {
  readonly conversation: Conversation
  /** Undoes the adaptation in a whole answer. */
  restore(completion: Completion): Completion
  /** Undoes it in a stream. */
  restoreEvents(emit: PassEvent): PassEvent
}

export function adaptConversation(conversation: Conversation, _abilities: Abilities): Adapted {
  return { conversation, restore: completion => completion, restoreEvents: emit => emit }
}
