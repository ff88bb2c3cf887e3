// Remembers at which target a conversation was answered, where its prompt is cached. Bounded, and forgotten after a while.

import { BoundedMap } from '../../lib/bounded-map.ts'
import type { Clock } from '../../lib/clock.ts'

export interface AffinityMemory {
  /** The id of the target; null where nobody remembers. */
  targetOf(conversation: string): string | null
  remember(conversation: string, targetId: string): void
  /** Conversations that went on, by whether they could stay. */
  readonly counts: { hits: number; misses: number }
}

export interface AffinityOptions {
  readonly maxConversations: number
  readonly keepMs: number
  readonly clock: Pick<Clock, 'now'>
}

interface Place {
  readonly targetId: string
  readonly at: number
}

export function createAffinityMemory({ maxConversations, keepMs, clock }: AffinityOptions): AffinityMemory {
  const places = new BoundedMap<Place>(maxConversations, Number.POSITIVE_INFINITY)
  return {
    counts: { hits: 0, misses: 0 },
    targetOf(conversation) {
      const place = places.get(conversation)
      if (place === undefined) return null
      if (clock.now() - place.at <= keepMs) return place.targetId
      places.delete(conversation)
      return null
    },
    remember(conversation, targetId) {
      places.set(conversation, { targetId, at: clock.now() }, 1)
    },
  }
}
