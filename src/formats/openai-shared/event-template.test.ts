import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EventTemplate } from './event-template.ts'

const eventOf = (content: string, more: object = {}) =>
  JSON.stringify({ id: 'c', choices: [{ index: 0, delta: { content }, finish_reason: null }], ...more })

test('an event that differs in its text alone is recognised, with the length of its text', () => {
  const template = EventTemplate.of(eventOf('Hello'))
  expect(template?.match(eventOf(' world'))).toBe(6)
  expect(template?.match(eventOf(''))).toBe(0)
})

test('the padding that hides the length of a text may differ as well', () => {
  const template = EventTemplate.of(eventOf('Hello', { obfuscation: 'a1' }))
  expect(template?.match(eventOf('you', { obfuscation: 'b2c3d4' }))).toBe(3)
})

test.each([
  ['another field', eventOf('x', { usage: { total_tokens: 1 } })],
  ['a finish reason', eventOf('x').replace('null', '"stop"')],
  ['an escape in its text', eventOf('a "quoted" word')],
  ['a control character in its text', eventOf('x').replace('"x"', '"\u0007"')],
  ['nothing behind its text', eventOf('x').slice(0, -3)],
  ['something behind its end', `${eventOf('x')} `],
  ['a text that never ends', `${eventOf('x').slice(0, eventOf('x').indexOf('"x"'))}"x`],
])('an event with %s is left to the parser', (_title, event) => {
  expect(EventTemplate.of(eventOf('Hello'))?.match(event)).toBe(0)
})

test.each([
  ['no text', JSON.stringify({ choices: [{ delta: { role: 'assistant' } }] })],
  ['two texts', JSON.stringify({ choices: [{ delta: { content: 'a', reasoning: 'b' } }] })],
  ['the same field twice', JSON.stringify({ content: 'x', choices: [{ delta: { content: 'a' } }] })],
  ['an escape in its text', eventOf('a\nb')],
  ['a key that only ends like the field', String.raw`{"a\"content":"b"}`],
])('an event with %s makes no template', (_title, event) => {
  expect(EventTemplate.of(event)).toBeNull()
})

test('whatever is recognised parses to the template with another text', () => {
  const anyText = fc.string({ unit: 'grapheme' })
  fc.assert(
    fc.property(anyText, anyText, fc.string(), (first, second, padding) => {
      const template = EventTemplate.of(eventOf(first, { obfuscation: padding }))
      const event = eventOf(second, { obfuscation: padding })
      const length = template?.match(event) ?? 0
      if (length > 0)
        expect(JSON.parse(event)).toEqual(
          JSON.parse(eventOf(event.slice(...spanOf(event, length)), { obfuscation: padding })),
        )
    }),
  )
})

test('no damage to an event goes unnoticed', () => {
  const event = eventOf('word', { obfuscation: 'pad' })
  const template = EventTemplate.of(event)
  fc.assert(
    fc.property(fc.nat(event.length - 1), fc.string({ maxLength: 2 }), (at, instead) => {
      const damaged = event.slice(0, at) + instead + event.slice(at + 1)
      if (template?.match(damaged)) expect(() => JSON.parse(damaged)).not.toThrow()
    }),
    { numRuns: 2000 },
  )
})

function spanOf(event: string, length: number): [number, number] {
  const start = event.indexOf('"content":"') + '"content":"'.length
  return [start, start + length]
}
