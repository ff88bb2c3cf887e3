import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GatewayError } from '../errors.ts'
import { parseJsonBody } from './json-body.ts'
import { findJsonFault } from './json-fault.ts'

function messageFor(body: string | Buffer): string {
  try {
    parseJsonBody(Buffer.from(body as string))
  } catch (thrown) {
    if (thrown instanceof GatewayError && thrown.code === 'invalid_json') return thrown.message
    throw thrown
  }
  throw new Error('The body was taken.')
}

test('an object is read, with a byte order mark or without', () => {
  expect(parseJsonBody(Buffer.from('{"a":"ä"}'))).toEqual({ a: 'ä' })
  expect(parseJsonBody(Buffer.from('\ufeff{"a":1}'))).toEqual({ a: 1 })
})

test('a key of the prototype is a field like any other', () => {
  const body = parseJsonBody(Buffer.from('{"__proto__":{"model":"x"},"constructor":1}'))
  expect(Object.keys(body)).toEqual(['__proto__', 'constructor'])
  expect(body['model']).toBeUndefined()
  expect(({} as Record<string, unknown>)['model']).toBeUndefined()
})

test.each([
  ['', 'there is nothing in it, at line 1, column 1.'],
  ['{"a":1,}', 'there is a comma after the last item at line 1, column 7.'],
  ['{\n  "a": 1\n  "b": 2\n}', 'a comma or `}` was expected at line 3, column 3.'],
  ["{'a':1}", 'a key in double quotes was expected at line 1, column 2.'],
  ['{"a" 1}', 'a colon after the key was expected at line 1, column 6.'],
  ['{"a":', 'the text ends where a value was expected, at line 1, column 6.'],
  ['{"a":[1,2', 'the text ends where a comma or `]` was expected, at line 1, column 10.'],
  ['{"a":[1,]}', 'there is a comma after the last item at line 1, column 8.'],
  ['{"a":"x', 'the text ends within the string that starts at line 1, column 6.'],
  ['{"a":"x\ny"}', 'there is a raw control character or line end within a string at line 1, column 8.'],
  ['{"a":"\\x"}', 'there is an unknown escape in a string at line 1, column 7.'],
  ['{"a":01}', 'there is a malformed number at line 1, column 6.'],
  ['{"a":True}', 'there is a word that is neither true, false nor null at line 1, column 6.'],
  ['{"a":1} x', 'there is something after the end at line 1, column 9.'],
  ['{"a":NaN}', 'there is a word that is neither true, false nor null at line 1, column 6.'],
  ['[1]', 'The body must be a JSON object, but it is a list.'],
  ['"a"', 'The body must be a JSON object, but it is a string.'],
  ['null', 'The body must be a JSON object, but it is null.'],
])('%o is refused: %s', (body, words) => {
  expect(messageFor(body)).toContain(words)
})

test('bytes that are not UTF-8 are refused', () => {
  expect(messageFor(Buffer.from([0x7b, 0xff, 0x7d]))).toBe('The body is not valid UTF-8.')
})

test('the body is not quoted in the message', () => {
  expect(messageFor(`{"secret":"${'x'.repeat(500)}" oops}`).length).toBeLessThan(120)
})

test('a fault is found wherever the engine finds one', () => {
  const broken = fc
    .tuple(fc.json(), fc.nat(), fc.constantFrom('', '"', ',', '}', ']', '\\', 'x', '0', '\n', '{', ':'))
    .map(([text, at, piece]) => {
      const place = at % (text.length + 1)
      return text.slice(0, place) + piece + text.slice(place + 1)
    })
  fc.assert(
    fc.property(broken, text => {
      let valid = true
      try {
        JSON.parse(text)
      } catch {
        valid = false
      }
      const { offset, what } = findJsonFault(text)
      expect(what === 'something is wrong').toBe(valid)
      expect(offset).toBeLessThanOrEqual(text.length)
    }),
    { numRuns: 3000 },
  )
})

test('deep nesting needs no stack', () => {
  expect(messageFor('['.repeat(200_000))).toContain('the text ends where a value was expected')
})
