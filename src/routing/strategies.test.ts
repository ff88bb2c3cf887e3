import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRandom } from '../lib/seeded-random.ts'
import { type StrategyName, strategies } from './index.ts'
import {
  arbitraryTargets,
  type Known,
  makeBelief,
  makeQuestion,
  type QuestionOptions,
} from './question.fixture.ts'

const names = Object.keys(strategies) as StrategyName[]

function orderOf(name: StrategyName, known: Readonly<Record<string, Known>>, options?: QuestionOptions) {
  return strategies[name](makeQuestion(known, options)).order.map(({ id }) => id)
}

/** How often each target goes first, over draws that differ by their seed and turn. */
function countFirsts(name: StrategyName, known: Readonly<Record<string, Known>>, draws = 2000) {
  const seeds = createRandom(99)
  const counts: Record<string, number> = {}
  for (let draw = 0; draw < draws; draw++) {
    const [first = ''] = orderOf(name, known, { seed: seeds() * 2 ** 32, turn: draw })
    counts[first] = (counts[first] ?? 0) + 1
  }
  return (id: string): number => (counts[id] ?? 0) / draws
}

describe.each(names)('%s', name => {
  test('no target is lost or made up, in whatever state they are', () => {
    fc.assert(
      fc.property(arbitraryTargets, fc.nat(), (known, seed) => {
        expect(orderOf(name, known, { seed, turn: seed }).toSorted()).toEqual(Object.keys(known).toSorted())
      }),
    )
  })

  test('targets that rest come after all that do not', () => {
    fc.assert(
      fc.property(arbitraryTargets, fc.nat(), (known, seed) => {
        const resting = orderOf(name, known, { seed }).map(id => known[id]?.open === true)
        expect(resting).toEqual(resting.toSorted((left, right) => Number(left) - Number(right)))
      }),
    )
  })

  test('the same chance and the same knowledge give the same ranking', () => {
    fc.assert(
      fc.property(arbitraryTargets, fc.nat(), (known, seed) => {
        const rank = () => strategies[name](makeQuestion(known, { seed }))
        expect(rank()).toEqual(rank())
      }),
    )
  })

  test('a propensity is a probability, and no score is no number', () => {
    fc.assert(
      fc.property(arbitraryTargets, fc.nat(), (known, seed) => {
        const { propensity, scores } = strategies[name](makeQuestion(known, { seed }))
        if (propensity !== null) {
          expect(propensity).toBeGreaterThanOrEqual(0)
          expect(propensity).toBeLessThanOrEqual(1 + 1e-9)
        }
        for (const score of scores?.values() ?? []) expect(score).not.toBeNaN()
      }),
    )
  })

  test('a propensity says how often that target really goes first', () => {
    const known = {
      a: { weight: 3, latencyMs: 500, belief: makeBelief({ latencyMs: 500, latencyCount: 3 }) },
      b: { weight: 2, latencyMs: 600, belief: makeBelief({ latencyMs: 600, latencyCount: 3 }) },
      c: { weight: 1, latencyMs: 550, belief: makeBelief({ latencyMs: 550, failures: 1, latencyCount: 5 }) },
    }
    const share = countFirsts(name, known)
    for (let seed = 0; seed < 20; seed++) {
      const { order, propensity } = strategies[name](makeQuestion(known, { seed }))
      if (propensity !== null) expect(Math.abs(share(order[0]?.id ?? '') - propensity)).toBeLessThan(0.05)
    }
  })

  test('a target that is better in everything is asked first no less often', () => {
    const quality = fc.record({
      success: fc.double({ min: 0.1, max: 1, noNaN: true }),
      latencyMs: fc.double({ min: 10, max: 10_000, noNaN: true }),
      cost: fc.integer({ min: 1, max: 1_000_000 }),
      inFlight: fc.nat(20),
      weight: fc.double({ min: 0.1, max: 10, noNaN: true }),
    })
    const describeTarget = (known: { success: number; latencyMs: number; cost: number } & Known): Known => ({
      ...known,
      belief: makeBelief({
        successes: 20 * known.success,
        failures: 20 * (1 - known.success),
        latencyMs: known.latencyMs,
        latencyCount: 20,
      }),
    })
    fc.assert(
      fc.property(quality, quality, (one, other) => {
        const better = {
          success: Math.max(one.success, other.success),
          latencyMs: Math.min(one.latencyMs, other.latencyMs),
          cost: Math.min(one.cost, other.cost),
          inFlight: Math.min(one.inFlight, other.inFlight),
          weight: Math.max(one.weight, other.weight),
        }
        const worse = {
          success: Math.min(one.success, other.success),
          latencyMs: Math.max(one.latencyMs, other.latencyMs),
          cost: Math.max(one.cost, other.cost),
          inFlight: Math.max(one.inFlight, other.inFlight),
          weight: Math.min(one.weight, other.weight),
        }
        const share = countFirsts(name, { better: describeTarget(better), worse: describeTarget(worse) }, 300)
        // Draws scatter: equals get about a half each.
        expect(share('better')).toBeGreaterThan(share('worse') - 0.2)
      }),
      { numRuns: 30 },
    )
  })
})

test('a resting target leaves its turns to all others alike', () => {
  const share = countFirsts('round_robin', { a: {}, b: { open: true }, c: {}, d: {} }, 300)
  expect([share('a'), share('c'), share('d')]).toEqual([1 / 3, 1 / 3, 1 / 3])
})

test('a limited target gets no share of what is spread, but keeps its place where the order is the wish', () => {
  const known = { a: { limited: true, cost: 1 }, b: { cost: 2 } }
  for (const name of ['round_robin', 'weighted', 'least_connections', 'least_latency', 'adaptive'] as const)
    expect(orderOf(name, known)).toEqual(['b', 'a'])
  expect(orderOf('priority', known)).toEqual(['a', 'b'])
  expect(orderOf('cost_optimized', known)).toEqual(['a', 'b'])
})

test('weights are met in the long run, also by what takes over when the first fails', () => {
  const known = { a: { weight: 6 }, b: { weight: 3 }, c: { weight: 1 }, d: { weight: 0 } }
  const share = countFirsts('weighted', known, 5000)
  expect(share('a')).toBeCloseTo(0.6, 1)
  expect(share('b')).toBeCloseTo(0.3, 1)
  expect(share('c')).toBeCloseTo(0.1, 1)
  expect(share('d')).toBe(0)
})

test('the fewest calls under way are counted by weight', () => {
  const known = { small: { inFlight: 2, weight: 1 }, large: { inFlight: 4, weight: 2 } }
  expect(orderOf('least_connections', known)).toEqual(['large', 'small'])
})

test('the slowest of three is never the better of two; the others share by their luck', () => {
  const known = { a: { latencyMs: 100 }, b: { latencyMs: 200 }, c: { latencyMs: 300 } }
  const share = countFirsts('least_latency', known)
  expect(share('c')).toBe(0)
  expect(share('a')).toBeCloseTo(2 / 3, 1)
  expect(share('b')).toBeCloseTo(1 / 3, 1)
})

test('a target without a latency is tried by one call, not by a crowd', () => {
  expect(orderOf('least_latency', { a: { latencyMs: 100 }, b: {} })).toEqual(['b', 'a'])
  expect(orderOf('least_latency', { a: { latencyMs: 100 }, b: { inFlight: 1 } })).toEqual(['a', 'b'])
})

test('the cheapest comes first, equals in the configured order, what has no price last', () => {
  const known = { unknown: {}, dear: { cost: 5 }, one: { cost: 2 }, two: { cost: 2 }, free: { cost: 0 } }
  expect(orderOf('cost_optimized', known)).toEqual(['free', 'one', 'two', 'dear', 'unknown'])
})

describe('what adaptive weighs', () => {
  const only = (part: 'success' | 'latency' | 'cost') => ({
    objective: { success: 0, latency: 0, cost: 0, minShare: 0, [part]: 1 },
  })
  const known = {
    reliable: { cost: 9, belief: makeBelief({ latencyMs: 900 }) },
    fast: { cost: 9, belief: makeBelief({ successes: 25, failures: 25, latencyMs: 100 }) },
    cheap: { cost: 1, belief: makeBelief({ successes: 25, failures: 25, latencyMs: 900 }) },
  }

  test('each weight alone makes the target first that is best by it', () => {
    expect(orderOf('adaptive', known, only('success'))[0]).toBe('reliable')
    expect(orderOf('adaptive', known, only('latency'))[0]).toBe('fast')
    expect(orderOf('adaptive', known, only('cost'))[0]).toBe('cheap')
  })

  test('a target without a price is taken for the dearest', () => {
    const { scores } = strategies.adaptive(
      makeQuestion({ a: { cost: 1 }, b: { cost: 5 }, c: { cost: null } }, only('cost')),
    )
    expect(scores?.get('c')).toBe(scores?.get('b'))
  })

  test('what nobody has met is tried', () => {
    const share = countFirsts('adaptive', { old: { belief: makeBelief() }, fresh: {} })
    expect(share('fresh')).toBeGreaterThan(0.1)
  })

  test('every target keeps its least share, and one that comes back from a rest has more', () => {
    const hopeless = makeBelief({ successes: 0, failures: 50, latencyMs: 30_000 })
    const share = countFirsts('adaptive', {
      good: { belief: makeBelief() },
      bad: { belief: hopeless },
      back: { belief: hopeless, recovering: true },
    })
    expect(share('bad')).toBeGreaterThan(0.001)
    expect(share('bad')).toBeLessThan(0.012)
    expect(share('back')).toBeGreaterThan(0.02)
    expect(share('back')).toBeLessThan(0.05)
  })
})
