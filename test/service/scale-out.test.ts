// Two gateways before the same upstreams, which share what they know through a real Redis. Skipped where Debian's
// package `redis-server` is not installed.

import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  answerJson,
  answerText,
  type Behaviour,
  type FakeUpstream,
  startFakeUpstream,
} from '../support/fake-upstream.ts'
import { hasRedis, type RedisServer, startRedis } from '../support/redis-server.ts'
import { configurationText, providersFor, type Sections } from '../support/scene.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'
import { waitUntil } from '../support/wait-until.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function openUpstream(behaviour: Behaviour): Promise<FakeUpstream> {
  const upstream = await startFakeUpstream(behaviour)
  cleanups.push(() => upstream.close())
  return upstream
}

interface TwoGateways {
  readonly redis: RedisServer
  readonly first: FakeUpstream
  readonly second: FakeUpstream
  readonly gateways: readonly [TestGateway, TestGateway]
}

async function setUp(
  behaviour: Behaviour,
  more: { provider?: Sections; sections?: Sections } = {},
): Promise<TwoGateways> {
  const redis = await startRedis()
  cleanups.push(() => redis.close())
  const upstreams = [
    await openUpstream(behaviour),
    await openUpstream(answerText('from the second')),
  ] as const
  const start = async (): Promise<TestGateway> => {
    const gateway = await startTestGateway(
      configurationText({
        redis: { url: redis.url },
        providers: providersFor(upstreams, more.provider),
        circuit_breaker: { failure_threshold: 5, recovery_timeout: '60s' },
        ...more.sections,
      }),
    )
    cleanups.push(() => gateway.stop())
    return gateway
  }
  const gateways = [await start(), await start()] as const
  await waitUntil('both listen to Redis', () =>
    redis.run('PUBSUB', 'NUMSUB', 'llm-proxy:hints:told').endsWith('2'),
  )
  return { redis, first: upstreams[0], second: upstreams[1], gateways }
}

const failing = answerJson(500, { error: { message: 'broken' } })

/** Asks both gateways in turn at a steady rate until told to stop; counts what was not answered with 200. */
function keepAsking(gateways: readonly TestGateway[], perSecond: number) {
  const statuses: number[] = []
  const open = new Set<Promise<void>>()
  let count = 0
  const timer = setInterval(() => {
    const gateway = gateways[count++ % gateways.length]
    if (gateway === undefined) return
    const asked = gateway
      .chat()
      .then(async response => {
        await response.text()
        statuses.push(response.status)
      })
      .catch(() => void statuses.push(0))
      .finally(() => open.delete(asked))
    open.add(asked)
  }, 1_000 / perSecond)
  return {
    statuses,
    async stop(): Promise<void> {
      clearInterval(timer)
      await Promise.all(open)
    },
  }
}

const choosing = { sections: { routing: { strategy: 'round_robin' } } }

const opening = (index: number): object => ({ role: 'user', content: `Question ${index}` })
const laterTurn = (index: number): readonly object[] => [
  opening(index),
  { role: 'assistant', content: 'An answer' },
  { role: 'user', content: 'And then?' },
]

/** Which provider answered. */
async function ask(gateway: TestGateway, messages: readonly object[]): Promise<string | null> {
  const response = await gateway.chat({ messages })
  await response.text()
  return response.headers.get('x-llm-proxy-provider')
}

async function providerOf(gateway: TestGateway): Promise<string | null> {
  const response = await gateway.chat()
  await response.text()
  return response.headers.get('x-llm-proxy-provider')
}

interface Looking {
  lookUpConversation(question: unknown): Promise<unknown> | null
}

describe.skipIf(!hasRedis)('two gateways with one Redis (where redis-server is installed)', () => {
  test('a target that rests in one gateway is asked last by the other, and first again when it is back', async () => {
    const { first, gateways } = await setUp(failing, {
      sections: { circuit_breaker: { failure_threshold: 5, recovery_timeout: '2s', half_open_max_calls: 1 } },
    })
    const [one, two] = gateways
    for (let time = 0; time < 5; time++) expect((await one.chat()).status).toBe(200)
    const asked = first.requests.length
    await waitUntil('the other asks the second', async () => (await providerOf(two)) === 'upstream2')
    expect(await providerOf(two)).toBe('upstream2')
    // Its first question may have come before the hint.
    expect(first.requests.length - asked).toBeLessThanOrEqual(1)
    first.behave(answerText('again'))
    await waitUntil('the one has tried it out', async () => (await providerOf(one)) === 'upstream1')
    await waitUntil('the other hears of it', async () => (await providerOf(two)) === 'upstream1', {
      totalMs: 2_000,
    })
  })

  test('a target that rests elsewhere is still asked where there is no other', async () => {
    const { first, second, gateways } = await setUp(failing)
    const [one, two] = gateways
    for (let time = 0; time < 5; time++) await one.chat()
    await waitUntil('the other asks the second', async () => (await providerOf(two)) === 'upstream2')
    first.behave(answerText('well, here'))
    second.behave(failing)
    expect(await providerOf(two)).toBe('upstream1')
  })

  test('at 200 requests a second, a target that comes back gets three probes from both together', async () => {
    const { first, gateways } = await setUp(failing, {
      sections: { circuit_breaker: { failure_threshold: 5, recovery_timeout: '1s', half_open_max_calls: 3 } },
    })
    const load = keepAsking(gateways, 200)
    await waitUntil('both know', async () => load.statuses.length > 60)
    let arrived = 0
    let answered = 0
    const arrivedBeforeRecovery: number[] = []
    first.behave((request, response) => {
      arrived++
      setTimeout(() => {
        if (++answered <= 3) arrivedBeforeRecovery.push(arrived)
        void answerText('again')(request, response)
      }, 300)
    })
    await waitUntil('it is used again', () => arrived > 60)
    await load.stop()
    expect(Math.max(...arrivedBeforeRecovery)).toBeLessThanOrEqual(3)
    expect(load.statuses.filter(status => status !== 200)).toEqual([])
  })

  test('a key that is limited or refused in one gateway is the last choice of the other, and never told itself', async () => {
    const { redis, first, gateways } = await setUp(
      (request, response) => {
        const bad = request.headers.authorization === 'Bearer sk-bad-key-of-both'
        const behaviour = bad
          ? answerJson(429, { error: { message: 'slow down' } }, { 'retry-after': '60' })
          : answerText('hello')
        return behaviour(request, response)
      },
      { provider: { api_key: undefined, api_keys: ['sk-bad-key-of-both', 'sk-good-key-of-both'] } },
    )
    const [one, two] = gateways
    expect(await providerOf(one)).toBe('upstream1')
    expect(first.requests).toHaveLength(2)
    await waitUntil('it is told', () => redis.run('ZCARD', 'llm-proxy:hints') === '1')
    for (let time = 0; time < 4; time++) expect(await providerOf(two)).toBe('upstream1')
    // The other may have been faster than the hint, once.
    const bad = first.requests.filter(({ headers }) => headers.authorization === 'Bearer sk-bad-key-of-both')
    expect(bad.length).toBeLessThanOrEqual(2)
    expect(redis.run('ZRANGE', 'llm-proxy:hints', '0', '-1')).toMatch(/^key_limited [0-9a-f]{32} test-model$/)
  })

  test('a Redis that is killed, frozen and back under load costs no request, and two lines of the log', async () => {
    const { redis, gateways } = await setUp(answerText('hello'))
    const load = keepAsking(gateways, 100)
    await waitUntil('the first answers', () => load.statuses.length > 50)
    redis.freeze()
    await waitUntil('more answers', () => load.statuses.length > 100)
    redis.thaw()
    await redis.kill()
    await waitUntil('more answers', () => load.statuses.length > 200)
    await redis.restart()
    const lines = () =>
      gateways[0].readLog().filter(line => String(line['message'] ?? line['msg']).includes('Redis'))
    await waitUntil('it is back', () => lines().length === 2)
    await load.stop()
    expect(load.statuses.filter(status => status !== 200)).toEqual([])
    expect(lines()).toHaveLength(2)
  })

  test('a conversation that goes on at the other gateway is asked of the target that answered it, at its first turn there', async () => {
    const { redis, gateways } = await setUp(answerText('from the first'), choosing)
    const [one, two] = gateways
    const homes: (string | null)[] = []
    for (let index = 0; index < 6; index++) homes.push(await ask(one, [opening(index)]))
    expect(new Set(homes).size).toBe(2)
    await waitUntil('all is written', () => redis.run('KEYS', '*:affinity:*').split('\n').length === 6)
    for (let index = 0; index < 6; index++)
      for (let time = 0; time < 3; time++) expect(await ask(two, laterTurn(index))).toBe(homes[index])
  })

  test('Redis is asked where a conversation is once, and never for what is known, begins, or has no choice', async () => {
    const { redis, gateways } = await setUp(answerText('from the first'), choosing)
    const [one, two] = gateways
    const questions = (): number =>
      Number(/cmdstat_get:calls=(\d+)/.exec(redis.run('INFO', 'commandstats'))?.[1] ?? 0)
    await ask(one, [opening(0)])
    await ask(one, laterTurn(0))
    const single = { model: 'upstream1/test-model', messages: laterTurn(1) }
    await (await two.chat(single)).text()
    await waitUntil('it is written', () => redis.run('KEYS', '*:affinity:*') !== '')
    expect(questions()).toBe(0)
    for (let time = 0; time < 3; time++) await ask(two, laterTurn(0))
    expect(questions()).toBe(1)
  })

  test('a question why looks nothing up', async () => {
    const { gateways } = await setUp(answerText('hello'), choosing)
    const [one] = gateways
    const lookUp = vi.spyOn(one.app.snapshot as Looking, 'lookUpConversation')
    const request = { model: 'test-model', messages: laterTurn(0) }
    expect((await one.post('/api/route/explain', { request })).status).toBe(200)
    expect(lookUp).not.toHaveBeenCalled()
    await ask(one, laterTurn(0))
    expect(lookUp).toHaveBeenCalledTimes(1)
  })

  test('conversations go on while Redis is frozen and after it is gone', async () => {
    const { redis, gateways } = await setUp(answerText('hello'), choosing)
    const [one] = gateways
    redis.freeze()
    const began = performance.now()
    for (let index = 0; index < 200; index++)
      expect(await ask(one, laterTurn(index))).toMatch(/^upstream[12]$/)
    // Two hundred waits for a server that is silent would take ten seconds.
    expect(performance.now() - began).toBeLessThan(8_000)
    redis.thaw()
    await redis.kill()
    for (let index = 0; index < 50; index++)
      expect(await ask(one, laterTurn(index))).toMatch(/^upstream[12]$/)
  })

  test('a gateway starts and stops without Redis', async () => {
    const upstream = await openUpstream(answerText('hello'))
    const gateway = await startTestGateway(
      configurationText({ redis: { url: 'redis://127.0.0.1:1' }, providers: providersFor([upstream]) }),
    )
    cleanups.push(() => gateway.stop())
    expect((await gateway.chat()).status).toBe(200)
    await gateway.stop()
  })
})
