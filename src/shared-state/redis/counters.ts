// Counters in Redis: a number with an expiry.

import { createLocalCounters } from '../local-counters.ts'
import type { CounterReading, Counters } from '../shared-state.ts'
import { defineScript } from './client.ts'
import type { RedisParts } from './parts.ts'

/** Amount, limit (below 0: none), milliseconds of the window: whether it was added, the total, the time left. */
const addScript = defineScript(`
local total = tonumber(redis.call('GET', KEYS[1]) or '0')
local amount, limit = tonumber(ARGV[1]), tonumber(ARGV[2])
if limit >= 0 and total + amount > limit then
  local left = redis.call('PTTL', KEYS[1])
  return {0, total, left < 0 and tonumber(ARGV[3]) or left}
end
total = redis.call('INCRBY', KEYS[1], ARGV[1])
if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
return {1, total, redis.call('PTTL', KEYS[1])}`)

export function createRedisCounters({
  link,
  clock,
  keys,
}: Pick<RedisParts, 'link' | 'clock' | 'keys'>): Counters {
  const local = createLocalCounters(clock)
  return {
    async add(question) {
      const { amount, limit, windowMs } = question
      const words = [amount, limit ?? -1, Math.ceil(windowMs)].map(String)
      const answer = await link().ask(client => client.run(addScript, keys.counter(question), words))
      return readAnswer(answer) ?? { ...local.add(question), shared: false }
    },
  }
}

function readAnswer(answer: unknown): CounterReading | null {
  if (!Array.isArray(answer)) return null
  const [accepted, total, resetMs] = answer as readonly unknown[]
  return { accepted: accepted === 1, total: Number(total), resetMs: Number(resetMs), shared: true }
}
