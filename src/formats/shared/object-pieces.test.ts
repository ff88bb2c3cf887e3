import fc from 'fast-check'
import { expect, test } from 'vitest'
import { objectOf, piecesOf } from './object-pieces.ts'

const call = { type: 'tool_call', id: 'c', name: 'f' } as const

function write(texts: readonly string[], custom?: true): unknown {
  const pieces = piecesOf(custom === undefined ? call : { ...call, custom })
  const written = texts.map(text => pieces?.push(text)).join('') + (pieces?.end() ?? '')
  return written === '' ? {} : JSON.parse(written)
}

test('free text is the value of a field, however it is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), texts => {
      const whole = { arguments: texts.join(''), custom: true } as const
      expect(objectOf(whole)).toEqual({ input: whole.arguments })
      expect(write(texts, true)).toEqual(objectOf(whole))
    }),
  )
  expect(write(['\ud83d', '\ude00'], true)).toEqual({ input: '\u{1f600}' })
})

test('arguments mean in pieces what they mean whole', () => {
  const object = fc.dictionary(fc.string(), fc.jsonValue()).map(value => JSON.stringify(value))
  const others = fc.oneof(fc.json(), fc.string()).filter(text => !text.trimStart().startsWith('{'))
  const text = fc.oneof(object, others, fc.constantFrom('', ' ', 'null', ' \n{"a":1}'))
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 5 }), (whole, size) => {
      const pieces = whole.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []
      expect(write(pieces)).toEqual(objectOf({ arguments: whole }))
    }),
  )
})

test('an object passes letter by letter, as it comes', () => {
  const pieces = piecesOf(call)
  const written = [' ', '{"a"', ':1 }'].map(text => pieces?.push(text))
  expect([...written, pieces?.end()]).toEqual(['', ' {"a"', ':1 }', ''])
})
