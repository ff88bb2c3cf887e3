// Shared state in a real Redis, which is killed, frozen, slow, and restarted with nothing in it. Skipped where Debian's
// package `redis-server` is not installed.

import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/lib/clock.ts'
import { Secret } from '../../src/lib/secret.ts'
import { createRedisState, type RedisSettings, type SharedState } from '../../src/shared-state/index.ts'
import { hasRedis, type RedisServer, startRedis } from '../support/redis-server.ts'
import { describeSharedState } from '../support/shared-state-contract.ts'
import { waitUntil } from '../support/wait-until.ts'

const opened: SharedState[] = []
afterEach(async () => {
  for (const state of opened.splice(0)) await state.close()
})

interface Joined {
  readonly state: SharedState
  readonly notices: string[]
}

function joinAt(url: string, more: Partial<RedisSettings> = {}): Joined {
  const notices: string[] = []
  const state = createRedisState({
    settings: { url, username: null, password: null, tls: null, prefix: 'test', timeoutMs: 50, ...more },
    clock: systemClock,
    random: Math.random,
    instance: randomBytes(8).toString('hex'),
    onChange: ({ there, reason }) => void notices.push(there ? 'back' : `${reason}`),
  })
  opened.push(state)
  return { state, notices }
}

const quick = { totalMs: 20_000, betweenMs: 2 }

async function joinUp(url: string, more: Partial<RedisSettings> = {}): Promise<Joined> {
  const joined = joinAt(url, more)
  await waitUntil('Redis is there', () => joined.state.shared, quick)
  return joined
}

const question = { name: 'n', tenant: null, amount: 1, limit: null, windowMs: 60_000 }
const place = { tenant: 'a', key: 'conversation' }

describe.skipIf(!hasRedis)('shared state in Redis (where redis-server is installed)', () => {
  let redis: RedisServer
  beforeAll(async () => {
    redis = await startRedis()
  })
  afterAll(() => redis.close())

  describeSharedState(() => ({
    join: async () => (await joinUp(redis.url)).state,
    pass: milliseconds => delay(milliseconds),
    eventually: (what, holds) => waitUntil(what, holds, quick),
  }))

  test('every key begins with the prefix, holds its tenant, expires, and shows nothing that a client wrote', async () => {
    const { state } = await joinUp(redis.url, { prefix: 'house' })
    state.hints.tell({ kind: 'target_resting', subject: 'p/m', forMs: 60_000 })
    state.affinity.remember({ tenant: 'te:nant', key: 'words of a client' }, 'p/m', 60_000)
    await state.counters.add({ ...question, tenant: 'te:nant' })
    await state.leases.take({ name: 'probe p/m', places: 1, holdMs: 60_000 })
    await state.counters.add(question)
    await waitUntil('all is written', () => redis.run('KEYS', 'house:*').split('\n').length === 5)
    const keys = redis.run('KEYS', 'house:*').split('\n').toSorted()
    expect(keys).toEqual([
      'house:count:n',
      'house:hints',
      'house:lease:probe p/m',
      expect.stringMatching(/^house:tenant:te%3Anant:affinity:[\w-]{32}$/),
      'house:tenant:te%3Anant:count:n',
    ])
    for (const key of keys) expect(Number(redis.run('PTTL', key))).toBeGreaterThan(0)
  })

  test('gateways with different prefixes know nothing of one another', async () => {
    const [first, second] = [
      await joinUp(redis.url, { prefix: 'one' }),
      await joinUp(redis.url, { prefix: 'two' }),
    ]
    first.state.hints.tell({ kind: 'target_resting', subject: 'p/m', forMs: 60_000 })
    await first.state.counters.add(question)
    expect(await second.state.counters.add(question)).toMatchObject({ total: 1 })
    expect(second.state.hints.until('target_resting', 'p/m')).toBe(0)
  })

  test('whatever stands in the channel, nobody falls over it', async () => {
    const { state } = await joinUp(redis.url)
    for (const message of [
      '',
      '{',
      'null',
      '[]',
      '[1,2,3]',
      '["x","unknown kind",5]',
      '["x","target_resting a",-1]',
    ])
      redis.run('PUBLISH', 'test:hints:told', message)
    redis.run('PUBLISH', 'test:hints:told', '["x","target_resting sane",60000]')
    await waitUntil('the sane one is heard', () => state.hints.until('target_resting', 'sane') > 0, quick)
    expect(state.hints.until('target_resting', 'a')).toBe(0)
  })
})

describe.skipIf(!hasRedis)('a Redis that goes away', () => {
  let redis: RedisServer
  beforeAll(async () => {
    redis = await startRedis()
  })
  afterAll(() => redis.close())

  test('killed under load, it fails nobody; back with nothing in it, it learns what still holds', async () => {
    const first = await joinUp(redis.url)
    const second = await joinUp(redis.url)
    first.state.hints.tell({ kind: 'target_resting', subject: 'p/m', forMs: 60_000 })
    await waitUntil('it is heard', () => second.state.hints.until('target_resting', 'p/m') > 0, quick)
    let asked = 0
    let failed = 0
    let loaded = true
    const load = Array.from({ length: 20 }, async () => {
      while (loaded) {
        asked++
        await first.state.counters.add(question).catch(() => failed++)
        first.state.affinity.remember({ tenant: 'a', key: `${asked % 1_000}` }, 'x', 60_000)
        await delay(1)
      }
    })
    await waitUntil('the load is well under way', () => asked > 500, quick)
    await redis.kill()
    await waitUntil('the loss is seen', () => !first.state.shared && !second.state.shared, quick)
    expect(await first.state.counters.add(question)).toMatchObject({ accepted: true, shared: false })
    expect(await first.state.leases.take({ name: 'l', places: 1, holdMs: 1_000 })).not.toBeNull()
    // What was heard holds on.
    expect(second.state.hints.until('target_resting', 'p/m')).toBeGreaterThan(0)
    first.state.hints.tell({ kind: 'key_refused', subject: 'told while away', forMs: 60_000 })

    await redis.restart()
    await waitUntil('both are back', () => first.state.shared && second.state.shared, quick)
    loaded = false
    await Promise.all(load)
    expect(failed).toBe(0)
    await waitUntil(
      'the second hears',
      () => second.state.hints.until('key_refused', 'told while away') > 0,
      quick,
    )
    const late = await joinUp(redis.url)
    await waitUntil('a newcomer knows', () => late.state.hints.until('target_resting', 'p/m') > 0, quick)
    await waitUntil(
      'both tell of the return',
      () => first.notices.length + second.notices.length === 4,
      quick,
    )
    expect([first.notices[1], second.notices[1]]).toEqual(['back', 'back'])
  })

  test('frozen, it is waited for once, and after that not at all', async () => {
    const { state, notices } = await joinUp(redis.url)
    redis.freeze()
    try {
      const began = performance.now()
      expect(await state.counters.add(question)).toMatchObject({ shared: false })
      expect(state.shared).toBe(false)
      // Ten thousand waits of 50 ms would take eight minutes.
      for (let time = 0; time < 10_000; time++) await state.counters.add(question)
      expect(await state.affinity.find(place)).toBeNull()
      expect(performance.now() - began).toBeLessThan(5_000)
      expect(notices).toEqual(['no answer within 50 ms'])
    } finally {
      redis.thaw()
    }
    await waitUntil('it is used again', () => state.shared, quick)
  })

  test('slow, it is done without', async () => {
    const { state } = await joinUp(redis.url)
    redis.run('CLIENT', 'PAUSE', '1500', 'ALL')
    expect(await state.counters.add(question)).toMatchObject({ shared: false })
    await waitUntil('it is used again', () => state.shared, quick)
  })

  test('absent at the start, it is found when it comes', async () => {
    await redis.kill()
    const { state, notices } = joinAt(redis.url)
    expect(await state.counters.add(question)).toMatchObject({ accepted: true, shared: false })
    await waitUntil('the loss is told', () => notices.length === 1, quick)
    await redis.restart()
    await waitUntil('it is used', () => state.shared, quick)
  })
})

describe.skipIf(!hasRedis)('a Redis with a password', () => {
  let redis: RedisServer
  beforeAll(async () => {
    redis = await startRedis('--requirepass', 'open-sesame')
  })
  afterAll(() => redis.close())

  test('is opened with it', async () => {
    const { state } = await joinUp(redis.url, { password: new Secret('open-sesame') })
    expect(await state.counters.add(question)).toMatchObject({ shared: true })
  })

  test('refuses a wrong one; the notice says so and does not show it', async () => {
    const { state, notices } = joinAt(redis.url, { password: new Secret('wrong-secret-word') })
    await waitUntil('it is told', () => notices.length > 0, quick)
    expect(notices[0]).toMatch(/WRONGPASS/)
    expect(notices[0]).not.toContain('wrong-secret-word')
    expect(state.shared).toBe(false)
  })
})
