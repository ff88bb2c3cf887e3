import { expect, test } from 'vitest'
import { estimateUsage } from './usage-estimate.ts'

test('four characters are a token, a started one counts whole, and the result says that it is an estimate', () => {
  const { usage, source } = estimateUsage({ inputCharacters: 401, outputCharacters: 8 })
  expect(source).toBe('estimated')
  expect(usage).toMatchObject({ inputUncached: 101, outputText: 2, cacheRead: 0, outputReasoning: 0 })
})

test('where nothing arrived, nothing is estimated', () => {
  expect(estimateUsage({ inputCharacters: 0, outputCharacters: 0 }).usage).toMatchObject({
    inputUncached: 0,
    outputText: 0,
  })
})
