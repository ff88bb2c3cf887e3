import { expect, test } from 'vitest'
import type { AttemptRecord } from '../errors.ts'
import { createManualClock } from '../lib/clock.ts'
import { exchangeEnded, exchangeFailed, noUsage } from './exchange.fixture.ts'
import { createModelTraffic } from './model-traffic.ts'

function setUp() {
  const clock = createManualClock()
  return { clock, traffic: createModelTraffic(clock) }
}

function attempt(changes: Partial<AttemptRecord> = {}): AttemptRecord {
  return { provider: 'north', model: 'small-1', status: 200, code: null, durationMs: 400, ...changes }
}

const minuteMs = 60_000

test('a model that nobody asked has no reading', () => {
  expect(setUp().traffic.read('north', 'small-1')).toBeNull()
})

test('calls and failures are counted where they happened', () => {
  const { traffic } = setUp()
  const failed = attempt({ provider: 'south', model: 'big', status: 500, code: 'upstream_error' })
  traffic.observe(exchangeEnded({ attempts: [failed, attempt()] }))
  traffic.observe(exchangeFailed())
  expect(traffic.read('north', 'small-1')).toMatchObject({ calls: 2, failures: 1 })
  expect(traffic.read('south', 'big')).toMatchObject({ calls: 1, failures: 1, paid: null })
})

test('what the client got wrong, and a call that a breaker kept back, speak against nobody', () => {
  const { traffic } = setUp()
  const refused = attempt({ status: 400, code: 'upstream_invalid_request' })
  traffic.observe(exchangeFailed({ attempts: [refused, attempt({ status: null, code: 'circuit_open' })] }))
  expect(traffic.read('north', 'small-1')).toMatchObject({ calls: 1, failures: 0 })
})

test('an answer that broke off is a failure', () => {
  const { traffic } = setUp()
  traffic.observe(exchangeEnded({ outcome: 'truncated', streaming: true }))
  expect(traffic.read('north', 'small-1')).toMatchObject({ calls: 1, failures: 1 })
})

test('times to the first token are those of streams alone', () => {
  const { traffic } = setUp()
  for (let time = 1; time <= 100; time++)
    traffic.observe(exchangeEnded({ streaming: true, attempts: [attempt({ durationMs: time * 10 })] }))
  traffic.observe(exchangeEnded({ streaming: false, attempts: [attempt({ durationMs: 60_000 })] }))
  const { firstToken } = traffic.read('north', 'small-1') ?? {}
  expect(firstToken?.count).toBe(100)
  expect(firstToken?.p50).toBeGreaterThan(470)
  expect(firstToken?.p50).toBeLessThan(530)
  expect(firstToken?.p95).toBeGreaterThan(900)
  expect(firstToken?.p95).toBeLessThan(1000)
})

test('calls are forgotten after some minutes, payments after a day', () => {
  const { traffic, clock } = setUp()
  traffic.observe(exchangeEnded({ streaming: true }))
  clock.advance(6 * minuteMs)
  expect(traffic.read('north', 'small-1')).toMatchObject({ calls: 1 })
  clock.advance(5 * minuteMs)
  expect(traffic.read('north', 'small-1')).toMatchObject({ calls: 0, firstToken: null, paid: { answers: 1 } })
  clock.advance(24 * 60 * minuteMs)
  expect(traffic.read('north', 'small-1')?.paid).toBeNull()
})

test('what was used is summed by kind with what was paid for it; what has no price is left out', () => {
  const { traffic } = setUp()
  traffic.observe(exchangeEnded())
  traffic.observe(exchangeEnded())
  traffic.observe(exchangeEnded({ costNanoUsd: null, costStatus: 'unpriced' }))
  expect(traffic.read('north', 'small-1')?.paid).toEqual({
    usage: { ...noUsage, inputUncached: 200, cacheRead: 40, outputText: 60 },
    costNanoUsd: 3_000,
    answers: 2,
  })
})

test('however many models are named, memory is bounded', () => {
  const { traffic } = setUp()
  for (let name = 0; name < 5_000; name++)
    traffic.observe(exchangeEnded({ model: `m${name}`, attempts: [attempt({ model: `m${name}` })] }))
  expect([...traffic.readAll()].length).toBeLessThanOrEqual(2_000)
  expect(traffic.read('north', 'm4999')).toMatchObject({ calls: 1 })
})

test('payments outlive a restart, and are forgotten when their time is over', () => {
  const { traffic, clock } = setUp()
  traffic.observe(exchangeEnded())
  const saved: unknown = JSON.parse(JSON.stringify(traffic.snapshot()))

  const later = createManualClock(clock.wall() + 60 * minuteMs)
  const restarted = createModelTraffic(later)
  expect(restarted.restore(saved)).toBe(true)
  restarted.observe(exchangeEnded())
  expect(restarted.read('north', 'small-1')).toMatchObject({
    calls: 1,
    paid: { costNanoUsd: 3_000, answers: 2 },
  })

  const muchLater = createModelTraffic(createManualClock(clock.wall() + 25 * 60 * minuteMs))
  muchLater.restore(saved)
  expect(muchLater.read('north', 'small-1')?.paid).toBeNull()
  expect(muchLater.snapshot().paid).toEqual([])
})

test.each([null, [], { version: 2, paid: [] }, { version: 1, paid: [{ provider: 'north' }] }])(
  'what is no snapshot is refused, and changes nothing: %j',
  broken => {
    const { traffic } = setUp()
    traffic.observe(exchangeEnded())
    expect(traffic.restore(broken)).toBe(false)
    expect(traffic.read('north', 'small-1')?.paid).toMatchObject({ answers: 1 })
  },
)

test('a clock that is set back over the beginning of a span costs no payments', () => {
  const halfDay = 12 * 60 * minuteMs
  let wall = 40 * halfDay - 5
  const traffic = createModelTraffic({ now: () => 0, wall: () => wall })
  traffic.observe(exchangeEnded())
  for (const at of [40 * halfDay + 5, 40 * halfDay - 5, 40 * halfDay + 5]) {
    wall = at
    traffic.observe(exchangeEnded())
  }
  expect(traffic.read('north', 'small-1')?.paid).toMatchObject({ answers: 4 })
})
