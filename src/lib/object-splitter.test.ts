import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EventTooLargeError } from './event-stream-splitter.ts'
import { ObjectSplitter } from './object-splitter.ts'

function split(chunks: readonly Buffer[]) {
  const splitter = new ObjectSplitter(1_000_000)
  const blocks = [...chunks.map(chunk => splitter.push(chunk)), splitter.end()]
  return {
    bytes: Buffer.concat(blocks.map(block => block?.bytes ?? Buffer.alloc(0))).toString(),
    data: blocks.flatMap(block => block?.events.flatMap(({ data }) => data ?? []) ?? []),
  }
}

function cut(text: string, size: number): Buffer[] {
  const bytes = Buffer.from(text)
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  )
}

test('the objects of an array are found, and no byte is lost', () => {
  const text = '[{"a":{"b":1}}\r\n,\r\n{"c":"}]{\\""}\n]'
  const { bytes, data } = split([Buffer.from(text)])
  expect(data).toEqual(['{"a":{"b":1}}', '{"c":"}]{\\""}'])
  expect(bytes).toBe(text)
})

test('however the bytes are cut, the objects are the same', () => {
  const values = fc.array(fc.record({ text: fc.string({ unit: 'binary' }), inner: fc.jsonValue() }), {
    maxLength: 6,
  })
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 40 }), (objects, size) => {
      const text = JSON.stringify(objects, null, 1)
      const { bytes, data } = split(cut(text, size))
      expect(bytes).toBe(Buffer.from(text).toString())
      expect(data.map(item => JSON.parse(Buffer.from(item, 'latin1').toString()) as unknown)).toEqual(
        JSON.parse(Buffer.from(text).toString()),
      )
    }),
  )
})

test('each block holds whole objects, and the places of its events join up', () => {
  const block = new ObjectSplitter(1000).push(Buffer.from('[{"a":1},{"b":2},{"c"'))
  expect(block?.bytes.toString()).toBe('[{"a":1},{"b":2}')
  expect(block?.events.map(({ start, end }) => [start, end])).toEqual([
    [0, 8],
    [8, 16],
  ])
})

test('an object without an array is found as well: so come errors', () => {
  expect(split([Buffer.from('{"error":{}}')]).data).toEqual(['{"error":{}}'])
})

test('an object that was cut is none', () => {
  expect(split([Buffer.from('[{"a":1},{"b"')]).data).toEqual(['{"a":1}'])
})

test('an object without an end is refused at some size', () => {
  const splitter = new ObjectSplitter(10)
  expect(() => splitter.push(Buffer.from('[{"a":"0123456789'))).toThrow(EventTooLargeError)
})
