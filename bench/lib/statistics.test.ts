import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareRounds, median, summarise } from './statistics.ts'

describe('median', () => {
  test('is the middle value, or the mean of the two middle ones', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([4, 1, 2, 3])).toBe(2.5)
    expect(() => median([])).toThrow(RangeError)
  })

  test('has as many values above it as below, in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), values => {
        const middle = median(values)
        const above = values.filter(value => value > middle).length
        const below = values.filter(value => value < middle).length
        expect(Math.max(above, below)).toBeLessThanOrEqual(values.length / 2)
        expect(median(values.toReversed())).toBe(middle)
      }),
    )
  })
})

test('a summary has middle and spread, and there is none of nothing', () => {
  expect(summarise([5, 1, 3])).toEqual({ median: 3, min: 1, max: 5, rounds: 3 })
  expect(summarise([])).toBeNull()
})

describe('rounds set against the floor', () => {
  const floor = [
    { round: 1, value: 10 },
    { round: 2, value: 20 },
    { round: 3, value: 0 },
  ]

  test('are compared with the same round, whatever the order', () => {
    const values = [
      { round: 2, value: 30 },
      { round: 1, value: 20 },
    ]
    expect(compareRounds(values, floor, 'ratio')).toEqual([1.5, 2])
    expect(compareRounds(values, floor, 'difference')).toEqual([10, 10])
  })

  test('are left out where the floor lacks the round or nothing can be divided by it', () => {
    const values = [
      { round: 3, value: 7 },
      { round: 4, value: 7 },
    ]
    expect(compareRounds(values, floor, 'ratio')).toEqual([])
    expect(compareRounds(values, floor, 'difference')).toEqual([7])
  })
})
