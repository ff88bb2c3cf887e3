import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toUtf8 } from './utf8.ts'

test.each([0, 2000, 2048, 60_000, 65_536, 65_537])(
  'a text of %i units becomes the bytes of the standard way',
  length => {
    const pieces = fc.sample(fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), {
      numRuns: 50,
      seed: 1,
    })
    for (const piece of ['a', 'é', '—', '🙂', '\ud800', ...pieces]) {
      const text = piece.repeat(Math.ceil(length / piece.length)).slice(0, length)
      expect(toUtf8(text).equals(Buffer.from(text))).toBe(true)
    }
  },
)

test('bytes that were handed out stay what they are', () => {
  const first = toUtf8('ä'.repeat(5000))
  toUtf8('ö'.repeat(5000))
  expect(first.toString()).toBe('ä'.repeat(5000))
})
