// Where this instance shares what it knows: in Redis where one is configured, else nowhere.

import { randomBytes } from 'node:crypto'
import type { Configuration } from '../config/configuration.ts'
import type { Observer } from '../events.ts'
import type { Clock } from '../lib/clock.ts'
import { createMemoryFleet, createRedisState, type SharedState } from '../shared-state/index.ts'

/** Waits for nothing: a server that cannot be reached is looked for in the background. */
export function openSharedState(
  { redis }: Pick<Configuration, 'redis'>,
  { clock, observe }: { readonly clock: Clock; readonly observe: Observer },
): SharedState {
  if (redis === null) return createMemoryFleet(clock).join()
  return createRedisState({
    settings: redis,
    clock,
    random: Math.random,
    instance: randomBytes(8).toString('hex'),
    onChange({ there, reason }) {
      if (there) observe({ type: 'notice', level: 'info', message: 'Redis is back' })
      else
        observe({
          type: 'notice',
          level: 'warn',
          message: 'Redis cannot be reached: this instance goes on with what it knows alone',
          detail: { reason },
        })
    },
  })
}
