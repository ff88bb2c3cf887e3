// Lets targets of the simulation rest as the gateway's circuit breaker does, in virtual time.

import type { BreakerState } from '../../src/events.ts'

const failuresToOpen = 5
const restMs = 60_000
const longestRestMs = 300_000
const probes = 3

interface Rest {
  consecutive: number
  until: number
  nextMs: number
  probing: number
  /** Successful probes still needed; 0 while closed. */
  needed: number
}

export interface RestingBook {
  stateOf(id: string): BreakerState
  /** False where the call is refused. */
  admit(id: string): boolean
  settle(id: string, succeeded: boolean): void
}

export function createRestingBook(now: () => number): RestingBook {
  const rests = new Map<string, Rest>()

  function restOf(id: string): Rest {
    let rest = rests.get(id)
    if (rest === undefined) {
      rest = { consecutive: 0, until: 0, nextMs: restMs, probing: 0, needed: 0 }
      rests.set(id, rest)
    }
    return rest
  }

  function open(rest: Rest): void {
    rest.until = now() + rest.nextMs
    rest.nextMs = Math.min(longestRestMs, rest.nextMs * 2)
    rest.consecutive = 0
    rest.needed = probes
  }

  return {
    stateOf(id) {
      const rest = restOf(id)
      if (rest.until > now()) return 'open'
      return rest.needed > 0 ? 'half_open' : 'closed'
    },
    admit(id) {
      const rest = restOf(id)
      if (rest.until > now() || (rest.needed > 0 && rest.probing >= probes)) return false
      if (rest.needed > 0) rest.probing++
      return true
    },
    settle(id, succeeded) {
      const rest = restOf(id)
      rest.probing = Math.max(0, rest.probing - 1)
      if (rest.until > now()) return
      rest.consecutive = succeeded ? 0 : rest.consecutive + 1
      if (rest.needed > 0 && succeeded && --rest.needed === 0) rest.nextMs = restMs
      if (!succeeded && (rest.needed > 0 || rest.consecutive >= failuresToOpen)) open(rest)
    },
  }
}
