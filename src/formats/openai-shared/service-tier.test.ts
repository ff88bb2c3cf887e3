import { expect, test } from 'vitest'
import { writeServiceTier } from './service-tier.ts'

test.each([
  ['flex', 'flex'],
  ['PRIORITY', 'priority'],
  ['standard', 'default'],
  ['on_demand', 'default'],
  ['ON_DEMAND', 'default'],
  ['performance', undefined],
  ['', undefined],
  [undefined, undefined],
])('the tier %s is told as %s', (tier, told) => {
  expect(writeServiceTier(tier)).toBe(told)
})
