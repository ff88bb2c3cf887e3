// Splits a stream of lines on its bytes, in any chunking, in linear time.

import { type EventBlock, EventTooLargeError, type StreamEvent } from './event-stream-splitter.ts'

const lineFeed = 0x0a

export class LineSplitter {
  readonly #maxLineBytes: number
  #held: Buffer[] = []
  #heldBytes = 0

  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes
  }

  /**
   * The lines that this chunk completes; null where it completes none. Blank lines have no data.
   * @throws EventTooLargeError
   */
  push(chunk: Buffer): EventBlock | null {
    const last = chunk.lastIndexOf(lineFeed)
    if (last === -1) {
      this.#hold(chunk)
      return null
    }
    const whole = chunk.subarray(0, last + 1)
    const bytes = this.#heldBytes === 0 ? whole : Buffer.concat([...this.#held, whole])
    this.#held = []
    this.#heldBytes = 0
    if (last + 1 < chunk.length) this.#hold(chunk.subarray(last + 1))
    return { bytes, events: splitLines(bytes) }
  }

  /** The last line, where no line end followed it. */
  end(): EventBlock | null {
    if (this.#heldBytes === 0) return null
    const bytes = Buffer.concat(this.#held)
    this.#held = []
    this.#heldBytes = 0
    return { bytes, events: [eventOf(bytes, 0, bytes.length)] }
  }

  #hold(bytes: Buffer): void {
    this.#held.push(bytes)
    this.#heldBytes += bytes.length
    if (this.#heldBytes > this.#maxLineBytes) throw new EventTooLargeError(this.#maxLineBytes)
  }
}

function splitLines(bytes: Buffer): readonly StreamEvent[] {
  const events: StreamEvent[] = []
  let start = 0
  while (start < bytes.length) {
    const end = bytes.indexOf(lineFeed, start) + 1
    events.push(eventOf(bytes, start, end))
    start = end
  }
  return events
}

function eventOf(bytes: Buffer, start: number, end: number): StreamEvent {
  const data = bytes.toString('latin1', start, end).trim()
  return { start, end, name: '', data: data === '' ? null : data }
}
