// Makes of an upstream's stream the stream of another format: bytes -> events -> neutral events -> events -> bytes.

import type { StreamTap } from '../../call.ts'
import type { CompletionEvent, EndEvent } from '../../conversation/completion-event.ts'
import { asGatewayError, GatewayError } from '../../errors.ts'
import type { Framing, StreamDecoder, StreamEncoder, WireEvent } from '../format.ts'
import { EventReader } from './event-reader.ts'
import { DroppedEvents } from './malformed-event.ts'
import { StreamFacts } from './stream-facts.ts'

export interface TranslatingTapOptions {
  /** Of the upstream's format. */
  readonly from: Framing
  /** Of the client's format. */
  readonly to: Framing
  openDecoder(emit: (event: CompletionEvent) => void): StreamDecoder
  openEncoder(write: (event: WireEvent) => void): StreamEncoder
}

const nothing = Buffer.alloc(0)

/** A class because one is made for each stream and each of its chunks passes through. */
export class TranslatingTap implements StreamTap {
  readonly facts = new StreamFacts()
  readonly #to: Framing
  readonly #events: EventReader
  readonly #decoder: StreamDecoder
  readonly #encoder: StreamEncoder
  readonly #dropped = new DroppedEvents()
  #written: WireEvent[] = []
  /** The end of the stream, kept until `finish`. */
  #end: EndEvent | null = null
  #failure: GatewayError | null = null

  constructor({ from, to, openDecoder, openEncoder }: TranslatingTapOptions) {
    this.#to = to
    this.#encoder = openEncoder(event => this.#written.push(event))
    this.#decoder = openDecoder(event => this.#pass(event))
    this.#events = new EventReader(
      from,
      event => {
        this.#decoder.push(event)
        return !this.ended
      },
      thrown => {
        this.#dropped.add(thrown)
        this.facts.malformedEvents = this.#dropped.count
        return true
      },
    )
  }

  get started(): boolean {
    return this.facts.started
  }

  get holding(): boolean {
    return this.#encoder.holding === true
  }

  get ended(): boolean {
    return this.#end !== null || this.#failure !== null
  }

  push(chunk: Buffer): Buffer | null {
    if (this.ended) return null
    const startedBefore = this.facts.started
    try {
      const block = this.#events.split(chunk)
      if (block !== null) this.#events.read(block)
    } catch (thrown) {
      // Once content was passed on, what came before the failure in the same chunk is passed on too.
      if (!startedBefore) throw thrown
      this.#failure = asGatewayError(thrown)
    }
    return this.#written.length === 0 ? null : this.#take()
  }

  finish(): Buffer {
    if (this.#failure !== null) throw this.#failure
    const block = this.ended ? null : this.#events.rest()
    const before = this.#dropped.count
    if (block !== null) this.#events.read(block)
    if (this.#dropped.failure !== null && !this.started) throw this.#dropped.failure
    // A last event that is not whole was cut off.
    if (this.#dropped.count > before) throw new GatewayError('upstream_truncated')
    if (this.#end === null) this.#decoder.finish()
    if (this.#end === null) throw new GatewayError('upstream_truncated')
    this.#encoder.push(this.#end)
    return this.#take()
  }

  fail(error: GatewayError): Buffer {
    this.#encoder.fail(error)
    return this.#take()
  }

  #pass(event: CompletionEvent): void {
    this.facts.observe(event)
    if (event.type === 'end') this.#end = event
    else this.#encoder.push(event)
  }

  #take(): Buffer {
    const events = this.#written
    if (events.length === 0) return nothing
    this.#written = []
    return this.#to.frame(events)
  }
}
