import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BoundedMap } from './bounded-map.ts'

test('what was used longest ago is forgotten first', () => {
  const map = new BoundedMap<number>(2, 100)
  map.set('a', 1, 1)
  map.set('b', 2, 1)
  map.get('a')
  map.set('c', 3, 1)
  expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([1, undefined, 3])
})

test('the size is bounded as well as the number, and what is too large alone is not kept', () => {
  const map = new BoundedMap<number>(100, 10)
  map.set('a', 1, 6)
  map.set('b', 2, 6)
  map.set('c', 3, 11)
  expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([undefined, 2, undefined])
})

test('the last value of a key that is kept is the one that was set', () => {
  const entry = fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.nat(9), fc.nat(6))
  fc.assert(
    fc.property(fc.array(entry), entries => {
      const map = new BoundedMap<number>(3, 10)
      const last = new Map<string, number>()
      for (const [key, value, size] of entries) {
        map.set(key, value, size)
        last.set(key, value)
      }
      expect(map.count).toBeLessThanOrEqual(3)
      for (const [key, value] of last) expect([undefined, value]).toContain(map.get(key))
    }),
  )
})
