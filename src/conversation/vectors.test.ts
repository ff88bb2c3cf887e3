import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asBase64, asNumbers } from './vectors.ts'

test('numbers of 32 bits survive base64', () => {
  fc.assert(
    fc.property(fc.array(fc.float({ noNaN: true })), numbers => {
      expect(asNumbers(asBase64(numbers))).toEqual(numbers)
    }),
  )
})

test('what is already as it is wanted stays the same', () => {
  const numbers = [0.1, 0.2]
  expect(asNumbers(numbers)).toBe(numbers)
  expect(asBase64('AAAA')).toBe('AAAA')
})

test('the bytes are those of the vendors: little-endian', () => {
  expect(asBase64([1])).toBe('AACAPw==')
})
