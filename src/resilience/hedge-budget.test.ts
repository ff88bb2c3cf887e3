import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createManualClock } from '../lib/clock.ts'
import { createHedgeBudget } from './hedge-budget.ts'

test('never more than the share of the requests of the last ten minutes are asked for twice', () => {
  const steps = fc.array(fc.record({ pauseMs: fc.integer({ min: 0, max: 90_000 }), asks: fc.nat(20) }), {
    maxLength: 60,
  })
  fc.assert(
    fc.property(steps, fc.double({ min: 0, max: 1, noNaN: true }), (sequence, share) => {
      const clock = createManualClock()
      const budget = createHedgeBudget(clock)
      let requests = 0
      let hedges = 0
      for (const { pauseMs, asks } of sequence) {
        clock.advance(pauseMs)
        for (let ask = 0; ask < asks; ask++) {
          budget.count('route')
          requests++
          if (budget.take('route', share)) hedges++
        }
      }
      expect(hedges).toBeLessThanOrEqual(requests * share)
    }),
  )
})

test('old requests pay for no new hedges, and routes do not share', () => {
  const clock = createManualClock()
  const budget = createHedgeBudget(clock)
  for (let request = 0; request < 10; request++) budget.count('one')
  expect(budget.take('other', 0.1)).toBe(false)
  expect(budget.take('one', 0.1)).toBe(true)
  expect(budget.take('one', 0.1)).toBe(false)
  clock.advance(11 * 60_000)
  budget.count('one')
  expect(budget.take('one', 0.1)).toBe(false)
})
