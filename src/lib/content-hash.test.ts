import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ContentHash } from './content-hash.ts'

function hashOf(...values: readonly unknown[]): string {
  const hash = new ContentHash()
  for (const value of values) hash.add(value)
  return hash.digest()
}

test('equal values have one hash, in sixteen digits', () => {
  fc.assert(
    fc.property(fc.jsonValue(), value => {
      const hash = hashOf(value)
      expect(hash).toMatch(/^[0-9a-f]{16}$/)
      expect(hashOf(structuredClone(value))).toBe(hash)
    }),
  )
})

test('different values have different ones', () => {
  fc.assert(
    fc.property(
      fc.jsonValue({ noUnicodeString: true }),
      fc.jsonValue({ noUnicodeString: true }),
      (left, right) => {
        fc.pre(JSON.stringify(left) !== JSON.stringify(right))
        expect(hashOf(left)).not.toBe(hashOf(right))
      },
    ),
  )
})

test('where a text ends, and what holds what, counts', () => {
  const values = [
    ['ab', 'c'],
    ['a', 'bc'],
    [['ab'], 'c'],
    [['ab', 'c']],
    [{ ab: 'c' }],
    [['a'], ['b', 'c']],
    [null],
    [[]],
    [{}],
  ]
  expect(new Set(values.map(list => hashOf(...list))).size).toBe(values.length)
})
