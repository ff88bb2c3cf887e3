// Splits a stream of server-sent events on its bytes, in any chunking, in linear time. Whole events of a chunk are not
// copied. https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream

export interface StreamEvent {
  /** Where the event stands in its block, blank line included: offsets in bytes. */
  readonly start: number
  readonly end: number
  /** Value of the `event` field, each character one byte; empty where there was none. */
  readonly name: string
  /** Value of the `data` lines, each character one byte (latin1); null for comments and blank lines. */
  readonly data: string | null
  /** What is wrong with its frame, where that does not hide where the next one begins; absent for a good one. */
  readonly broken?: Error
}

/** Bytes that consist of whole events. */
export interface EventBlock {
  readonly bytes: Buffer
  readonly events: readonly StreamEvent[]
}

export class EventTooLargeError extends Error {
  constructor(maxBytes: number) {
    super(`An event of the stream is larger than ${maxBytes} bytes.`)
    this.name = 'EventTooLargeError'
  }
}

const lineFeed = 0x0a
const utf8Mark = '\u00ef\u00bb\u00bf'

export class EventStreamSplitter {
  readonly #maxEventBytes: number
  /** The bytes of the event that has begun but not ended. */
  #held: Buffer[] = []
  #heldBytes = 0
  /** The line that has begun but not ended. */
  #line = ''
  #name = ''
  #data: string | null = null
  #afterCarriageReturn = false
  #firstLine = true

  constructor(maxEventBytes: number) {
    this.#maxEventBytes = maxEventBytes
  }

  /**
   * The events that this chunk completes; null where it completes none. The block is the chunk itself where that
   * holds whole events only. What follows the last event is held back until it is whole.
   * @throws EventTooLargeError
   */
  push(chunk: Buffer): EventBlock | null {
    const offset = this.#heldBytes
    const events = this.#split(chunk.toString('latin1'), offset)
    const last = events[events.length - 1]
    if (last === undefined) {
      this.#hold(chunk)
      return null
    }
    const end = last.end - offset
    const whole = end === chunk.length ? chunk : chunk.subarray(0, end)
    const bytes = offset === 0 ? whole : Buffer.concat([...this.#held, whole])
    this.#held = []
    this.#heldBytes = 0
    if (end < chunk.length) this.#hold(chunk.subarray(end))
    return { bytes, events }
  }

  /** What was left at the end of the stream: an event without its blank line, or null. */
  end(): EventBlock | null {
    if (this.#line !== '') this.#readField(this.#line, 0, this.#line.length)
    if (this.#heldBytes === 0) return null
    const bytes = Buffer.concat(this.#held)
    const event = { start: 0, end: bytes.length, name: this.#name, data: this.#data }
    this.#held = []
    this.#heldBytes = 0
    this.#line = ''
    this.#startEvent()
    return { bytes, events: [event] }
  }

  /** @param offset what has to be added to a place in the text, for the bytes held from before */
  #split(text: string, offset: number): StreamEvent[] {
    const events: StreamEvent[] = []
    let start = 0
    let at = this.#afterCarriageReturn && text.charCodeAt(0) === lineFeed ? 1 : 0
    if (text.length > 0) this.#afterCarriageReturn = false
    let feed = text.indexOf('\n', at)
    let back = text.indexOf('\r', at)
    while (at < text.length) {
      if (feed !== -1 && feed < at) feed = text.indexOf('\n', at)
      if (back !== -1 && back < at) back = text.indexOf('\r', at)
      const isReturn = back !== -1 && (feed === -1 || back < feed)
      const lineEnd = isReturn ? back : feed
      if (lineEnd === -1) {
        this.#line += text.slice(at)
        break
      }
      const blank = this.#readLine(text, at, lineEnd)
      at = lineEnd + 1
      if (isReturn) {
        if (at === text.length) this.#afterCarriageReturn = true
        else if (feed === at) at++
      }
      if (!blank) continue
      const from = events.length === 0 ? 0 : start + offset
      events.push({ start: from, end: at + offset, name: this.#name, data: this.#data })
      this.#startEvent()
      start = at
    }
    return events
  }

  /** @returns whether the line is blank and so ends the event */
  #readLine(text: string, start: number, end: number): boolean {
    if (this.#line === '') {
      if (start === end) return true
      this.#readField(text, start, end)
      return false
    }
    const line = this.#line + text.slice(start, end)
    this.#line = ''
    this.#readField(line, 0, line.length)
    return false
  }

  #readField(text: string, lineStart: number, end: number): void {
    let start = lineStart
    if (this.#firstLine) {
      this.#firstLine = false
      if (text.startsWith(utf8Mark, start)) start += utf8Mark.length
    }
    if (text.startsWith('data', start)) {
      const value = fieldValue(text, start + 4, end)
      if (value !== null) this.#data = this.#data === null ? value : `${this.#data}\n${value}`
    } else if (text.startsWith('event', start)) {
      this.#name = fieldValue(text, start + 5, end) ?? this.#name
    }
  }

  #startEvent(): void {
    this.#name = ''
    this.#data = null
    this.#firstLine = false
  }

  #hold(bytes: Buffer): void {
    this.#held.push(bytes)
    this.#heldBytes += bytes.length
    if (this.#heldBytes > this.#maxEventBytes) throw new EventTooLargeError(this.#maxEventBytes)
  }
}

/** What follows a field's name: one blank after the colon is not part of it. Null where the name goes on. */
function fieldValue(text: string, nameEnd: number, end: number): string | null {
  if (nameEnd === end) return ''
  if (text.charCodeAt(nameEnd) !== 0x3a) return null
  const start = nameEnd + 1
  return text.slice(text.charCodeAt(start) === 0x20 && start < end ? start + 1 : start, end)
}
