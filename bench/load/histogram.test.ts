import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createHistogram } from './histogram.ts'

test('a histogram without values has no quantiles', () => {
  expect(createHistogram().quantile(0.5)).toBeNaN()
})

test('every quantile is within a microsecond or a thousandth of the value at that rank', () => {
  const milliseconds = fc.double({ min: 0, max: 3_600_000, noNaN: true })
  fc.assert(
    fc.property(
      fc.array(milliseconds, { minLength: 1 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (values, share) => {
        const histogram = createHistogram()
        for (const value of values) histogram.record(value)
        const rank = Math.max(1, Math.ceil(share * values.length))
        const exact = values.toSorted((a, b) => a - b)[rank - 1] ?? Number.NaN
        expect(Math.abs(histogram.quantile(share) - exact)).toBeLessThanOrEqual(Math.max(0.001, exact / 1000))
        expect(histogram.count).toBe(values.length)
      },
    ),
  )
})

test('values out of its range count at its ends', () => {
  const histogram = createHistogram()
  histogram.record(-5)
  histogram.record(1e12)
  expect(histogram.quantile(0.5)).toBe(0)
  expect(histogram.quantile(1)).toBeGreaterThan(3_600_000)
})
