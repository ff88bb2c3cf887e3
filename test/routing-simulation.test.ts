// What the adaptive strategy is for, measured on workloads that are drawn by chance.

import { describe, expect, test } from 'vitest'
import { drawWorkload, families } from '../scripts/simulate-routing/families.ts'
import { meanOutcome, type Outcome, simulate } from '../scripts/simulate-routing/simulate.ts'
import {
  type Curve,
  parseWorkload,
  parseWorkloads,
  valueAt,
  type Workload,
} from '../scripts/simulate-routing/workload.ts'
import { type StrategyName, strategies } from '../src/routing/index.ts'

/** The first ones, whatever they show. */
const seeds = [1, 2, 3]
/** Without `weighted`: the families give no weights, so that it is `round_robin` by chance. */
const fixed = (Object.keys(strategies) as StrategyName[]).filter(
  name => name !== 'adaptive' && name !== 'weighted',
)

/** Some 1,200 requests are enough to tell, over the same time: what changes changes as fast. */
const thinned = 0.3

/** Families in which it would decide how long a target rests once it has failed: the business of the circuit breaker. */
const withoutRests: readonly string[] = ['outages', 'partial_errors']

function draw(family: string, seed: number): Workload {
  const workload = drawWorkload(family, seed)
  // One is short as it is, and in the other the number of requests is what it is about.
  if (family === 'cold_start') return workload
  if (family === 'crowded') return { ...workload, seconds: 80 }
  const requestsPerSecond = scale(workload.requestsPerSecond, thinned)
  return { ...workload, requestsPerSecond, breaker: !withoutRests.includes(family) }
}

function scale(curve: Curve, factor: number): Curve {
  if (typeof curve === 'number') return curve * factor
  if (Array.isArray(curve)) return curve.map(([at, value]) => [at, value * factor])
  throw new Error('no family draws such a rate')
}

function measure(family: string, strategy: StrategyName): Outcome {
  return meanOutcome(seeds.map(seed => simulate(draw(family, seed), strategy, seed)))
}

describe('adaptive', () => {
  // Means over the seeds, with room for their luck: over many, the regret is about half of the best other one or less.
  test.each([
    ['drifting_latency', 0.75],
    ['wandering_latency', 0.75],
    ['outages', 0.75],
    ['partial_errors', 0.75],
    ['price_changes', 0.75],
    ['brownout', 0.75],
    ['crowded', 0.75],
  ])('has less regret than every other strategy where the targets change: %s, at most %d', (family, most) => {
    const best = Math.min(...fixed.map(other => measure(family, other).regret))
    expect(measure(family, 'adaptive').regret).toBeLessThan(most * best)
  })

  test.each(['steady', 'contexts', 'bursty', 'cold_start'])(
    'stays close to the best other strategy where they do not, within a twentieth: %s',
    family => {
      const best = Math.min(...fixed.map(other => measure(family, other).loss))
      expect(measure(family, 'adaptive').loss).toBeLessThan(best * 1.05)
    },
  )
})

test('the same seed replays the same', () => {
  const workload = drawWorkload('outages', 7)
  expect(simulate(workload, 'adaptive', 1)).toEqual(simulate(workload, 'adaptive', 1))
})

test('every family draws workloads that are valid', () => {
  for (const family of Object.keys(families))
    for (let seed = 1; seed <= 20; seed++)
      expect(drawWorkload(family, seed).targets.length).toBeGreaterThan(1)
})

test('every request is answered once, or counted as an error', () => {
  const workload = parseWorkload({
    name: 'dead',
    seconds: 60,
    requestsPerSecond: 5,
    targets: [
      { name: 'a', latencyMs: 100, errorRate: 1 },
      { name: 'b', latencyMs: 100, errorRate: [[30, 1]] },
    ],
  })
  const outcome = simulate(workload, 'priority', 1)
  expect(outcome.requests).toBeGreaterThan(200)
  expect(outcome.errorRate).toBe(1)
})

test('a request for which every target rests counts as the worst, and nobody is asked', () => {
  const target = { latencyMs: 100, errorRate: 1, errorAfterMs: 1 }
  const workload = parseWorkload({
    name: 'all rest',
    seconds: 30,
    requestsPerSecond: 20,
    targets: [
      { name: 'a', ...target },
      { name: 'b', ...target },
    ],
  })
  const outcome = simulate(workload, 'priority', 1)
  expect(outcome.loss).toBeGreaterThan(0.99)
  // Five failures of each, and then rest.
  expect(outcome.firstErrorRate * outcome.requests).toBeLessThan(10)
})

test('curves are constants, steps, lines and waves', () => {
  const steps: [number, number][] = [
    [0, 1],
    [10, 5],
  ]
  expect([valueAt(3, 99), valueAt(steps, 9), valueAt(steps, 10)]).toEqual([3, 1, 5])
  expect(valueAt({ linear: steps }, 5)).toBe(3)
  expect(valueAt({ mean: 2, amplitude: 1, periodSeconds: 40 }, 10)).toBeCloseTo(3)
})

test('a workload with a misspelt field is refused by its name', () => {
  const workload = { name: 'w', seconds: 1, requestsPerSecond: 1, targets: [{ name: 'a', latency: 5 }] }
  expect(() => parseWorkloads(workload)).toThrow(/latency/)
})
