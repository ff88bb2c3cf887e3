// Splits a JSON array of objects on its bytes while it arrives, in any chunking, in linear time.

import { type EventBlock, EventTooLargeError, type StreamEvent } from './event-stream-splitter.ts'

const quote = 0x22
const backslash = 0x5c
const openBrace = 0x7b
const closeBrace = 0x7d

/** A class because one is made for each stream and each of its chunks passes through. */
export class ObjectSplitter {
  readonly #maxBytes: number
  #held: Buffer[] = []
  #heldBytes = 0
  /** How many braces are open; none between two objects. */
  #depth = 0
  #inString = false
  #escaped = false
  /** Where the object that has begun starts, counted from the first byte held. */
  #start = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /**
   * The objects that this chunk completes; null where it completes none. What stands between two objects belongs to
   * the second.
   * @throws EventTooLargeError
   */
  push(chunk: Buffer): EventBlock | null {
    const ends = this.#scan(chunk)
    const last = ends.at(-1)
    if (last === undefined) {
      this.#hold(chunk)
      return null
    }
    const cut = last.end - this.#heldBytes
    const whole = chunk.subarray(0, cut)
    const bytes = this.#heldBytes === 0 ? whole : Buffer.concat([...this.#held, whole])
    this.#start -= last.end
    this.#held = []
    this.#heldBytes = 0
    if (cut < chunk.length) this.#hold(chunk.subarray(cut))
    return { bytes, events: ends.map((place, index) => eventOf(bytes, place, ends[index - 1]?.end ?? 0)) }
  }

  /** The end of the array. An object that was cut is no object. */
  end(): EventBlock | null {
    if (this.#heldBytes === 0) return null
    const bytes = Buffer.concat(this.#held)
    this.#held = []
    this.#heldBytes = 0
    return { bytes, events: [{ start: 0, end: bytes.length, name: '', data: null }] }
  }

  #scan(chunk: Buffer): readonly Place[] {
    const ends: Place[] = []
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false
        else if (byte === backslash) this.#escaped = true
        else if (byte === quote) this.#inString = false
      } else if (byte === quote) this.#inString = this.#depth > 0
      else if (byte === openBrace) {
        if (this.#depth++ === 0) this.#start = this.#heldBytes + at
      } else if (byte === closeBrace && this.#depth > 0 && --this.#depth === 0)
        ends.push({ start: this.#start, end: this.#heldBytes + at + 1 })
    }
    return ends
  }

  #hold(bytes: Buffer): void {
    this.#held.push(bytes)
    this.#heldBytes += bytes.length
    if (this.#heldBytes > this.#maxBytes) throw new EventTooLargeError(this.#maxBytes)
  }
}

/** Of an object, in the bytes held and those of the chunk. */
interface Place {
  readonly start: number
  readonly end: number
}

/** @param from where the object before it ended */
function eventOf(bytes: Buffer, { start, end }: Place, from: number): StreamEvent {
  return { start: from, end, name: '', data: bytes.toString('latin1', start, end) }
}
