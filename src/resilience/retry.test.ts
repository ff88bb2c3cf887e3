import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { fullReply, requestOf, targetOf } from '../../test/support/upstream-request.ts'
import type { Send, UpstreamRequest } from '../call.ts'
import { type ErrorCode, errorTable, GatewayError } from '../errors.ts'
import { createCancellation } from '../lib/cancellation.ts'
import { createManualClock } from '../lib/clock.ts'
import { createRetry } from './retry.ts'

const baseMs = 250
const maxMs = 8000

/** An upstream that fails in this order and then answers; the times at which it was asked. */
function upstreamOf(failures: GatewayError[], clock = createManualClock(), random = () => 0.5) {
  const askedAt: number[] = []
  const send: Send = async () => {
    askedAt.push(clock.now())
    const failure = failures[askedAt.length - 1]
    if (failure !== undefined) throw failure
    return fullReply()
  }
  return { clock, askedAt, send: createRetry({ clock, random, baseMs, maxMs })(send) }
}

function repeat(code: ErrorCode, times: number): GatewayError[] {
  return Array.from({ length: times }, () => new GatewayError(code))
}

/** Moves time on until the call has ended. */
async function finish<T>(call: Promise<T>, clock: { advance(ms: number): void }, stepMs = 50): Promise<T> {
  let ended = false
  const settled = call.finally(() => {
    ended = true
  })
  settled.catch(() => {})
  for (let step = 0; step < 2000 && !ended; step++) {
    await nextTurn()
    if (!ended) clock.advance(stepMs)
  }
  if (!ended) throw new Error('the call has not ended')
  return settled
}

/** Lets everything that is not waiting for the clock go on. */
function nextTurn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}

test('a failure that may pass is asked again, with waits that double within their bound', async () => {
  const { clock, askedAt, send } = upstreamOf(repeat('upstream_error', 2))
  await expect(finish(send(requestOf()), clock, 1)).resolves.toMatchObject({ status: 200 })
  expect(askedAt).toEqual([0, 125, 125 + 250])
})

test('waits are drawn from nothing up to their bound, so that those who failed together do not come back together', async () => {
  const bound = fc.double({ min: 0, max: 0.999_999, noNaN: true })
  await fc.assert(
    fc.asyncProperty(bound, async luck => {
      const { clock, askedAt, send } = upstreamOf(
        repeat('upstream_error', 1),
        createManualClock(),
        () => luck,
      )
      await finish(send(requestOf()), clock, 1)
      expect(askedAt[1]).toBeGreaterThanOrEqual(luck * baseMs)
      expect(askedAt[1]).toBeLessThanOrEqual(luck * baseMs + 1)
    }),
    { numRuns: 20 },
  )
})

test('the same target is asked at most as often as its connection allows', async () => {
  const { clock, askedAt, send } = upstreamOf(repeat('upstream_unreachable', 9))
  await expect(finish(send(requestOf()), clock)).rejects.toMatchObject({ code: 'upstream_unreachable' })
  expect(askedAt).toHaveLength(3)
})

test.each((Object.keys(errorTable) as ErrorCode[]).filter(code => errorTable[code].retry !== 'retry'))(
  '%s is not asked again',
  async code => {
    const { askedAt, send } = upstreamOf(repeat(code, 1))
    await expect(send(requestOf())).rejects.toMatchObject({ code })
    expect(askedAt).toHaveLength(1)
  },
)

test('a mistake of our own is not asked again and comes out as one', async () => {
  const broken: Send = () => Promise.reject(new TypeError('a bug'))
  const send = createRetry({ clock: createManualClock(), random: Math.random, baseMs, maxMs })(broken)
  await expect(send(requestOf())).rejects.toMatchObject({ code: 'internal_error' })
})

test.each<[ErrorCode, number]>([
  ['upstream_error', 2],
  ['upstream_malformed', 2],
  ['upstream_truncated', 2],
  ['upstream_unreachable', 1],
  ['upstream_overloaded', 1],
])('with another target at hand %s is asked %d times', async (code, times) => {
  const { clock, askedAt, send } = upstreamOf(repeat(code, 9))
  await expect(finish(send(requestOf({ alternatives: true })), clock)).rejects.toMatchObject({ code })
  expect(askedAt).toHaveLength(times)
})

test('a health check is not asked again', async () => {
  const { askedAt, send } = upstreamOf(repeat('upstream_error', 9))
  await expect(send({ ...requestOf(), healthCheck: true })).rejects.toMatchObject({ code: 'upstream_error' })
  expect(askedAt).toHaveLength(1)
})

test('no retries are made where the connection allows none', async () => {
  const { askedAt, send } = upstreamOf(repeat('upstream_error', 1))
  for (const alternatives of [true, false]) {
    const request = requestOf({ alternatives, target: targetOf({ maxRetries: 0 }) })
    askedAt.length = 0
    await expect(send(request)).rejects.toMatchObject({ code: 'upstream_error' })
    expect(askedAt).toHaveLength(1)
  }
})

test("the upstream's own wait wins over the computed one", async () => {
  const failure = new GatewayError('upstream_overloaded', { retryAfterMs: 3210 })
  const { clock, askedAt, send } = upstreamOf([failure])
  await finish(send(requestOf()), clock, 10)
  expect(askedAt).toEqual([0, 3210])
})

test.each([
  ['than is ever waited', { retryAfterMs: maxMs + 1, deadline: 600_000 }],
  ['than the request may take', { retryAfterMs: 2000, deadline: 2000 }],
])('a longer wait %s gives the failure up at once', async (_title, { retryAfterMs, deadline }) => {
  const failure = new GatewayError('upstream_overloaded', { retryAfterMs })
  const { clock, askedAt, send } = upstreamOf([failure])
  await expect(send(requestOf({ deadline }))).rejects.toBe(failure)
  expect(askedAt).toEqual([0])
  expect(clock.now()).toBe(0)
})

test('a cancelled request stops waiting at once and is not sent again', async () => {
  const cancellation = createCancellation()
  const { clock, askedAt, send } = upstreamOf(repeat('upstream_error', 2))
  const outcome = send(requestOf({ cancellation })).catch((thrown: unknown) => thrown)
  await nextTurn()
  cancellation.cancel()
  expect(await outcome).toMatchObject({ code: 'client_disconnected' })
  clock.advance(60_000)
  await nextTurn()
  expect(askedAt).toHaveLength(1)
})

test('a wait that is over leaves no listener behind', async () => {
  const cancellation = createCancellation()
  const forget = vi.fn<() => void>()
  const watched = {
    cancelled: false,
    reason: null,
    onCancel: vi.fn<typeof cancellation.onCancel>(() => forget),
  }
  const { clock, send } = upstreamOf(repeat('upstream_error', 2))
  await finish(send(requestOf({ cancellation: watched })), clock)
  expect(watched.onCancel).toHaveBeenCalledTimes(2)
  expect(forget).toHaveBeenCalledTimes(2)
})

test('a request that is over before it is sent is not sent', async () => {
  const { clock, askedAt, send } = upstreamOf([])
  const cancellation = createCancellation()
  cancellation.cancel()
  await expect(send(requestOf({ cancellation }))).rejects.toMatchObject({ code: 'client_disconnected' })
  clock.advance(100)
  await expect(send(requestOf({ deadline: 100 }))).rejects.toMatchObject({ code: 'deadline_exceeded' })
  expect(askedAt).toEqual([])
})

test('whatever fails and whenever, nothing is sent at or after the deadline, nor waited for', async () => {
  const steps = fc.array(
    fc.record({
      code: fc.constantFrom<ErrorCode>('upstream_error', 'upstream_overloaded', 'upstream_truncated'),
      retryAfterMs: fc.option(fc.integer({ min: 0, max: 20_000 }), { nil: undefined }),
      tookMs: fc.integer({ min: 0, max: 3000 }),
    }),
    { maxLength: 8 },
  )
  await fc.assert(
    fc.asyncProperty(
      steps,
      fc.integer({ min: 1, max: 20_000 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      async (failures, deadline, luck) => {
        const clock = createManualClock()
        const askedAt: number[] = []
        let endedAt = 0
        const upstream = async (request: UpstreamRequest) => {
          askedAt.push(clock.now())
          const failure = failures[askedAt.length - 1]
          // An attempt that the deadline cuts ends with it.
          clock.advance(Math.min(failure?.tookMs ?? 0, request.deadline - clock.now()))
          endedAt = clock.now()
          if (failure === undefined) return fullReply()
          const { code, retryAfterMs } = failure
          throw new GatewayError(code, retryAfterMs === undefined ? {} : { retryAfterMs })
        }
        const send = createRetry({ clock, random: () => luck, baseMs, maxMs })(upstream)
        const request = requestOf({ deadline, target: targetOf({ maxRetries: 5 }) })
        await finish(send(request), clock, 500).catch(() => {})
        expect(askedAt.length).toBeLessThanOrEqual(6)
        for (const time of askedAt) expect(time).toBeLessThan(deadline)
        expect(endedAt).toBeLessThanOrEqual(deadline)
      },
    ),
    { numRuns: 100 },
  )
})
