import { describe, expect, test } from 'vitest'
import { GatewayError } from '../../errors.ts'
import { openTap } from './stream.ts'

const done = 'data: [DONE]\n\n'

function delta(content: object, finishReason: string | null = null): string {
  const choices = [{ index: 0, delta: content, finish_reason: finishReason }]
  return `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', choices })}\n\n`
}

const role = delta({ role: 'assistant', content: '' })
const text = delta({ content: 'Hé 🎉' })
const stop = delta({}, 'stop')

function run(stream: readonly string[], { size = 100_000 } = {}) {
  const tap = openTap({ passUsage: false })
  const bytes = Buffer.from(stream.join(''))
  const out: Buffer[] = []
  for (let at = 0; at < bytes.length && !tap.ended; at += size)
    out.push(tap.push(bytes.subarray(at, at + size)) ?? Buffer.alloc(0))
  out.push(tap.finish())
  return { received: Buffer.concat(out).toString(), tap }
}

function failureOf(action: () => unknown): GatewayError {
  try {
    action()
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown
    throw thrown
  }
  throw new Error('Nothing was thrown.')
}

describe('an event that is not of the format', () => {
  const malformed = [
    ['{"a":', 'not JSON'],
    ['[1]', 'not a JSON object'],
    ['"text"', 'not a JSON object'],
    ['null', 'not a JSON object'],
    ['oops', 'not JSON'],
    ['{"choices":"none"}', 'no list of objects'],
    ['{"choices":[7]}', 'no list of objects'],
  ] as const

  test.each(malformed)('such as %s is dropped and counted, and the stream goes on', data => {
    const bad = `data: ${data}\n\n`
    for (const lines of [
      [role, bad, text, stop, done],
      [role, text, bad, text, stop, done],
      [role, text, stop, bad, done],
      [bad, role, text, stop, done],
    ])
      for (const size of [1, 13, 100_000]) {
        const { received, tap } = run(lines, { size })
        expect(received).toBe(lines.filter(line => line !== bad).join(''))
        expect(tap.facts).toMatchObject({ malformedEvents: 1, finishReason: 'stop' })
      }
  })

  test.each(malformed)('such as %s is what the stream fails of where it says nothing else', (data, words) => {
    const bad = `data: ${data}\n\n`
    for (const lines of [[bad], [bad, done], [role, bad, stop, done]]) {
      const error = failureOf(() => run(lines, { size: 13 }))
      expect(error.code).toBe('upstream_malformed')
      expect(error.message).toContain(words)
    }
  })

  test('does not make a stream whole that ends before its end', () => {
    const error = failureOf(() => run([role, text, 'data: {"a":\n\n', text]))
    expect(error.code).toBe('upstream_truncated')
  })
})
