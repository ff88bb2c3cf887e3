// What the parts of the state in Redis are made of.

import type { Clock } from '../../lib/clock.ts'
import type { RedisKeys } from './keys.ts'
import type { RedisLink } from './link.ts'

export interface RedisParts {
  /** A function, because the link is made of what these parts do on a new connection. */
  readonly link: () => RedisLink
  readonly clock: Clock
  readonly keys: RedisKeys
  /** Tells this instance from all others. */
  readonly instance: string
}
