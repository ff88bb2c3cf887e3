import { EventStreamCodec } from '@smithy/eventstream-codec'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AwsEventStreamSplitter, BrokenFrameError, encodeAwsEvent } from './aws-event-stream.ts'
import { EventTooLargeError } from './event-stream-splitter.ts'

const utf8 = (text: string) => new TextEncoder().encode(text)
const codec = new EventStreamCodec(bytes => new TextDecoder().decode(bytes), utf8)

interface Seen {
  readonly name: string
  readonly data: string
}

/** What a splitter reads of bytes in these pieces; offsets are checked on the way. */
function read(chunks: readonly Buffer[]): Seen[] {
  const splitter = new AwsEventStreamSplitter(1 << 20)
  const seen: Seen[] = []
  const passed: Buffer[] = []
  for (const chunk of chunks) {
    const block = splitter.push(chunk)
    if (block === null) continue
    passed.push(block.bytes)
    let at = 0
    for (const { start, end, name, data } of block.events) {
      expect(start).toBe(at)
      expect(block.bytes.readUInt32BE(start)).toBe(end - start)
      at = end
      seen.push({ name, data: Buffer.from(data ?? '', 'latin1').toString() })
    }
    expect(at).toBe(block.bytes.length)
  }
  expect(splitter.end()).toBeNull()
  const all = Buffer.concat(chunks)
  const whole = Buffer.concat(passed)
  expect(all.subarray(0, whole.length).equals(whole)).toBe(true)
  return seen
}

function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = []
  let at = 0
  for (let index = 0; at < bytes.length; index++) {
    const size = sizes[index % sizes.length] ?? 1
    chunks.push(bytes.subarray(at, at + size))
    at += size
  }
  return chunks
}

const event = fc.record({
  name: fc.stringMatching(/^(exception:)?[a-zA-Z]{1,40}$/),
  data: fc.string({ unit: 'grapheme', maxLength: 300 }),
})

test('what is framed here, the reference codec reads', () => {
  fc.assert(
    fc.property(event, ({ name, data }) => {
      const { headers, body } = codec.decode(encodeAwsEvent({ name, data }))
      const exception = name.startsWith('exception:')
      expect(headers[exception ? ':exception-type' : ':event-type']?.value).toBe(
        name.replace('exception:', ''),
      )
      expect(headers[':message-type']?.value).toBe(exception ? 'exception' : 'event')
      expect(headers[':content-type']?.value).toBe('application/json')
      expect(Buffer.from(body).toString()).toBe(data)
    }),
  )
})

test('frames of the reference codec are read, with headers of every type, in any chunking', () => {
  const other = fc.constantFrom(
    { type: 'boolean', value: true } as const,
    { type: 'boolean', value: false } as const,
    { type: 'byte', value: 7 } as const,
    { type: 'short', value: 300 } as const,
    { type: 'integer', value: 70_000 } as const,
    { type: 'binary', value: new Uint8Array([1, 2, 3]) } as const,
    { type: 'timestamp', value: new Date(0) } as const,
    { type: 'uuid', value: '12345678-1234-1234-1234-123456789012' } as const,
  )
  const sizes = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(fc.array(fc.tuple(event, other), { maxLength: 6 }), sizes, (events, pieces) => {
      const frames = events.map(([{ name, data }, header]) =>
        codec.encode({
          headers: {
            other: header,
            [name.startsWith('exception:') ? ':exception-type' : ':event-type']: {
              type: 'string',
              value: name.replace('exception:', ''),
            },
            ':message-type': { type: 'string', value: name.startsWith('exception:') ? 'exception' : 'event' },
          },
          body: utf8(data),
        }),
      )
      const bytes = Buffer.concat(frames)
      const expected = events.map(([{ name, data }]) => ({ name, data }))
      expect(read(cut(bytes, pieces))).toEqual(expected)
      expect(read(cut(bytes, [1]))).toEqual(expected)
    }),
  )
})

test('an error that is no modelled exception is told by its code', () => {
  const frame = codec.encode({
    headers: {
      ':message-type': { type: 'string', value: 'error' },
      ':error-code': { type: 'string', value: 'InternalFailure' },
    },
    body: utf8(''),
  })
  expect(read([Buffer.from(frame)])).toEqual([{ name: 'error:InternalFailure', data: '' }])
})

test('a changed byte anywhere in a frame is noticed, or leaves the frame incomplete', () => {
  const frame = encodeAwsEvent({ name: 'contentBlockDelta', data: '{"delta":{"text":"Olá"}}' })
  for (let at = 0; at < frame.length; at++) {
    const broken = Buffer.from(frame)
    broken[at] = (broken[at] ?? 0) ^ 0x20
    const split = () => new AwsEventStreamSplitter(1 << 20).push(broken)?.events
    if (at < 12) expect(split).toThrow(BrokenFrameError)
    else expect(split()).toMatchObject([{ data: null, broken: expect.any(BrokenFrameError) }])
  }
})

test('a frame that is broken behind its prelude hides neither the one before nor the one behind it', () => {
  const whole = encodeAwsEvent({ name: 'messageStart', data: '{}' })
  const broken = Buffer.from(whole)
  broken[broken.length - 1] = (broken[broken.length - 1] ?? 0) ^ 1
  const block = new AwsEventStreamSplitter(1 << 20).push(Buffer.concat([whole, broken, whole]))
  expect(block?.events.map(event => event.broken !== undefined)).toEqual([false, true, false])
})

test('whole frames before a broken prelude are still read, whatever the chunking', () => {
  const whole = encodeAwsEvent({ name: 'messageStart', data: '{}' })
  const broken = Buffer.from(whole)
  broken[8] = (broken[8] ?? 0) ^ 1
  const splitter = new AwsEventStreamSplitter(1 << 20)
  expect(splitter.push(Buffer.concat([whole, broken]))?.events).toHaveLength(1)
  expect(() => splitter.end()).toThrow(BrokenFrameError)
  expect(() => splitter.push(whole)).toThrow(BrokenFrameError)
})

test('bytes of something else are no frame', () => {
  const splitter = new AwsEventStreamSplitter(1 << 20)
  expect(() => splitter.push(Buffer.from('<html><body>Bad gateway</body></html>'))).toThrow(BrokenFrameError)
})

test('a frame larger than the bound is refused before its bytes are collected', () => {
  const frame = encodeAwsEvent({ name: 'a', data: 'x'.repeat(200) })
  expect(() => new AwsEventStreamSplitter(100).push(frame.subarray(0, 12))).toThrow(EventTooLargeError)
})
