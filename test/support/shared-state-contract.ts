// What every kind of shared state does: the same suite for the one in memory and the one in Redis.

import { expect, test } from 'vitest'
import type { Hint, SharedState } from '../../src/shared-state/index.ts'

export interface ContractScene {
  /** One more instance, that knows the others. */
  join(): Promise<SharedState>
  /** Lets time pass for all of them. */
  pass(milliseconds: number): Promise<void>
  /** Until something holds that is on its way. */
  eventually(what: string, holds: () => boolean): Promise<void>
}

/** Times are far enough apart for a real clock. */
const longMs = 60_000
const shortMs = 200

let count = 0
/** A name that no other test uses. */
const fresh = (): string => `subject ${++count}: with blanks and %`

export function describeSharedState(scene: () => ContractScene): void {
  describeHints(scene)
  describeAffinity(scene)
  describeLeases(scene)
  describeCounters(scene)
}

function describeHints(scene: () => ContractScene): void {
  const rest = (subject: string, forMs: number): Hint => ({ kind: 'target_resting', subject, forMs })
  const knows = (state: SharedState, subject: string) => state.hints.until('target_resting', subject) > 0

  test('a hint of one instance is known to the others, and not to itself', async () => {
    const [first, second] = [await scene().join(), await scene().join()]
    const subject = fresh()
    first.hints.tell(rest(subject, longMs))
    await scene().eventually('the hint is heard', () => knows(second, subject))
    expect(knows(first, subject)).toBe(false)
    expect(second.hints.until('key_refused', subject)).toBe(0)
    expect(second.hints.until('target_resting', fresh())).toBe(0)
  })

  test('a hint is over after its time', async () => {
    const [first, second] = [await scene().join(), await scene().join()]
    const subject = fresh()
    first.hints.tell(rest(subject, shortMs))
    await scene().eventually('the hint is heard', () => knows(second, subject))
    await scene().pass(shortMs * 2)
    expect(knows(second, subject)).toBe(false)
    const third = await scene().join()
    expect(knows(third, subject)).toBe(false)
  })

  test('a hint that is taken back is gone everywhere, whoever takes it back', async () => {
    const [first, second, third] = [await scene().join(), await scene().join(), await scene().join()]
    const subject = fresh()
    first.hints.tell(rest(subject, longMs))
    await scene().eventually('the hint is heard', () => knows(second, subject) && knows(third, subject))
    second.hints.tell(rest(subject, 0))
    expect(knows(second, subject)).toBe(false)
    await scene().eventually('it is gone', () => !knows(third, subject))
    expect(knows(await scene().join(), subject)).toBe(false)
  })

  test('an instance that starts later knows what was told before', async () => {
    const first = await scene().join()
    const subject = fresh()
    first.hints.tell(rest(subject, longMs))
    await scene().pass(shortMs)
    const late = await scene().join()
    expect(knows(late, subject)).toBe(true)
  })

  test('listeners get the hints of others, with the time for which they hold', async () => {
    const [first, second] = [await scene().join(), await scene().join()]
    const subject = fresh()
    const heard: Hint[] = []
    second.hints.onHeard(hint => {
      if (hint.subject === subject) heard.push(hint)
    })
    first.hints.tell(rest(subject, longMs))
    first.hints.tell(rest(subject, 0))
    await scene().eventually('both are heard', () => heard.length === 2)
    expect(heard).toEqual([rest(subject, longMs), rest(subject, 0)])
  })

  test('a hint that says the same as the last one is not sent again', async () => {
    const [first, second] = [await scene().join(), await scene().join()]
    const subject = fresh()
    const heard: number[] = []
    second.hints.onHeard(hint => {
      if (hint.subject === subject) heard.push(hint.forMs)
    })
    for (let time = 0; time < 50; time++) first.hints.tell(rest(subject, longMs))
    first.hints.tell(rest(subject, longMs * 2))
    await scene().eventually('the last is heard', () => heard.includes(longMs * 2))
    expect(heard).toEqual([longMs, longMs * 2])
  })
}

function describeAffinity(scene: () => ContractScene): void {
  test('what one instance remembers, another one finds', async () => {
    const [first, second] = [await scene().join(), await scene().join()]
    const place = { tenant: 'a', key: fresh() }
    first.affinity.remember(place, 'provider/model', longMs)
    expect(first.affinity.recall(place)).toBe('provider/model')
    expect(first.affinity.find(place)).toBe('provider/model')
    await scene().eventually('the second knows', () => second.affinity.recall(place) === 'provider/model')
    // Once it was found, it is there without waiting.
    expect(second.affinity.find(place)).toBe('provider/model')
  })

  test('tenants do not see what others remember, whatever the names', async () => {
    const [first, second] = [await scene().join(), await scene().join()]
    const key = fresh()
    first.affinity.remember({ tenant: 'a', key: `b${key}` }, 'x', longMs)
    await scene().pass(shortMs)
    expect(await second.affinity.find({ tenant: 'ab', key })).toBeNull()
    expect(await second.affinity.find({ tenant: 'a', key: `b${key}` })).toBe('x')
  })

  test('a memory is over after its time, in every copy', async () => {
    const [first, second] = [await scene().join(), await scene().join()]
    const place = { tenant: 'a', key: fresh() }
    first.affinity.remember(place, 'x', shortMs)
    await scene().eventually('the second knows', () => second.affinity.recall(place) === 'x')
    await scene().pass(shortMs * 2)
    expect(first.affinity.recall(place)).toBeNull()
    expect(await second.affinity.find(place)).toBeNull()
  })

  test('the latest word counts', async () => {
    const [first, second] = [await scene().join(), await scene().join()]
    const place = { tenant: 'a', key: fresh() }
    first.affinity.remember(place, 'x', longMs)
    first.affinity.remember(place, 'y', longMs)
    await scene().pass(shortMs)
    expect(await second.affinity.find(place)).toBe('y')
  })
}

function describeLeases(scene: () => ContractScene): void {
  test('no more leases are held than there are places, by all instances together', async () => {
    const states = [await scene().join(), await scene().join()]
    const question = { name: fresh(), places: 3, holdMs: longMs }
    const asked = [...states, ...states, ...states, ...states].map(({ leases }) => leases.take(question))
    const leases = (await Promise.all(asked)).filter(lease => lease !== null)
    expect(leases).toHaveLength(3)
    leases[0]?.release()
    leases[0]?.release()
    await scene().pass(shortMs)
    const again = await Promise.all(states.map(state => state.leases.take(question)))
    expect(again.filter(lease => lease !== null)).toHaveLength(1)
  })

  test('a lease is held as long as its holder lives, and given back when it ends', async () => {
    const [first, second] = [await scene().join(), await scene().join()]
    const question = { name: fresh(), places: 1, holdMs: shortMs }
    expect(await first.leases.take(question)).not.toBeNull()
    await scene().pass(shortMs * 3)
    expect(await second.leases.take(question)).toBeNull()
    await first.close()
    expect(await second.leases.take(question)).not.toBeNull()
  })
}

function describeCounters(scene: () => ContractScene): void {
  const question = (more: object = {}) => ({
    name: 'requests',
    tenant: 'a',
    amount: 1,
    limit: 5,
    windowMs: longMs,
    ...more,
  })

  test('a limit is kept by all instances together, and what is refused is not counted', async () => {
    const states = [await scene().join(), await scene().join()]
    const name = fresh()
    const asked = [...states, ...states, ...states, ...states].map(({ counters }) =>
      counters.add(question({ name })),
    )
    const readings = await Promise.all(asked)
    expect(readings.filter(({ accepted }) => accepted)).toHaveLength(5)
    const last = await states[0]?.counters.add(question({ name, limit: 7, amount: 2 }))
    expect(last).toMatchObject({ accepted: true, total: 7, shared: true })
    expect(last?.resetMs).toBeGreaterThan(0)
    expect(last?.resetMs).toBeLessThanOrEqual(longMs)
  })

  test('tenants are counted apart, and a count starts anew after its window', async () => {
    const state = await scene().join()
    const name = fresh()
    const full = question({ name, amount: 5, windowMs: shortMs })
    expect(await state.counters.add(full)).toMatchObject({ accepted: true, total: 5 })
    expect(await state.counters.add(full)).toMatchObject({ accepted: false, total: 5 })
    expect(await state.counters.add({ ...full, tenant: 'b' })).toMatchObject({ accepted: true })
    expect(await state.counters.add({ ...full, tenant: null })).toMatchObject({ accepted: true })
    await scene().pass(shortMs * 2)
    expect(await state.counters.add(full)).toMatchObject({ accepted: true, total: 5 })
  })

  test('without a limit it only counts', async () => {
    const state = await scene().join()
    const counted = question({ name: fresh(), amount: 1_000, limit: null })
    expect(await state.counters.add(counted)).toMatchObject({ accepted: true, total: 1_000 })
    expect(await state.counters.add(counted)).toMatchObject({ accepted: true, total: 2_000 })
  })
}
