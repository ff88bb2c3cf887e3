// How many requests of a key are in flight. Whoever takes a slot gets the one function that gives it back.

export interface ConcurrencyGauge {
  /** A function that releases the slot, once, however often it is called; null where all slots are taken. */
  take(keyId: string): (() => void) | null
  inFlight(keyId: string): number
}

/** @param slots requests that one key may have in flight */
export function createConcurrencyGauge(slots: number): ConcurrencyGauge {
  // A key without requests in flight has no entry, so that the map is bounded by what is in flight.
  const taken = new Map<string, number>()

  function release(keyId: string): void {
    const left = (taken.get(keyId) ?? 0) - 1
    if (left > 0) taken.set(keyId, left)
    else taken.delete(keyId)
  }

  return {
    take(keyId) {
      const current = taken.get(keyId) ?? 0
      if (current >= slots) return null
      taken.set(keyId, current + 1)
      let held = true
      return () => {
        if (!held) return
        held = false
        release(keyId)
      }
    },
    inFlight: keyId => taken.get(keyId) ?? 0,
  }
}
