import { expect, test } from 'vitest'
import { noUsage } from '../call.ts'
import { effectivePrice } from './effective-price.ts'

const at = Date.parse('2026-06-15T12:00:00Z')
/** US$3, 0.3 and 15 per million. */
const prices = [{ input: 3e6, cacheRead: 0.3e6, output: 15e6 }]

test('input that was mostly read from the cache costs less than its price', () => {
  const usage = { ...noUsage, inputUncached: 100_000, cacheRead: 900_000, outputText: 10_000 }
  // 0.3 + 0.27 + 0.15 dollars.
  const paid = effectivePrice({ usage, costNanoUsd: 720_000_000 }, prices, at)
  expect(paid.input).toBeCloseTo(0.57)
  expect(paid.output).toBeCloseTo(15)
})

test('what was paid otherwise than by the prices of now is divided as these are', () => {
  const usage = { ...noUsage, inputUncached: 1_000_000, outputText: 200_000 }
  const paid = effectivePrice({ usage, costNanoUsd: 12_000_000_000 }, prices, at)
  expect(paid).toEqual({ input: 6, output: 30 })
})

test('of one kind of tokens alone no price has to be known', () => {
  const usage = { ...noUsage, inputUncached: 2_000_000 }
  expect(effectivePrice({ usage, costNanoUsd: 40_000_000 }, null, at)).toEqual({ input: 0.02, output: null })
})

test('without a price the two cannot be told apart', () => {
  const usage = { ...noUsage, inputUncached: 10, outputText: 10 }
  const unknown = { input: null, output: null }
  expect(effectivePrice({ usage, costNanoUsd: 5 }, null, at)).toEqual(unknown)
  expect(effectivePrice({ usage, costNanoUsd: 5 }, [{ input: 1e6 }], at)).toEqual(unknown)
})

test('what is free costs nothing', () => {
  const usage = { ...noUsage, inputUncached: 10, outputText: 10 }
  expect(effectivePrice({ usage, costNanoUsd: 0 }, [{ input: 0, output: 0 }], at)).toEqual({
    input: 0,
    output: 0,
  })
})
