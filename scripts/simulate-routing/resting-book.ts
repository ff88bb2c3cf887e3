// Lets targets of the simulation rest as the gateway's circuit breaker does, in virtual time, by the gateway's own counts
// of failures.

import type { BreakerState } from '../../src/events.ts'
import { createFailureCounts, type FailureCounts } from '../../src/resilience/failure-counts.ts'

const failuresToOpen = 5
const restMs = 60_000
const longestRestMs = 300_000
const probes = 3

interface Rest {
  readonly failures: FailureCounts
  state: BreakerState
  /** Calls that were begun before the last change do not count. */
  era: number
  until: number
  nextMs: number
  probing: number
  /** Probes that succeeded. */
  succeeded: number
}

/** Leave to call a target. */
export interface Admission {
  readonly era: number
  readonly isProbe: boolean
}

export interface RestingBook {
  stateOf(id: string): BreakerState
  /** Null where the call is refused. */
  admit(id: string): Admission | null
  settle(id: string, admission: Admission, succeeded: boolean): void
}

export function createRestingBook(now: () => number): RestingBook {
  const rests = new Map<string, Rest>()

  function restOf(id: string): Rest {
    let rest = rests.get(id)
    if (rest === undefined) {
      const failures = createFailureCounts(failuresToOpen)
      rest = { failures, state: 'closed', era: 0, until: 0, nextMs: restMs, probing: 0, succeeded: 0 }
      rests.set(id, rest)
    }
    if (rest.state === 'open' && rest.until <= now()) enter(rest, 'half_open')
    return rest
  }

  function enter(rest: Rest, state: BreakerState): void {
    rest.state = state
    rest.era++
    rest.probing = 0
    rest.succeeded = 0
    rest.failures.startAnew()
    if (state === 'closed') rest.nextMs = restMs
    if (state !== 'open') return
    rest.until = now() + rest.nextMs
    rest.nextMs = Math.min(longestRestMs, rest.nextMs * 2)
  }

  function settleProbe(rest: Rest, succeeded: boolean): void {
    rest.probing--
    if (!succeeded) enter(rest, 'open')
    else if (++rest.succeeded === probes) enter(rest, 'closed')
  }

  return {
    stateOf: id => restOf(id).state,
    admit(id) {
      const rest = restOf(id)
      const isProbe = rest.state === 'half_open'
      if (rest.state === 'open' || (isProbe && rest.probing + rest.succeeded >= probes)) return null
      if (isProbe) rest.probing++
      return { era: rest.era, isProbe }
    },
    settle(id, { era, isProbe }, succeeded) {
      const rest = restOf(id)
      if (era !== rest.era) return
      if (isProbe) {
        settleProbe(rest, succeeded)
        return
      }
      rest.failures.add(succeeded ? 'success' : 'failure', now())
      if (!succeeded && rest.failures.isOutage(now())) enter(rest, 'open')
    },
  }
}
