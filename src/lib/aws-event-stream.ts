// Frames of application/vnd.amazon.eventstream, both ways: a prelude, typed headers, a payload, a checksum for each.
// https://docs.aws.amazon.com/transcribe/latest/dg/streaming-setting-up.html#streaming-event-stream

import { crc32 } from 'node:zlib'
import { type EventBlock, EventTooLargeError, type StreamEvent } from './event-stream-splitter.ts'

/** Bytes that are no frame: a wrong checksum, or lengths and headers that contradict one another. */
export class BrokenFrameError extends Error {
  constructor(what: string) {
    super(`A frame of the stream ${what}.`)
    this.name = 'BrokenFrameError'
  }
}

/** Before the name of an exception, and of an error that is no modelled exception. */
export const exceptionMark = 'exception:'
export const errorMark = 'error:'

/** Total length, length of the headers, checksum of the two; four bytes each. */
const preludeBytes = 12
const checksumBytes = 4
const smallestFrame = preludeBytes + checksumBytes
const stringType = 7

/**
 * Splits a stream into its frames, in any chunking, in linear time. The name of an event is its `:event-type`, or its
 * `:exception-type` or `:error-code` behind a mark; its data is the payload, one character for each byte (latin1).
 */
export class AwsEventStreamSplitter {
  readonly #maxFrameBytes: number
  /** The bytes of the frame that has begun but not ended. */
  #held: Buffer[] = []
  #heldBytes = 0
  /** Length of that frame; 0 while its prelude is not whole. */
  #frameBytes = 0
  /** Most frames of a stream have the same headers, byte for byte. */
  #lastHeaders = Buffer.alloc(0)
  #lastName = ''
  /** What is wrong behind frames that were whole: told when these have been read. */
  #failure: unknown = null

  constructor(maxFrameBytes: number) {
    this.#maxFrameBytes = maxFrameBytes
  }

  /**
   * The frames that this chunk completes; null where it completes none.
   * @throws EventTooLargeError
   * @throws BrokenFrameError
   */
  push(chunk: Buffer): EventBlock | null {
    if (this.#failure !== null) throw this.#failure
    if (this.#heldBytes === 0) return this.#split(chunk)
    this.#held.push(chunk)
    this.#heldBytes += chunk.length
    if (this.#frameBytes === 0 && this.#heldBytes >= preludeBytes) {
      const joined = this.#join()
      this.#frameBytes = this.#readPrelude(joined, 0)
      this.#held = [joined]
    }
    if (this.#frameBytes === 0 || this.#heldBytes < this.#frameBytes) return null
    const bytes = this.#join()
    this.#held = []
    this.#heldBytes = 0
    this.#frameBytes = 0
    return this.#split(bytes)
  }

  /** A frame that is not whole is none: whether the stream may end here is for its reader to say. */
  end(): EventBlock | null {
    if (this.#failure !== null) throw this.#failure
    return null
  }

  #split(bytes: Buffer): EventBlock | null {
    const events: StreamEvent[] = []
    try {
      this.#readFrames(bytes, events)
    } catch (thrown) {
      if (events.length === 0) throw thrown
      this.#failure = thrown
    }
    const end = events.at(-1)?.end ?? 0
    if (end < bytes.length) {
      this.#held.push(end === 0 ? bytes : bytes.subarray(end))
      this.#heldBytes = bytes.length - end
    }
    if (events.length === 0) return null
    return { bytes: end === bytes.length ? bytes : bytes.subarray(0, end), events }
  }

  #readFrames(bytes: Buffer, events: StreamEvent[]): void {
    let at = 0
    while (bytes.length - at >= preludeBytes) {
      const length = this.#readPrelude(bytes, at)
      if (bytes.length - at < length) {
        this.#frameBytes = length
        return
      }
      events.push(this.#readFrame(bytes, at, at + length))
      at += length
    }
  }

  /** @returns the length of the frame that begins here */
  #readPrelude(bytes: Buffer, at: number): number {
    const length = bytes.readUInt32BE(at)
    if (crc32(bytes.subarray(at, at + 8)) !== bytes.readUInt32BE(at + 8))
      throw new BrokenFrameError('has a prelude whose checksum is wrong')
    if (length > this.#maxFrameBytes) throw new EventTooLargeError(this.#maxFrameBytes)
    if (length < smallestFrame || bytes.readUInt32BE(at + 4) > length - smallestFrame)
      throw new BrokenFrameError('has lengths that contradict one another')
    return length
  }

  /** Where the prelude is right, the next frame is found behind this one, whatever is wrong within. */
  #readFrame(bytes: Buffer, start: number, end: number): StreamEvent {
    try {
      return this.#readContent(bytes, start, end)
    } catch (thrown) {
      if (!(thrown instanceof BrokenFrameError)) throw thrown
      return { start, end, name: '', data: null, broken: thrown }
    }
  }

  #readContent(bytes: Buffer, start: number, end: number): StreamEvent {
    const checksumAt = end - checksumBytes
    if (crc32(bytes.subarray(start, checksumAt)) !== bytes.readUInt32BE(checksumAt))
      throw new BrokenFrameError('has a wrong checksum')
    const headersEnd = start + preludeBytes + bytes.readUInt32BE(start + 4)
    const headers = bytes.subarray(start + preludeBytes, headersEnd)
    if (!headers.equals(this.#lastHeaders)) {
      this.#lastName = nameFrame(headers)
      this.#lastHeaders = Buffer.from(headers)
    }
    return { start, end, name: this.#lastName, data: bytes.toString('latin1', headersEnd, checksumAt) }
  }

  #join(): Buffer {
    return this.#held.length === 1 ? (this.#held[0] as Buffer) : Buffer.concat(this.#held, this.#heldBytes)
  }
}

function nameFrame(headers: Buffer): string {
  const found = readTextHeaders(headers)
  const exception = found.get(':exception-type')
  if (exception !== undefined) return exceptionMark + exception
  if (found.get(':message-type') === 'error') return errorMark + (found.get(':error-code') ?? '')
  return found.get(':event-type') ?? ''
}

/** Bytes of a value by its type; null where the value says its own length. */
const valueBytes: readonly (number | null)[] = [0, 0, 1, 2, 4, 8, null, null, 8, 16]

/** The headers that hold text; the others are skipped. */
function readTextHeaders(headers: Buffer): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  let at = 0
  while (at < headers.length) {
    const nameEnd = at + 1 + (headers[at] ?? 0)
    const type = headers[nameEnd] ?? -1
    const fixed = valueBytes[type]
    const sized = fixed === null && nameEnd + 3 <= headers.length
    if (fixed === undefined || (fixed === null && !sized))
      throw new BrokenFrameError('has headers that cannot be read')
    const valueStart = nameEnd + (sized ? 3 : 1)
    const valueEnd = valueStart + (sized ? headers.readUInt16BE(nameEnd + 1) : (fixed ?? 0))
    if (valueEnd > headers.length) throw new BrokenFrameError('has headers that are cut off')
    if (type === stringType)
      found.set(headers.toString('latin1', at + 1, nameEnd), headers.toString('latin1', valueStart, valueEnd))
    at = valueEnd
  }
  return found
}

/** An event as JSON in a frame. A name behind `exception:` makes the frame of an exception. */
export function encodeAwsEvent({ name, data }: { readonly name: string; readonly data: string }): Buffer {
  const exception = name.startsWith(exceptionMark)
  const headers = Buffer.from(
    textHeader(
      exception ? ':exception-type' : ':event-type',
      exception ? name.slice(exceptionMark.length) : name,
    ) +
      textHeader(':content-type', 'application/json') +
      textHeader(':message-type', exception ? 'exception' : 'event'),
    'latin1',
  )
  const payloadStart = preludeBytes + headers.length
  const checksumAt = payloadStart + Buffer.byteLength(data)
  const frame = Buffer.allocUnsafe(checksumAt + checksumBytes)
  frame.writeUInt32BE(frame.length, 0)
  frame.writeUInt32BE(headers.length, 4)
  frame.writeUInt32BE(crc32(frame.subarray(0, 8)), 8)
  headers.copy(frame, preludeBytes)
  frame.write(data, payloadStart)
  frame.writeUInt32BE(crc32(frame.subarray(0, checksumAt)), checksumAt)
  return frame
}

/** Name and value are ASCII, one character for each byte. */
function textHeader(name: string, value: string): string {
  const { length } = value
  return `${String.fromCharCode(name.length)}${name}\u0007${String.fromCharCode(length >> 8, length & 0xff)}${value}`
}
