// Leases of those who share a memory.

import type { Clock } from '../lib/clock.ts'
import type { Lease, LeaseQuestion, Leases } from './shared-state.ts'

/** Nobody here dies alone, so that none has to be renewed: a lease is held until it is released. */
export function createLocalLeases(): Leases {
  const taken = new Map<string, number>()

  function give(name: string): void {
    const left = (taken.get(name) ?? 1) - 1
    if (left === 0) taken.delete(name)
    else taken.set(name, left)
  }

  return {
    async take({ name, places }: LeaseQuestion) {
      const held = taken.get(name) ?? 0
      if (held >= places) return null
      taken.set(name, held + 1)
      return releaseOnce(() => give(name))
    },
  }
}

export function releaseOnce(release: () => void): Lease {
  let held = true
  return {
    release() {
      if (held) release()
      held = false
    },
  }
}

/** Renews at each third of the time that it would be held without; the returned function ends it. */
export function keepRenewing(clock: Pick<Clock, 'after'>, holdMs: number, renew: () => void): () => void {
  let cancel = clock.after(holdMs / 3, again)
  function again(): void {
    renew()
    cancel = clock.after(holdMs / 3, again)
  }
  return () => cancel()
}
