import { expect, test } from 'vitest'
import { createRandom } from '../lib/seeded-random.ts'
import { LoadSlope } from './load-slope.ts'
import { normalQuantile } from './normal.ts'

test('an odd first answer is no sign that a target minds its load', () => {
  const slope = new LoadSlope()
  slope.learn(200, 1)
  for (let index = 0; index < 12; index++) slope.learn(2_000, 3 + (index % 5))
  expect(slope.factor(12)).toBeLessThan(3)
})

test('a target whose latency has nothing to do with its load is believed to have none, from the start', () => {
  const factors = Array.from({ length: 200 }, (_, seed) => {
    const random = createRandom(seed)
    const slope = new LoadSlope()
    for (let calls = 1; calls <= 12; calls++)
      slope.learn(1_000 * Math.exp(0.6 * normalQuantile(random())), calls)
    return slope.factor(12)
  }).sort((left, right) => left - right)
  expect(factors[100]).toBeLessThan(1.05)
  expect(factors[190]).toBeLessThan(2)
})

test('a queue is found out within some calls', () => {
  const slope = new LoadSlope()
  const random = createRandom(1)
  for (let index = 0; index < 100; index++) {
    const calls = 1 + (index % 20)
    slope.learn(100 * calls * Math.exp(0.3 * normalQuantile(random())), calls)
  }
  expect(slope.factor(20) / slope.factor(5)).toBeGreaterThan(3)
  expect(slope.factor(20) / slope.factor(5)).toBeLessThan(5)
})
