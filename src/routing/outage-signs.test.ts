import { describe, expect, test } from 'vitest'
import { FailureRun } from './failure-run.ts'
import { LoadSlope } from './load-slope.ts'
import { Silence } from './silence.ts'

describe('failures in a row', () => {
  function failing(times: number, usualRate: number): FailureRun {
    const run = new FailureRun()
    for (let index = 0; index < times; index++) run.fail(index * 100, index * 100 + 50, usualRate)
    return run
  }

  test('two of a reliable target are an outage, one is an accident', () => {
    expect(failing(1, 0.01).peak).toBeLessThan(0.2)
    expect(failing(2, 0.01).peak).toBeGreaterThan(0.9)
  })

  test('of a target that often fails they are what is usual', () => {
    expect(failing(3, 0.4).peak).toBeLessThan(0.05)
  })

  test('a success ends the run, but not one of a call that began before it', () => {
    const run = failing(3, 0.01)
    run.succeed(-1)
    expect(run.outage(250, false)).toBeGreaterThan(0.9)
    run.succeed(120)
    expect(run.outage(250, false)).toBe(0)
  })

  test('the belief wanes with time, the slower the longer the outage has lasted, and not while a call will tell', () => {
    const short = failing(3, 0.01)
    const long = new FailureRun()
    for (const at of [0, 30_000, 60_000]) long.fail(at, at, 0.01)
    expect(short.outage(10_250, false)).toBeLessThan(0.25)
    expect(long.outage(70_000, false)).toBeGreaterThan(0.8)
    expect(short.outage(10_250, true)).toBe(short.peak)
  })
})

describe('silence', () => {
  test('several calls that are long overdue are a sign, one alone or a quick one is none', () => {
    const silence = new Silence()
    silence.begin(0)
    expect(silence.probability(10_000, 500, 0.5)).toBeLessThan(0.2)
    for (const at of [100, 200, 300]) silence.begin(at)
    expect(silence.probability(600, 500, 0.5)).toBeLessThan(0.01)
    expect(silence.probability(10_000, 500, 0.5)).toBeGreaterThan(0.9)
  })

  test('an answer to a later call clears those before it', () => {
    const silence = new Silence()
    for (const at of [0, 100, 200, 300]) silence.begin(at)
    silence.answer(300)
    expect(silence.probability(60_000, 500, 0.5)).toBe(0)
  })

  test('calls that ended without an answer wait no more', () => {
    const silence = new Silence()
    silence.begin(0)
    silence.leave(0)
    expect(silence.probability(60_000, 500, 0.5)).toBe(0)
  })
})

describe('load', () => {
  test('a target that slows down in proportion to its calls is expected to go on so', () => {
    const load = new LoadSlope()
    for (let index = 0; index < 400; index++) {
      const calls = 1 + ((index * 7) % 20)
      load.learn(100 * calls, calls)
    }
    expect(load.factor(20) / load.factor(10)).toBeGreaterThan(1.6)
    expect(load.factor(20) / load.factor(10)).toBeLessThan(2.3)
  })

  test('a target that does not care about its load is judged the same under any', () => {
    const load = new LoadSlope()
    for (let index = 0; index < 400; index++) load.learn(index % 2 === 0 ? 90 : 110, 1 + ((index * 7) % 20))
    expect(load.factor(50)).toBeLessThan(1.05)
  })
})
