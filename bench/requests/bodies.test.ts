import { describe, expect, test } from 'vitest'
import { bodySizes, createBodies, createBody, createNumberedStream } from './bodies.ts'

describe.each(bodySizes)('a body of $name', size => {
  test('is JSON of its size, with the model at its place', () => {
    for (const body of createBodies(size, false)) {
      const parsed = JSON.parse(body) as { model: string; messages: unknown[]; stream: boolean }
      expect(Math.abs(Buffer.byteLength(body) - size.bytes)).toBeLessThanOrEqual(
        Math.max(20, size.bytes / 100),
      )
      expect(Object.keys(parsed).indexOf('model')).toBe(size.modelFirst ? 0 : Object.keys(parsed).length - 1)
      expect(parsed.messages.length).toBeGreaterThan(1)
      expect(parsed.stream).toBe(false)
    }
  })

  test('is the same in every run, and another for every seed', () => {
    const options = { seed: 3, stream: true }
    expect(createBody(size, options)).toBe(createBody(size, options))
    expect(new Set(createBodies(size, true)).size).toBe(8)
  })
})

test('a numbered stream carries its number', () => {
  expect(createNumberedStream(1234)).toContain('stream-number-1234:')
})
