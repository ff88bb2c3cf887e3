import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RollingWindow } from './rolling-window.ts'

test('an empty window reads as zeros', () => {
  expect(new RollingWindow().read(1_000)).toMatchObject({ count: 0, failures: 0, average: 0, p50: 0, p99: 0 })
})

test('what is older than five minutes is forgotten, also when nothing came after it', () => {
  const window = new RollingWindow()
  window.record(1_000, 100, true)
  window.record(200_000, 300, false)
  expect(window.read(200_000)).toMatchObject({ count: 2, failures: 1, average: 200 })
  expect(window.read(310_000)).toMatchObject({ count: 1, failures: 0, average: 300 })
  expect(window.read(900_000).count).toBe(0)
  window.record(900_000, 50, false)
  expect(window.read(900_000)).toMatchObject({ count: 1, average: 50 })
})

test('the last minute can be read alone', () => {
  const window = new RollingWindow()
  window.record(0, 10, false)
  window.record(100_000, 20, false)
  expect(window.read(100_000, 60_000)).toMatchObject({ count: 1, average: 20, spanMs: 55_000 })
})

test('a quantile is within a twentieth of the true one', () => {
  const latencies = fc.array(fc.double({ min: 0.1, max: 500_000, noNaN: true }), {
    minLength: 1,
    maxLength: 300,
  })
  fc.assert(
    fc.property(latencies, values => {
      const window = new RollingWindow()
      for (const value of values) window.record(0, value, false)
      const sorted = values.toSorted((a, b) => a - b)
      const reading = window.read(0)
      for (const [share, measured] of [
        [0.5, reading.p50],
        [0.95, reading.p95],
        [0.99, reading.p99],
      ] as const) {
        const exact = sorted[Math.ceil(values.length * share) - 1] ?? 0
        expect(Math.abs(measured - exact) / exact).toBeLessThan(0.05)
      }
    }),
  )
})

test('no value breaks it', () => {
  const window = new RollingWindow()
  for (const value of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e12]) window.record(0, value, false)
  expect(window.read(0).count).toBe(5)
})
