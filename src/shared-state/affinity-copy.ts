// This instance's copy of the affinity memory: what is read on the path of a request. Bounded, with expiry.

import { BoundedMap } from '../lib/bounded-map.ts'
import type { Clock } from '../lib/clock.ts'
import type { AffinityPlace } from './shared-state.ts'

export interface AffinityNote {
  readonly value: string
  /** `clock.now()` from which on it does not count. */
  readonly until: number
  /** When it was last compared with what the others know. */
  checkedAt: number
}

export interface AffinityCopy {
  read(place: AffinityPlace): AffinityNote | null
  write(place: AffinityPlace, value: string, ttlMs: number): void
}

const maxPlaces = 50_000
const maxCharacters = 16_000_000

export function createAffinityCopy(clock: Pick<Clock, 'now'>): AffinityCopy {
  const notes = new BoundedMap<AffinityNote>(maxPlaces, maxCharacters)
  return {
    read(place) {
      const name = nameOf(place)
      const note = notes.get(name)
      if (note === undefined) return null
      if (note.until > clock.now()) return note
      notes.delete(name)
      return null
    },
    write(place, value, ttlMs) {
      const name = nameOf(place)
      const now = clock.now()
      notes.set(name, { value, until: now + ttlMs, checkedAt: now }, name.length + value.length)
    },
  }
}

/** One text for both parts, so that no other two parts give the same. */
export function nameOf({ tenant, key }: AffinityPlace): string {
  return `${tenant.length}:${tenant}${key}`
}
