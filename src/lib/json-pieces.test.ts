import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jsonSteps } from './json-pieces.ts'
import { runAtOnce } from './slices.ts'

function write(document: object): string {
  return Buffer.concat(runAtOnce(jsonSteps(document))).toString()
}

const long = Array.from({ length: 1001 }, (_, index) => ({ id: `modèle-${index}`, price: index / 3 }))

test('a short document is one piece', () => {
  expect(runAtOnce(jsonSteps({ object: 'list', data: [1, 2] }))).toEqual([
    Buffer.from('{"object":"list","data":[1,2]}'),
  ])
})

test.each([
  ['first', { data: long, total: 1 }],
  ['last', { object: 'list', absent: undefined, data: long }],
  ['in between', { absent: undefined, object: 'list', data: long, has_more: false, next: null }],
  ['twice', { data: long, models: long }],
  ['with holes', { data: [...long, undefined, null], empty: [], 'a "name"': long }],
])('a long list that stands %s in a document is written as it would be at once', (_, document) => {
  expect(write(document)).toBe(JSON.stringify(document))
})

test('a long list is written in pieces, with pauses between them', () => {
  const steps = jsonSteps({ data: long })
  let pauses = 0
  while (steps.next().done !== true) pauses++
  expect(pauses).toBe(6)
})

test('whatever a document holds, its bytes are those that are written at once', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), (document, name) => {
      const whole = { ...document, [name]: long }
      expect(write(whole)).toBe(JSON.stringify(whole))
    }),
  )
})
