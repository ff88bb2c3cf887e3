// Remembers at which target a conversation was answered, where its prompt is cached. Bounded, and forgotten after a while.

import { BoundedMap } from '../../lib/bounded-map.ts'
import type { Clock } from '../../lib/clock.ts'

/** What a conversation is known by; see `conversationKeyOf`. */
export interface ConversationName {
  readonly tenant: string
  readonly key: string
}

/** The memory of all instances of the gateway. */
export interface SharedAffinity {
  /** What is known without asking; what is not is asked for, so that the next call may know it. */
  recall(conversation: ConversationName): string | null
  /** The same, asked for where it is not known: a promise then, kept within a few milliseconds. Never rejects. */
  find(conversation: ConversationName): string | null | Promise<string | null>
  remember(conversation: ConversationName, targetId: string, keepMs: number): void
}

export interface AffinityMemory {
  /** The id of the target; null where nobody remembers. */
  targetOf(conversation: ConversationName): string | null
  /**
   * Asks the other instances for what is not known here, so that `targetOf` knows it when the promise is kept; null where
   * there is nothing to wait for. The function itself is null where this instance is the only one.
   */
  readonly lookUp: ((conversation: ConversationName) => Promise<unknown> | null) | null
  remember(conversation: ConversationName, targetId: string): void
}

export interface AffinityOptions {
  readonly maxConversations: number
  readonly keepMs: number
  readonly clock: Pick<Clock, 'now'>
  /** Asked where nothing is remembered here; absent or null where this instance is the only one. */
  readonly shared?: SharedAffinity | null
}

interface Place {
  readonly targetId: string
  readonly at: number
}

export function createAffinityMemory(options: AffinityOptions): AffinityMemory {
  const { maxConversations, keepMs, clock, shared = null } = options
  const places = new BoundedMap<Place>(maxConversations, Number.POSITIVE_INFINITY)

  // The tenant is part of the key.
  function findHere(key: string): string | null {
    const place = places.get(key)
    if (place === undefined) return null
    if (clock.now() - place.at <= keepMs) return place.targetId
    places.delete(key)
    return null
  }

  function lookUp(others: SharedAffinity, conversation: ConversationName): Promise<unknown> | null {
    if (findHere(conversation.key) !== null) return null
    const found = others.find(conversation)
    return found instanceof Promise ? found : null
  }

  return {
    lookUp: shared === null ? null : conversation => lookUp(shared, conversation),
    targetOf: conversation => findHere(conversation.key) ?? shared?.recall(conversation) ?? null,
    remember(conversation, targetId) {
      places.set(conversation.key, { targetId, at: clock.now() }, 1)
      shared?.remember(conversation, targetId, keepMs)
    },
  }
}
