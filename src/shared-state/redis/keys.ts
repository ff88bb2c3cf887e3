// The names of things in Redis. Parts are escaped, so that no two things share a name, and what clients wrote is hashed.

import { createHash } from 'node:crypto'
import type { AffinityPlace, CounterQuestion } from '../shared-state.ts'

export interface RedisKeys {
  readonly hints: string
  /** The channel on which hints are told. */
  readonly hintChannel: string
  lease(name: string): string
  counter(question: Pick<CounterQuestion, 'name' | 'tenant'>): string
  affinity(place: AffinityPlace): string
}

export function createRedisKeys(prefix: string): RedisKeys {
  const join = (...parts: readonly string[]): string => [prefix, ...parts].join(':')
  return {
    hints: join('hints'),
    hintChannel: join('hints', 'told'),
    lease: name => join('lease', escapePart(name)),
    counter: ({ name, tenant }) =>
      tenant === null
        ? join('count', escapePart(name))
        : join('tenant', escapePart(tenant), 'count', escapePart(name)),
    affinity: ({ tenant, key }) => join('tenant', escapePart(tenant), 'affinity', hashOf(key)),
  }
}

function escapePart(part: string): string {
  return part.replaceAll(/[%:]/g, found => (found === '%' ? '%25' : '%3A'))
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 32)
}
