import { expect, test } from 'vitest'
import { hasSettled } from './warm-up.ts'

test('a cost has settled when three looks in a row agree', () => {
  expect(hasSettled([250, 180, 130, 131, 128])).toBe(true)
})

test('a cost that still falls has not settled, nor has one that was looked at twice', () => {
  expect(hasSettled([250, 180, 150, 140, 130])).toBe(false)
  expect(hasSettled([130, 130])).toBe(false)
})

test('a cost that jumps up again has not settled', () => {
  expect(hasSettled([130, 130, 170])).toBe(false)
})
