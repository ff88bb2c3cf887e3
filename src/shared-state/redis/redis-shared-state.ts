// Shared state in Redis: the parts over one link, which may be down at any time.

import type { Clock } from '../../lib/clock.ts'
import { trackHeld } from '../memory.ts'
import type { SharedState } from '../shared-state.ts'
import { createRedisAffinity } from './affinity.ts'
import { type OpenRedisClient, type RedisSettings, redisClientFor } from './client.ts'
import { createRedisCounters } from './counters.ts'
import { createRedisHints } from './hints.ts'
import { createRedisKeys } from './keys.ts'
import { createRedisLeases } from './leases.ts'
import { createRedisLink, type RedisLink } from './link.ts'
import { refuseUnusableServer } from './server-kind.ts'

export interface RedisStateOptions {
  readonly settings: RedisSettings
  readonly clock: Clock
  readonly random: () => number
  /** Tells this instance from all others. */
  readonly instance: string
  /** Told once when Redis goes, and once when it is back for good. */
  readonly onChange: (change: { readonly there: boolean; readonly reason: string | null }) => void
  /** In place of the real connection. */
  readonly open?: OpenRedisClient
}

/** Connects in the background: at first, and whenever Redis is away, it is as if there were no other instance. */
export function createRedisState(options: RedisStateOptions): SharedState {
  const { settings, clock, random, instance, onChange } = options
  const parts = { link: (): RedisLink => link, clock, keys: createRedisKeys(settings.prefix), instance }
  const hints = createRedisHints(parts)
  const affinity = createRedisAffinity(parts)
  const held = trackHeld(createRedisLeases(parts))
  const link = createRedisLink({
    open: options.open ?? redisClientFor(settings),
    clock,
    random,
    timeoutMs: settings.timeoutMs,
    async prepare(client) {
      await refuseUnusableServer(client)
      await hints.prepare(client)
    },
    onUp() {
      hints.retell()
      affinity.forgetWritten()
    },
    onChange,
  })
  return {
    hints: hints.board,
    affinity,
    leases: held.leases,
    counters: createRedisCounters(parts),
    get shared() {
      return link.up
    },
    traffic: link.traffic,
    async close() {
      held.releaseAll()
      await affinity.flush()
      // Everything before it is answered when this is.
      await link.ask(client => client.command(['PING']))
      link.close()
    },
  }
}
