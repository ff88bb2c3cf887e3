// Counters of those who share a memory.

import { BoundedMap } from '../lib/bounded-map.ts'
import type { Clock } from '../lib/clock.ts'
import type { CounterQuestion, CounterReading } from './shared-state.ts'

export interface LocalCounters {
  add(question: CounterQuestion): Omit<CounterReading, 'shared'>
}

const maxCounters = 100_000

export function createLocalCounters(clock: Pick<Clock, 'now'>): LocalCounters {
  const counts = new BoundedMap<{ total: number; readonly until: number }>(maxCounters, maxCounters)
  return {
    add({ name, tenant, amount, limit, windowMs }) {
      const now = clock.now()
      const key = JSON.stringify([tenant, name])
      const known = counts.get(key)
      const count = known !== undefined && known.until > now ? known : { total: 0, until: now + windowMs }
      const accepted = limit === null || count.total + amount <= limit
      if (accepted) {
        count.total += amount
        counts.set(key, count, 1)
      }
      return { accepted, total: count.total, resetMs: count.until - now }
    },
  }
}
