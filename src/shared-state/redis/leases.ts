// Leases in Redis: a sorted set of who holds a place, by the time at which it is free again.

import { createLocalLeases, keepRenewing, releaseOnce } from '../local-leases.ts'
import type { Lease, LeaseQuestion, Leases } from '../shared-state.ts'
import { defineScript } from './client.ts'
import type { RedisParts } from './parts.ts'

/** Holder, places, milliseconds: 1 where the holder has a place now, also where it had one before. */
const takeScript = defineScript(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local held = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not held and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[3]), ARGV[1])
redis.call('PEXPIRE', KEYS[1], math.max(tonumber(ARGV[3]), redis.call('PTTL', KEYS[1])))
return 1`)

export function createRedisLeases({ link, clock, keys, instance }: RedisParts): Leases {
  const local = createLocalLeases()
  let count = 0

  return {
    async take(question) {
      const holder = `${instance}/${++count}`
      const taken = await link().ask(client => client.run(takeScript, ...takeArguments(question, holder)))
      if (taken === undefined) return await local.take(question)
      return taken === 1 ? hold(question, holder) : null
    },
  }

  function takeArguments({ name, places, holdMs }: LeaseQuestion, holder: string): [string, string[]] {
    return [keys.lease(name), [holder, String(places), String(Math.ceil(holdMs))]]
  }

  function hold(question: LeaseQuestion, holder: string): Lease {
    const stopRenewing = keepRenewing(clock, question.holdMs, () => {
      void link().ask(client => client.run(takeScript, ...takeArguments(question, holder)))
    })
    return releaseOnce(() => {
      stopRenewing()
      void link().ask(client => client.command(['ZREM', keys.lease(question.name), holder]))
    })
  }
}
