import { existsSync, globSync, readFileSync } from 'node:fs'
import { createParser } from 'eventsource-parser'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EventStreamSplitter, EventTooLargeError } from './event-stream-splitter.ts'

interface Told {
  name: string
  data: string
}

/** Splits the chunks; checks on the way that no byte is lost and that blocks hold what their events say. */
function split(chunks: readonly Buffer[]): Told[] {
  const splitter = new EventStreamSplitter(1 << 20)
  const told: Told[] = []
  const passed: Buffer[] = []
  for (const block of [...chunks.map(chunk => splitter.push(chunk)), splitter.end()]) {
    if (block === null) continue
    passed.push(block.bytes)
    let from = 0
    for (const event of block.events) {
      expect(event.start).toBe(from)
      from = event.end
      if (event.data !== null) told.push({ name: decode(event.name), data: decode(event.data) })
    }
    expect(from).toBe(block.bytes.length)
  }
  expect(Buffer.concat(passed).equals(Buffer.concat(chunks))).toBe(true)
  return told
}

/** Text whose characters are bytes, as UTF-8. */
function decode(text: string): string {
  return Buffer.from(text, 'latin1').toString()
}

/** The same through another parser. It needs the last blank line, which we do without. */
function splitElsewhere(text: string): Told[] {
  const told: Told[] = []
  const parser = createParser({ onEvent: ({ event, data }) => told.push({ name: event ?? '', data }) })
  parser.feed(`${text}\n\n`)
  return told
}

function cut(bytes: Buffer, size: number): Buffer[] {
  const chunks: Buffer[] = []
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size))
  return chunks
}

const streams = {
  'a plain stream': 'data: {"a":1}\n\ndata: {"b":2}\n\ndata: [DONE]\n\n',
  'no blank after the colon': 'data:{"a":1}\n\ndata:x\n\n',
  'carriage returns with line feeds': 'event: a\r\ndata: 1\r\n\r\ndata: 2\r\n\r\n',
  'carriage returns alone': 'data: 1\r\rdata: 2\r\r',
  'line ends of all kinds': 'data: 1\n\r\ndata: 2\r\n\ndata: 3\r\n\rdata: 4\n\n',
  'comments between and within events': ': ping\n\ndata: 1\n: ping\ndata: 2\n\n:\n\n',
  'data of several lines': 'data: {\ndata:   "a": 1\ndata: }\n\n',
  'names, ids and unknown fields': 'id: 1\nevent: error\nretry: 10\ndatax: 1\nfoo\ndata: 1\n\ndata: 2\n\n',
  'a byte order mark': '\ufeffdata: 1\n\ndata: 2\n\n',
  'characters of several bytes': 'data: äöü €\n\ndata: 你好 🎉🎉\n\n',
  'no last blank line': 'data: 1\n\ndata: 2\n',
  'no last line end': 'data: 1\n\ndata: 2',
  'blank lines in a row': '\n\n\ndata: 1\n\n\n\ndata: 2\n\n\n',
  'data without a value': 'data\n\ndata:\n\ndata: \n\ndata: 1\n\n',
}

describe.each(Object.entries(streams))('a stream with %s', (_name, text) => {
  const bytes = Buffer.from(text)

  test('is read as another parser reads it', () => {
    expect(split([bytes])).toEqual(splitElsewhere(text))
  })

  test('does not depend on where it was cut', () => {
    const expected = split([bytes])
    for (let at = 0; at <= bytes.length; at++) {
      expect(split([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(expected)
      expect(split([bytes.subarray(0, at), Buffer.alloc(0), bytes.subarray(at)])).toEqual(expected)
    }
    for (const size of [1, 2, 3, 13]) expect(split(cut(bytes, size))).toEqual(expected)
  })
})

test('a chunk of whole events is handed on as it is', () => {
  const chunk = Buffer.from('data: 1\n\ndata: 2\n\n')
  expect(new EventStreamSplitter(100).push(chunk)?.bytes).toBe(chunk)
})

test('lines made of any pieces are read as another parser reads them', () => {
  const piece = fc.constantFrom(
    'data: 1',
    'data:',
    'event: e',
    ': c',
    '\n',
    '\n\n',
    '\r\n',
    'é',
    '🎉',
    ' ',
    ':',
  )
  fc.assert(
    fc.property(fc.array(piece), fc.integer({ min: 1, max: 9 }), (pieces, size) => {
      const text = pieces.join('')
      expect(split(cut(Buffer.from(text), size))).toEqual(splitElsewhere(text))
    }),
    { numRuns: 1000 },
  )
})

test('an event that outgrows the bound is refused', () => {
  const splitter = new EventStreamSplitter(100)
  expect(() => {
    for (let count = 0; count < 20; count++) splitter.push(Buffer.from('data: 1\n'))
  }).toThrow(EventTooLargeError)
})

test('an event in many small pieces takes linear time', () => {
  const bytes = Buffer.from(`${'data: 1\n'.repeat(60_000)}\n`)
  expect(split(cut(bytes, 3))).toHaveLength(1)
  const returns = Buffer.from('\r'.repeat(400_000))
  expect(split([returns])).toHaveLength(0)
})

const shared = process.env['LLM_PROXY_SHARED']
describe.skipIf(shared === undefined)('recorded streams (LLM_PROXY_SHARED is not set: skipped)', () => {
  const files = shared && existsSync(shared) ? globSync('fixtures/**/*.res.sse', { cwd: shared }) : []

  test.each(files)('%s is read as another parser reads it, however it is cut', file => {
    const bytes = readFileSync(`${shared}/${file}`)
    const expected = splitElsewhere(bytes.toString())
    expect(split([bytes])).toEqual(expected)
    expect(split(cut(bytes, 13))).toEqual(expected)
    if (bytes.length < 2500)
      for (let at = 1; at < bytes.length; at++)
        expect(split([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(expected)
    fc.assert(
      fc.property(fc.integer({ min: 1, max: bytes.length + 1 }), size => {
        expect(split(cut(bytes, size))).toEqual(expected)
      }),
      { numRuns: 5 },
    )
  })
})
