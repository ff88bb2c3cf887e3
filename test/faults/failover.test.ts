// Several attempts for one request: on the same provider, with another key, on the next provider, and how long at most.

import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import {
  answerJson,
  answerText,
  type Behaviour,
  completion,
  resetConnection,
  stall,
  streamEvents,
  wholeStream,
} from '../support/fake-upstream.ts'
import { openScene, providersFor } from '../support/scene.ts'
import { contentOf, eventsIn } from '../support/stream-client.ts'
import type { TestGateway } from '../support/test-gateway.ts'

const fails = (status: number, headers: Record<string, string> = {}): Behaviour =>
  answerJson(status, { error: { message: 'No.' } }, headers)

async function errorOf(response: Response): Promise<Record<string, unknown>> {
  const body = (await response.json()) as { error: Record<string, unknown> }
  return body.error
}

test('the total time holds over all attempts together', async () => {
  const { gateway, upstreams, settled } = await openScene({
    upstreams: [[stall], [stall], [stall]],
    sections: () => ({ timeouts: { total: '900ms' } }),
  })
  const before = performance.now()
  const response = await gateway.chat()
  expect(performance.now() - before).toBeLessThan(1500)
  expect(response.status).toBe(504)
  // The first two leave some of the time to those after them.
  expect(await errorOf(response)).toMatchObject({
    code: 'deadline_exceeded',
    attempts: [{ code: 'upstream_timeout' }, { code: 'upstream_timeout' }, { code: 'deadline_exceeded' }],
  })
  expect(upstreams.map(({ requests }) => requests.length)).toEqual([1, 1, 1])
  await settled()
})

test('a body that trickles in has the total time, too', async () => {
  const trickle: Behaviour = async (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    while (!response.destroyed) {
      response.write(' ')
      await sleep(20)
    }
  }
  const { gateway, upstream, settled } = await openScene({
    upstreams: [[trickle]],
    sections: () => ({ timeouts: { total: '150ms' } }),
  })
  const response = await gateway.chat()
  expect(await errorOf(response)).toMatchObject({ code: 'deadline_exceeded', attempts: [{}] })
  await upstream.requests[0]?.aborted
  await settled()
})

test('a whole answer that stops in its middle is left after the idle timer, for the next provider', async () => {
  const half: Behaviour = (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.write('{"id":')
  }
  const { gateway, upstream } = await openScene({
    upstreams: [[half], [answerText('second')]],
    provider: { timeouts: { idle: '60ms' } },
  })
  expect(await (await gateway.chat()).text()).toContain('second')
  await upstream.requests[0]?.aborted
})

test('a provider that stands alone is asked again after a failure that may pass', async () => {
  const { gateway, upstream } = await openScene({
    upstreams: [[fails(500), resetConnection, resetConnection, fails(529), answerText('at last')]],
    provider: { max_retries: 3 },
  })
  const response = await gateway.chat()
  expect(response.status).toBe(200)
  // The reset is tried on a new connection first, in case that only the old one was dead.
  expect(upstream.requests).toHaveLength(5)
  expect(response.headers.get('x-llm-proxy-attempts')).toBe('4')
  const [row] = await gateway.stopAndReadLedger()
  const attempts = JSON.parse(String(row?.['attempts'])) as Array<{ code: string | null }>
  expect(attempts.map(({ code }) => code)).toEqual([
    'upstream_error',
    'upstream_unreachable',
    'upstream_overloaded',
    null,
  ])
})

test.each([400, 404, 401])('a provider that answers %i is not asked again', async status => {
  const { gateway, upstream } = await openScene({
    upstreams: [[fails(status)]],
    provider: { max_retries: 3 },
  })
  await gateway.chat()
  expect(upstream.requests).toHaveLength(1)
})

test('a wait that the provider names is kept to, and one that is too long is not waited for', async () => {
  const { gateway, upstreams } = await openScene({
    upstreams: [
      [fails(503, { 'retry-after-ms': '120' }), answerText('patience')],
      [fails(503, { 'retry-after': '60' })],
    ],
    provider: { max_retries: 1 },
    sections: servers => ({
      retry: { base_ms: 1, max_ms: 5000 },
      providers: providersFor(servers, { max_retries: 1 }).map((provider, index) => ({
        ...provider,
        models: [`model-${index}`],
      })),
    }),
  })
  const before = performance.now()
  expect(await (await gateway.chat({ model: 'model-0' })).text()).toContain('patience')
  expect(performance.now() - before).toBeGreaterThanOrEqual(115)
  const refused = await gateway.chat({ model: 'model-1' })
  expect(refused.status).toBe(503)
  expect(refused.headers.get('retry-after')).toBe('60')
  expect(upstreams.map(({ requests }) => requests.length)).toEqual([2, 1])
})

test('a refused key is replaced by the next one of the provider, and not used again', async () => {
  const picky: Behaviour = (request, response) => {
    const good = request.headers.authorization === 'Bearer sk-good-key-of-two'
    return (good ? answerText('yes') : fails(401))(request, response)
  }
  const { gateway, upstream } = await openScene({
    upstreams: [[picky]],
    provider: { api_key: 'sk-bad-key-of-two', api_keys: ['sk-good-key-of-two'] },
  })
  for (let count = 0; count < 4; count++) expect((await gateway.chat()).status).toBe(200)
  expect(upstream.requests).toHaveLength(5)
})

test('a limited key rests, and the client hears how long where there is no other', async () => {
  const { gateway, upstream } = await openScene({ upstreams: [[fails(429, { 'retry-after': '30' })]] })
  const first = await gateway.chat()
  const second = await gateway.chat()
  expect([first.status, second.status]).toEqual([429, 429])
  expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(25)
  expect(upstream.requests).toHaveLength(1)
})

test('a provider that fails too often rests, and the error says when to come again', async () => {
  const { gateway, upstream } = await openScene({
    upstreams: [[fails(500)]],
    sections: () => ({ circuit_breaker: { failure_threshold: 3, recovery_timeout: '40s' } }),
  })
  for (let count = 0; count < 3; count++) expect((await gateway.chat()).status).toBe(502)
  const resting = await gateway.chat()
  expect(resting.status).toBe(503)
  expect(await errorOf(resting)).toMatchObject({ code: 'circuit_open', provider: 'upstream1' })
  expect(Number(resting.headers.get('retry-after'))).toBeGreaterThan(35)
  expect(upstream.requests).toHaveLength(3)
})

test('refusals of the client’s own making never make a provider rest', async () => {
  const { gateway, upstream } = await openScene({
    upstreams: [[fails(400)]],
    sections: () => ({ circuit_breaker: { failure_threshold: 2 } }),
  })
  for (let count = 0; count < 6; count++) expect((await gateway.chat()).status).toBe(400)
  expect(upstream.requests).toHaveLength(6)
})

interface Load {
  readonly statuses: number[]
  readonly streams: string[]
}

/** Asks again and again, streamed and not in turn, from several clients at once. */
async function underLoad(gateway: TestGateway, halfway: () => Promise<unknown>): Promise<Load> {
  const load: Load = { statuses: [], streams: [] }
  let left = 400
  const ask = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      if (left === 200) void halfway()
      const stream = left % 2 === 0
      const response = await gateway.chat({ stream })
      load.statuses.push(response.status)
      const text = await response.text()
      if (stream) load.streams.push(text)
    }
  }
  await Promise.all(Array.from({ length: 16 }, ask))
  return load
}

test('a first provider that dies under load fails no request that had not begun to stream', async () => {
  const answer =
    (text: string): Behaviour =>
    (request, response) => {
      const streaming = request.body.includes('"stream":true')
      const behaviour = streaming
        ? streamEvents(wholeStream(text, text, text), { before: () => sleep(1) })
        : answerJson(200, completion(text))
      return behaviour(request, response)
    }
  const { gateway, upstreams, upstream, settled } = await openScene({
    upstreams: [[answer('first')], [answer('second')]],
    provider: { max_retries: 2 },
    sections: () => ({ circuit_breaker: {} }),
  })
  const { statuses, streams } = await underLoad(gateway, () => upstream.close())
  expect(statuses).toEqual(statuses.map(() => 200))
  const broken = streams.filter(text => eventsIn(text).at(-1) !== '[DONE]')
  for (const text of broken) expect(contentOf(text)).toContain('first')
  expect(broken.length).toBeLessThanOrEqual(16)
  expect(upstreams[1]?.requests.length).toBeGreaterThan(100)
  await settled()
  expect(await gateway.stopAndReadLedger()).toHaveLength(400)
})
