import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { targetOf } from '../../test/support/upstream-request.ts'
import type { ErrorCode } from '../errors.ts'
import type { BreakerState, GatewayEvent } from '../events.ts'
import { createManualClock } from '../lib/clock.ts'
import { type CheckedProvider, createHealthChecks } from './health-checks.ts'

const minuteMs = 60_000

function scene(more: { maxPerHour?: number; callsEach?: number } = {}) {
  const clock = createManualClock()
  const target = targetOf()
  const { provider } = target.connection
  const healthCheck = { intervalMs: minuteMs, model: null, maxPerHour: more.maxPerHour ?? 100 }
  const world = {
    providers: [{ name: provider, healthCheck, target }] as CheckedProvider[],
    state: 'closed' as BreakerState,
    code: null as ErrorCode | null,
    closesAfter: 0,
    endless: false,
    asked: [] as number[],
    told: [] as GatewayEvent[],
  }
  const checks = createHealthChecks({
    clock,
    random: () => 0.999,
    providers: () => world.providers,
    stateOf: () => world.state,
    async check(_target, cancellation) {
      world.asked.push(clock.now())
      if (world.endless) await new Promise<void>(resolve => void cancellation.onCancel(resolve))
      if (cancellation.cancelled) world.code = 'client_disconnected'
      if (world.state === 'half_open' && world.code === null && --world.closesAfter <= 0)
        world.state = 'closed'
      const calls = more.callsEach ?? 1
      return { type: 'health_check_ended', provider, code: world.code, calls, costNanoUsd: 5 }
    },
    observe: event => void world.told.push(event),
  })
  async function pass(minutes: number): Promise<void> {
    for (let second = 0; second < minutes * 60; second++) {
      clock.advance(1000)
      await nextTurn()
    }
  }
  const called = (code: ErrorCode | null): void => {
    const attempt = { provider, model: target.model, status: null, code, durationMs: 1 }
    checks.observe({ type: 'exchange_ended', attempts: [attempt] } as unknown as GatewayEvent)
  }
  return { world, checks, pass, called }
}

test('where nobody configured a check, nothing is ever sent', async () => {
  const { world, checks, pass } = scene()
  world.providers = []
  checks.observe({ type: 'configuration_loaded', version: '2' })
  world.state = 'half_open'
  await pass(180)
  expect(world.asked).toEqual([])
})

test('a target that nobody calls is asked once in its interval, and each check is told', async () => {
  const { world, pass } = scene()
  await pass(10)
  expect(world.asked.length).toBeGreaterThanOrEqual(9)
  expect(world.asked.length).toBeLessThanOrEqual(10)
  expect(world.told).toHaveLength(world.asked.length)
})

test('a target that is called anyway is not asked', async () => {
  const { world, pass, called } = scene()
  for (let minute = 0; minute < 10; minute++) {
    await pass(0.5)
    called(minute % 2 === 0 ? null : 'upstream_error')
    await pass(0.5)
  }
  expect(world.asked).toEqual([])
})

test('a call that the breaker kept from being made is none', async () => {
  const { world, pass, called } = scene()
  for (let minute = 0; minute < 10; minute++) {
    await pass(0.5)
    called('circuit_open')
    await pass(0.5)
  }
  expect(world.asked.length).toBeGreaterThan(7)
})

test('a target at rest is left alone, and then asked as often as its breaker wants to see before it closes', async () => {
  const { world, pass, called } = scene()
  world.state = 'open'
  await pass(10)
  expect(world.asked).toEqual([])
  world.state = 'half_open'
  world.closesAfter = 3
  called('upstream_error')
  await pass(1)
  expect(world.asked).toHaveLength(3)
  expect(world.state).toBe('closed')
})

test('a check that failed is not repeated before its time', async () => {
  const { world, pass } = scene()
  world.state = 'half_open'
  world.code = 'upstream_error'
  await pass(5)
  expect(world.asked.length).toBeLessThanOrEqual(5)
})

test.each([
  [1, 7],
  [3, 2],
])(
  'with %i calls for each check and seven an hour, %i checks are made in any hour',
  async (callsEach, most) => {
    const { world, pass } = scene({ maxPerHour: 7, callsEach })
    await pass(59)
    expect(world.asked.length * callsEach).toBeLessThan(7 + callsEach)
    expect(world.asked.length).toBeGreaterThanOrEqual(most)
    const first = world.asked.length
    await pass(60)
    expect(world.asked.length).toBeGreaterThan(first)
  },
)

test('a reload keeps what was used of the hour, and follows the new configuration', async () => {
  const { world, checks, pass } = scene({ maxPerHour: 3 })
  await pass(10)
  expect(world.asked).toHaveLength(3)
  for (let reload = 0; reload < 5; reload++) {
    checks.observe({ type: 'configuration_loaded', version: `${reload}` })
    await pass(2)
  }
  expect(world.asked).toHaveLength(3)
  world.providers = []
  await pass(120)
  expect(world.asked).toHaveLength(3)
})

test('a model that the provider does not have is told of, and nothing is asked', async () => {
  const { world, checks, pass } = scene()
  world.providers = world.providers.map(each => ({ ...each, target: null }))
  checks.observe({ type: 'configuration_loaded', version: '2' })
  await pass(10)
  expect(world.asked).toEqual([])
  expect(world.told).toMatchObject([{ type: 'notice', level: 'warn' }])
})

test('stopped, it ends what is under way and asks no more', async () => {
  const { world, checks, pass } = scene()
  world.endless = true
  await pass(2)
  expect(world.asked).toHaveLength(1)
  await checks.stop()
  expect(world.told).toMatchObject([{ code: 'client_disconnected' }])
  checks.observe({ type: 'configuration_loaded', version: '2' })
  await pass(10)
  expect(world.asked).toHaveLength(1)
})
