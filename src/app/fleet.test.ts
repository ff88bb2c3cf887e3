// Two instances, each with breakers and keys of its own, that share a memory in place of Redis.

import { setImmediate as settled } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { fullReply, requestOf, targetOf } from '../../test/support/upstream-request.ts'
import type { UpstreamRequest } from '../call.ts'
import { GatewayError } from '../errors.ts'
import { createManualClock, type ManualClock } from '../lib/clock.ts'
import { Secret } from '../lib/secret.ts'
import { createCircuitBreaker } from '../resilience/circuit-breaker.ts'
import { createKeyRotation } from '../resilience/key-rotation.ts'
import { createMemoryFleet, type MemoryFleet } from '../shared-state/index.ts'
import { createFleet } from './fleet.ts'

const settings = { failureThreshold: 2, recoveryMs: 60_000, halfOpenMaxCalls: 3 }

/** One upstream, as it is for all instances. */
interface World {
  readonly clock: ManualClock
  readonly members: MemoryFleet
  broken: boolean
  calls: number
  /** Calls that wait until they are let go. */
  readonly held: (() => void)[] | null
}

function worldOf(held: World['held'] = null): World {
  const clock = createManualClock()
  return { clock, members: createMemoryFleet(clock), broken: true, calls: 0, held }
}

function joinBreaker(world: World) {
  const { clock } = world
  const fleet = createFleet({
    state: world.members.join(),
    clock,
    hear: (targetId, restMs) => breaker.hear(targetId, restMs),
  })
  const breaker = createCircuitBreaker({
    settings,
    clock,
    observe: () => {},
    random: () => 0.5,
    fleet: fleet.breaker,
  })
  const target = targetOf()
  const send = breaker.layer(async () => {
    world.calls++
    const { broken } = world
    if (world.held !== null) await new Promise<void>(resolve => world.held?.push(resolve))
    if (broken) throw new GatewayError('upstream_error')
    return fullReply()
  })
  const ask = (): Promise<string> =>
    send(requestOf({ target })).then(
      () => 'answered',
      (thrown: unknown) => (thrown as GatewayError).code,
    )
  const state = () => breaker.stateOf(target.id)
  return { ask, state, askedLast: () => state() === 'open' || fleet.restsElsewhere(target.id, state()) }
}

async function fail(instance: ReturnType<typeof joinBreaker>): Promise<void> {
  for (let time = 0; time < settings.failureThreshold; time++) await instance.ask()
}

test('a target that rests in one instance is asked last by the other, which still may ask it', async () => {
  const world = worldOf()
  const [one, two] = [joinBreaker(world), joinBreaker(world)]
  await fail(one)
  expect([one.state(), two.state(), two.askedLast()]).toEqual(['open', 'closed', true])
  world.broken = false
  expect(await two.ask()).toBe('answered')
  expect(await one.ask()).toBe('circuit_open')
})

test('when the one has tried it out, all use it again; while it tries, the other waits', async () => {
  const world = worldOf()
  const [one, two] = [joinBreaker(world), joinBreaker(world)]
  await fail(one)
  world.clock.advance(60_000)
  expect([one.askedLast(), two.askedLast()]).toEqual([false, true])
  world.broken = false
  for (let time = 0; time < 3; time++) expect(await one.ask()).toBe('answered')
  expect([one.state(), two.askedLast()]).toEqual(['closed', false])
})

test('a hint ends by itself where the one that told it is gone', async () => {
  const world = worldOf()
  const [one, two] = [joinBreaker(world), joinBreaker(world)]
  await fail(one)
  world.clock.advance(70_001)
  expect(two.askedLast()).toBe(false)
})

test('both open: one of them probes, with as many requests as one alone would, and both close', async () => {
  const world = worldOf()
  const [one, two] = [joinBreaker(world), joinBreaker(world)]
  await fail(one)
  await fail(two)
  world.clock.advance(61_000)
  world.broken = false
  world.calls = 0
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? one : two).ask()),
  )
  expect(world.calls).toBe(3)
  expect(answers.filter(answer => answer === 'answered')).toHaveLength(3)
  expect([one.state(), two.state()]).toEqual(['closed', 'closed'])
})

test('after failed probes of the one, the other rests on, but not longer than a rest of its own', async () => {
  const world = worldOf()
  const [one, two] = [joinBreaker(world), joinBreaker(world)]
  await fail(one)
  await fail(two)
  world.clock.advance(60_000)
  world.calls = 0
  expect(await one.ask()).toBe('upstream_error')
  expect(await two.ask()).toBe('circuit_open')
  expect(world.calls).toBe(1)
  world.clock.advance(60_000)
  world.broken = false
  expect(await two.ask()).toBe('answered')
})

test('an instance whose probes come to no verdict leaves the trial to another', async () => {
  const held: (() => void)[] = []
  const world = worldOf(held)
  const [one, two] = [joinBreaker(world), joinBreaker(world)]
  const asked = [one.ask(), one.ask(), two.ask(), two.ask()]
  for (const release of held.splice(0)) release()
  await Promise.all(asked)
  world.clock.advance(61_000)
  world.broken = false
  const probe = one.ask()
  expect(await two.ask()).toBe('circuit_open')
  expect(two.askedLast()).toBe(true)
  await settled()
  held.shift()?.()
  expect(await probe).toBe('answered')
  // Nobody asks the one any more.
  world.clock.advance(2_000)
  await settled()
  const other = two.ask()
  await settled()
  held.shift()?.()
  expect(await other).toBe('answered')
})

const limited = new GatewayError('upstream_rate_limited', { retryAfterMs: 30_000 })
const refused = new GatewayError('upstream_authentication')

function joinKeys(world: World, failing: Map<string, GatewayError>, told: unknown[] = []) {
  const state = world.members.join()
  state.hints.onHeard(hint => told.push(hint))
  const fleet = createFleet({ state, clock: world.clock, hear: () => {} })
  const rotation = createKeyRotation({ clock: world.clock, observe: () => {}, fleet: fleet.keys })
  const used: string[] = []
  const send = rotation.layer(async ({ key }: UpstreamRequest) => {
    const name = key?.reveal() ?? ''
    used.push(name)
    const failure = failing.get(name)
    if (failure !== undefined) throw failure
    return fullReply()
  })
  const target = targetOf({ keys: ['sk-a', 'sk-b'].map(key => new Secret(key)) })
  return {
    restOf: () => rotation.restOf(target),
    async ask(): Promise<string> {
      used.length = 0
      const end = await send(requestOf({ target })).then(
        () => 'answered',
        (thrown: unknown) => (thrown as GatewayError).code,
      )
      return `${used.join(' ')}: ${end}`
    },
  }
}

test.each([
  ['limited', limited, 30_000],
  ['refused', refused, 300_000],
])(
  'a key that is %s in one instance is not tried first by the other, until its rest is over',
  async (_what, failure, ms) => {
    const world = worldOf()
    const failing = new Map([['sk-a', failure]])
    const told: unknown[] = []
    const [one, two] = [joinKeys(world, failing), joinKeys(world, failing, told)]
    expect(await one.ask()).toBe('sk-a sk-b: answered')
    for (let time = 0; time < 3; time++) expect(await two.ask()).toBe('sk-b: answered')
    expect(JSON.stringify(told)).not.toContain('sk-a')
    world.clock.advance(ms + 1)
    failing.clear()
    expect(await two.ask()).toBe('sk-a: answered')
  },
)

test('where all keys rest elsewhere, they are tried all the same', async () => {
  const world = worldOf()
  const failing = new Map([
    ['sk-a', refused],
    ['sk-b', refused],
  ])
  const [one, two] = [joinKeys(world, failing), joinKeys(world, failing)]
  expect(await one.ask()).toBe('sk-a sk-b: upstream_authentication')
  expect(two.restOf()).toBe(300_000)
  failing.clear()
  expect(await two.ask()).toBe('sk-a: answered')
})
