import { expect, test } from 'vitest'
import { createRandom } from './seeded-random.ts'

test('the same seed gives the same numbers, another one others', () => {
  const [first, again, other] = [createRandom(7), createRandom(7), createRandom(8)]
  const numbers = Array.from({ length: 5 }, first)
  expect(Array.from({ length: 5 }, again)).toEqual(numbers)
  expect(Array.from({ length: 5 }, other)).not.toEqual(numbers)
})

test('the numbers are spread evenly from 0 to below 1', () => {
  const random = createRandom(1)
  const counts = [0, 0, 0, 0]
  for (let drawn = 0; drawn < 4000; drawn++) {
    const quarter = Math.floor(random() * 4)
    counts[quarter] = (counts[quarter] ?? 0) + 1
  }
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(120)
})
