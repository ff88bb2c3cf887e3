import { expect, test } from 'vitest'
import type { Connection, Reply, StreamedReply, Target, UpstreamRequest, Usage } from '../call.ts'
import { type ErrorCode, GatewayError } from '../errors.ts'
import type { BreakerState, ExchangeEnded } from '../events.ts'
import { createCancellation } from '../lib/cancellation.ts'
import { createManualClock } from '../lib/clock.ts'
import { createTargetBook } from './target-book.ts'

const target: Target = {
  id: 'p/m',
  connection: { provider: 'p' } as Connection,
  model: 'm',
  priceModel: 'm',
}
const noNeeds = { tools: false, vision: false, json: false }
const facts = {
  model: 'm',
  operation: 'chat',
  streaming: false,
  inputCharacters: 400,
  needs: noNeeds,
} as const
const streamed = { ...facts, streaming: true } as const

const usage: Usage = {
  inputUncached: 60,
  cacheRead: 40,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  outputText: 50,
  outputReasoning: 0,
  audioInput: 0,
  audioOutput: 0,
}

function setUp(options: { maxTargets?: number } = {}) {
  const clock = createManualClock()
  let state: BreakerState = 'closed'
  const book = createTargetBook({ clock, breakerState: () => state, ...options })
  const rest = (next: BreakerState) => {
    state = next
  }
  return { clock, book, rest }
}

type Scene = ReturnType<typeof setUp>

function makeRequest(changes: Partial<UpstreamRequest> = {}): UpstreamRequest {
  return {
    target,
    operation: 'chat',
    streaming: false,
    traits: { inputCharacters: 400, needs: noNeeds },
    cancellation: createCancellation(),
    ...changes,
  } as UpstreamRequest
}

const fullReply = { kind: 'full', facts: { usage } } as Reply

/** Sends through the layer; the upstream takes some time and then answers, or fails. */
async function ask(
  { book, clock }: Scene,
  afterMs: number,
  end: Reply | ErrorCode | GatewayError = fullReply,
) {
  const send = book.layer(async () => {
    clock.advance(afterMs)
    if (typeof end === 'string') throw new GatewayError(end)
    if (end instanceof GatewayError) throw end
    return end
  })
  await send(makeRequest()).catch(() => {})
}

test('nothing is known of a target that was never asked', () => {
  const { stats } = setUp().book
  expect(stats.belief('p/m', facts)).toBeNull()
  expect(stats.firstContentMs('p/m', true)).toBeNull()
  expect(stats.inFlight('p/m')).toBe(0)
})

test('answers and failures are counted, and latencies only of answers', async () => {
  const scene = setUp()
  await ask(scene, 100)
  await ask(scene, 300)
  await ask(scene, 5000, 'upstream_error')
  const belief = scene.book.stats.belief('p/m', facts)
  expect(belief?.latencyMs).toBeCloseTo(200, 0)
  expect((belief?.failures ?? 0) / ((belief?.successes ?? 0) + (belief?.failures ?? 0))).toBeCloseTo(1 / 3, 1)
})

test.each([
  'upstream_invalid_request',
  'content_filter',
  'context_length_exceeded',
  'client_disconnected',
] as const)('%s teaches nothing', async code => {
  const scene = setUp()
  await ask(scene, 100, code)
  expect(scene.book.stats.belief('p/m', facts)).toBeNull()
  expect(scene.book.stats.limited?.('p/m')).toBe(false)
})

test('whatever fails after the client has left teaches nothing', async () => {
  const { book } = setUp()
  const cancellation = createCancellation()
  const send = book.layer(async () => {
    cancellation.cancel()
    throw new GatewayError('upstream_error')
  })
  await send(makeRequest({ cancellation })).catch(() => {})
  expect(book.stats.belief('p/m', facts)).toBeNull()
})

test('a rate limit rests the target for the time that it names, and an answer ends that', async () => {
  const scene = setUp()
  const { clock, book } = scene
  await ask(scene, 1, new GatewayError('upstream_rate_limited', { retryAfterMs: 8_000 }))
  expect(book.stats.limited?.('p/m')).toBe(true)
  expect(book.stats.belief('p/m', facts)).toBeNull()
  clock.advance(8_000)
  expect(book.stats.limited?.('p/m')).toBe(false)
  await ask(scene, 1, 'upstream_rate_limited')
  expect(book.stats.limited?.('p/m')).toBe(true)
  await ask(scene, 1)
  expect(book.stats.limited?.('p/m')).toBe(false)
})

function openStream(): { reply: StreamedReply; end: (failure: GatewayError | null) => void } {
  let listener: (failure: GatewayError | null) => void = () => {}
  const reply = {
    kind: 'stream',
    facts: { usage },
    onClose(listen: typeof listener) {
      listener = listen
    },
  } as unknown as StreamedReply
  return { reply, end: failure => listener(failure) }
}

test('a stream is under way until its end, and is judged by that; its latency is known at its first content', async () => {
  const { book, clock } = setUp()
  const { reply, end } = openStream()
  const send = book.layer(async () => {
    expect(book.stats.inFlight('p/m')).toBe(1)
    clock.advance(250)
    return reply
  })
  await send(makeRequest({ streaming: true }))
  expect(book.stats.inFlight('p/m')).toBe(1)
  expect(book.stats.firstContentMs('p/m', true)).toBe(250)
  clock.advance(1000)
  end(new GatewayError('upstream_truncated'))
  expect(book.stats.inFlight('p/m')).toBe(0)
  expect(book.stats.belief('p/m', streamed)).toMatchObject({ successes: 0, failures: expect.closeTo(2, 1) })
})

test('tokens, the speed of writing and the share of cache reads are learned from whole streams', async () => {
  const { book, clock } = setUp()
  const { reply, end } = openStream()
  await book.layer(async () => reply)(makeRequest({ streaming: true }))
  clock.advance(500)
  end(null)
  expect(book.tokensPerSecond('p/m')).toBe(100)
  const expected = book.expectedUsage('p/m', { ...streamed, inputCharacters: 4000 })
  expect(expected).toMatchObject({ inputUncached: 600, cacheRead: 400, outputText: 50 })
})

test('what is expected of an unknown target is usual: a prompt without cache reads, and an answer where one is written', () => {
  const { book } = setUp()
  expect(book.expectedUsage('p/m', facts)).toMatchObject({
    inputUncached: 100,
    cacheRead: 0,
    outputText: 400,
  })
  expect(book.expectedUsage('p/m', { ...facts, operation: 'embedding' })).toMatchObject({ outputText: 0 })
})

test('streams and whole answers are not compared with each other', async () => {
  const scene = setUp()
  await ask(scene, 9000)
  expect(scene.book.stats.firstContentMs('p/m', true)).toBeNull()
  expect(scene.book.stats.firstContentMs('p/m', false)).toBe(9000)
})

test('old lessons fade with time, also where nobody asks', async () => {
  const scene = setUp()
  await ask(scene, 100)
  const before = scene.book.stats.belief('p/m', facts)?.successes ?? 0
  scene.clock.advance(30 * 60_000)
  const after = scene.book.stats.belief('p/m', facts)?.successes ?? 0
  expect(after).toBeLessThan(before / 10)
})

test('a target that is suddenly slower is believed so after a few answers', async () => {
  const scene = setUp()
  for (let count = 0; count < 100; count++) await ask(scene, 90 + (count % 3) * 10)
  for (let count = 0; count < 4; count++) await ask(scene, 1000)
  expect(scene.book.stats.belief('p/m', facts)?.latencyMs).toBeGreaterThan(500)
})

test('one slow answer among many is an accident', async () => {
  const scene = setUp()
  for (let count = 0; count < 100; count++) await ask(scene, 80 + (count % 5) * 10)
  await ask(scene, 1000)
  expect(scene.book.stats.belief('p/m', facts)?.latencyMs).toBeLessThan(150)
})

test('a target that has stopped answering is noticed by the calls that wait', async () => {
  const scene = setUp()
  const { book, clock } = scene
  for (let count = 0; count < 50; count++) await ask(scene, 100)
  for (let count = 0; count < 20; count++) {
    book.beginCall({ targetId: 'p/m', facts })
    clock.advance(200)
  }
  expect(book.stats.belief('p/m', facts)?.latencyMs).toBeGreaterThan(300)
})

test('a kind of request that was never seen borrows from the target; one that was seen often speaks for itself', async () => {
  const scene = setUp()
  const { book } = scene
  for (let count = 0; count < 40; count++) await ask(scene, 100)
  const withTools = { ...facts, needs: { ...noNeeds, tools: true } }
  expect(book.stats.belief('p/m', withTools)?.latencyMs).toBeCloseTo(100, 0)
  expect(book.stats.belief('p/m', withTools)?.latencyCount).toBeLessThan(5)
  for (let count = 0; count < 20; count++) {
    const call = book.beginCall({ targetId: 'p/m', facts: withTools })
    call.close({ kind: 'failure' })
  }
  const belief = book.stats.belief('p/m', withTools)
  expect(belief?.failures).toBeGreaterThan((belief?.successes ?? 0) * 4)
})

function endedExchange(changes: Partial<ExchangeEnded>): ExchangeEnded {
  const event = { type: 'exchange_ended', provider: 'p', model: 'm', outcome: 'ok', costStatus: 'priced' }
  return { ...event, attempts: [], ...changes } as ExchangeEnded
}

test('the cost of what was answered is learned from the end of the exchange', async () => {
  const scene = setUp()
  await ask(scene, 100)
  scene.book.observe(endedExchange({ costNanoUsd: 1234 }))
  expect(scene.book.stats.belief('p/m', facts)?.costNanoUsd).toBe(1234)
})

test('the state of the breaker is told as it is', () => {
  const { book, rest } = setUp()
  rest('open')
  expect([book.stats.breakerOpen('p/m'), book.stats.recovering?.('p/m')]).toEqual([true, false])
  rest('half_open')
  expect([book.stats.breakerOpen('p/m'), book.stats.recovering?.('p/m')]).toEqual([false, true])
})

test('turns are counted by name', () => {
  const { book } = setUp()
  book.countTurn('a')
  book.countTurn('a')
  expect([book.stats.turn('a'), book.stats.turn('b')]).toEqual([2, 0])
})

test('the number of targets is bounded, and one with calls under way is kept', () => {
  const { book } = setUp({ maxTargets: 2 })
  book.beginCall({ targetId: 'busy', facts })
  for (const targetId of ['a', 'b', 'c']) book.beginCall({ targetId, facts }).close({ kind: 'failure' })
  expect(book.stats.inFlight('busy')).toBe(1)
  expect(Object.keys(book.snapshot().targets).toSorted()).toEqual(['busy', 'c'])
})

const superseded = { provider: 'q', model: 'm', status: null, code: 'superseded', durationMs: 1 } as const

test.each([
  [1_000, 100],
  [null, null],
])('a target is not charged for what was asked beside it, here %j nano dollars', async (billed, learned) => {
  const scene = setUp()
  await ask(scene, 100)
  const attempts = [{ ...superseded, billed: { inputTokens: 1, outputTokens: 0, costNanoUsd: billed } }]
  scene.book.observe(endedExchange({ costNanoUsd: 1_100, attempts }))
  expect(scene.book.stats.belief('p/m', facts)?.costNanoUsd ?? null).toBe(learned)
})

test('what was learned survives a restart, faded by the time between', async () => {
  const scene = setUp()
  for (let count = 0; count < 10; count++) await ask(scene, 100)
  const saved: unknown = JSON.parse(JSON.stringify(scene.book.snapshot()))
  const later = setUp()
  later.clock.advance(scene.clock.wall() - later.clock.wall())
  expect(later.book.restore(saved)).toBe(true)
  expect(later.book.stats.belief('p/m', facts)).toEqual(scene.book.stats.belief('p/m', facts))
  expect(later.book.stats.firstContentMs('p/m', false)).toBe(100)
  const muchLater = setUp()
  muchLater.clock.advance(60 * 60_000)
  muchLater.book.restore(saved)
  expect(muchLater.book.stats.belief('p/m', facts)?.successes).toBeLessThan(0.1)
})

test.each([null, 'text', {}, { version: 2 }, { version: 1, savedAt: 0, targets: { a: { streams: -1 } } }])(
  'what is no snapshot is refused, and changes nothing: %j',
  async broken => {
    const scene = setUp()
    await ask(scene, 100)
    expect(scene.book.restore(broken)).toBe(false)
    expect(scene.book.stats.belief('p/m', facts)).not.toBeNull()
  },
)
