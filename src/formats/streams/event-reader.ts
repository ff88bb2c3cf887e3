// From the bytes of a stream to events of a format, with the failures of an upstream in our vocabulary.

import { isAscii } from 'node:buffer'
import { asGatewayError, GatewayError } from '../../errors.ts'
import { type EventBlock, EventTooLargeError, type StreamEvent } from '../../lib/event-stream-splitter.ts'
import type { Framing, Splitter, WireEvent } from '../format.ts'

/**
 * What becomes of each event; false ends the reading of the block.
 * @throws GatewayError `upstream_malformed` where it is not of the format
 */
export type ReadEvent = (event: WireEvent, place: StreamEvent) => boolean

/** Takes what an event threw, and throws it where the stream cannot go on; false ends the reading of the block. */
export type DropEvent = (thrown: unknown, place: StreamEvent) => boolean

/** A class because one is made for each stream and each of its chunks passes through. */
export class EventReader {
  readonly #splitter: Splitter
  readonly #read: ReadEvent
  readonly #drop: DropEvent

  constructor(framing: Framing, read: ReadEvent, drop: DropEvent = throwIt) {
    this.#splitter = framing.openSplitter()
    this.#read = read
    this.#drop = drop
  }

  /** @throws GatewayError `upstream_malformed`, and what the reader of the events throws */
  split(chunk: Buffer): EventBlock | null {
    try {
      return this.#splitter.push(chunk)
    } catch (thrown) {
      throw thrown instanceof EventTooLargeError ? malformed(thrown) : asGatewayError(thrown)
    }
  }

  /** The last event, of a stream that forgot to end it. */
  rest(): EventBlock | null {
    return this.#splitter.end()
  }

  read({ bytes, events }: EventBlock): void {
    const ascii = isAscii(bytes)
    for (const event of events) {
      if (event.data === null) {
        if (event.broken !== undefined && !this.#drop(malformed(event.broken), event)) return
        continue
      }
      const data = ascii ? event.data : Buffer.from(event.data, 'latin1').toString()
      try {
        if (!this.#read({ name: event.name, data }, event)) return
      } catch (thrown) {
        if (!this.#drop(thrown, event)) return
      }
    }
  }
}

function throwIt(thrown: unknown): never {
  throw thrown
}

function malformed(cause: Error): GatewayError {
  return new GatewayError('upstream_malformed', { message: cause.message, cause })
}
