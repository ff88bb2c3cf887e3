// Shared state without a server: for the instances of one process, which is one instance as a rule.

import type { Clock } from '../lib/clock.ts'
import { createAffinityCopy } from './affinity-copy.ts'
import { createHintBoard, type LocalHintBoard } from './hint-board.ts'
import { createLocalCounters } from './local-counters.ts'
import { createLocalLeases } from './local-leases.ts'
import type { Lease, Leases, SharedState } from './shared-state.ts'

export interface MemoryFleet {
  /** One more instance. */
  join(): SharedState
}

export function createMemoryFleet(clock: Pick<Clock, 'now'>): MemoryFleet {
  const members = new Set<LocalHintBoard>()
  const affinity = createAffinityCopy(clock)
  const counters = createLocalCounters(clock)
  const leases = createLocalLeases()
  return {
    join() {
      const board = createHintBoard({
        clock,
        send(hint) {
          for (const other of members) if (other !== board) other.hear(hint)
        },
      })
      board.relearn([...members].flatMap(member => member.own()))
      members.add(board)
      const own = trackHeld(leases)
      return {
        hints: board,
        affinity: {
          recall: place => affinity.read(place)?.value ?? null,
          find: place => affinity.read(place)?.value ?? null,
          remember: affinity.write,
        },
        leases: own.leases,
        counters: { add: async question => ({ ...counters.add(question), shared: true }) },
        shared: true,
        async close() {
          members.delete(board)
          own.releaseAll()
        },
      }
    },
  }
}

/** Remembers what is held, to give it back at the end. */
export function trackHeld(leases: Leases): { readonly leases: Leases; releaseAll(): void } {
  const held = new Set<Lease>()
  return {
    leases: {
      async take(question) {
        const lease = await leases.take(question)
        if (lease === null) return null
        const tracked = {
          release() {
            held.delete(tracked)
            lease.release()
          },
        }
        held.add(tracked)
        return tracked
      },
    },
    releaseAll() {
      for (const lease of held) lease.release()
    },
  }
}
