import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLatencyHistogram } from './latency-histogram.ts'

test('fewer than twenty answers tell nothing', () => {
  const times = createLatencyHistogram()
  for (let answer = 0; answer < 19; answer++) times.add(100)
  expect(times.p95()).toBeNull()
  times.add(100)
  expect(times.p95()).not.toBeNull()
})

test('19 of 20 answers came within the time, and it is at most a tenth too long', () => {
  const list = fc.array(fc.double({ min: 0.1, max: 100_000, noNaN: true }), { minLength: 20, maxLength: 900 })
  fc.assert(
    fc.property(list, answers => {
      const times = createLatencyHistogram()
      for (const answer of answers) times.add(answer)
      const exact = answers.toSorted((one, other) => one - other)[Math.ceil(answers.length * 0.95) - 1] ?? 0
      const p95 = times.p95() ?? 0
      expect(p95).toBeGreaterThanOrEqual(exact * 0.999)
      expect(p95).toBeLessThanOrEqual(Math.max(1, exact) * 1.101)
    }),
  )
})

test('what was long ago fades', () => {
  const times = createLatencyHistogram()
  for (let answer = 0; answer < 5_000; answer++) times.add(8_000)
  for (let answer = 0; answer < 10_000; answer++) times.add(50)
  expect(times.p95()).toBeLessThan(60)
})
