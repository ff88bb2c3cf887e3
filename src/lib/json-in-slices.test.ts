import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseJsonInSlices } from './json-in-slices.ts'

function parse(text: string, sliceBytes = 8) {
  let pauses = 0
  const pause = () => {
    pauses++
    return Promise.resolve()
  }
  return parseJsonInSlices(Buffer.from(text), { pause, sliceBytes }).then(value => ({ value, pauses }))
}

const lists = fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 20 })
const document = fc.oneof(
  lists,
  fc.jsonValue(),
  fc.dictionary(
    fc.oneof(fc.string(), fc.constantFrom('__proto__', '0', 'data')),
    fc.oneof(lists, fc.jsonValue()),
  ),
)

test('a document cut into slices is the document', async () => {
  await fc.assert(
    fc.asyncProperty(
      document,
      fc.nat(4),
      fc.integer({ min: 1, max: 64 }),
      async (value, indent, sliceBytes) => {
        const text = JSON.stringify(value, null, indent)
        expect((await parse(text, sliceBytes)).value).toEqual(JSON.parse(text))
      },
    ),
  )
})

test('what JSON.parse refuses is refused, and what it takes is taken', async () => {
  const spoilt = fc
    .tuple(document, fc.nat(), fc.constantFrom('', ',', ']', '[', '}', '{', '"', '\\', ':', ' '), fc.nat(2))
    .map(([value, place, put, drop]) => {
      const text = JSON.stringify(value)
      const at = place % (text.length + 1)
      return text.slice(0, at) + put + text.slice(at + drop)
    })
  await fc.assert(
    fc.asyncProperty(spoilt, fc.integer({ min: 1, max: 16 }), async (text, sliceBytes) => {
      let expected: unknown
      try {
        expected = JSON.parse(text)
      } catch {
        await expect(parse(text, sliceBytes)).rejects.toThrow(SyntaxError)
        return
      }
      expect((await parse(text, sliceBytes)).value).toEqual(expected)
    }),
    { numRuns: 1000 },
  )
})

test('long lists are parsed with pauses, short documents at a stroke', async () => {
  const text = JSON.stringify({
    object: 'list',
    data: Array.from({ length: 100 }, (_, id) => ({ id, of: '[,]' })),
  })
  expect((await parse(text, 200)).pauses).toBeGreaterThan(10)
  expect((await parse(text, 1 << 20)).pauses).toBe(0)
})
