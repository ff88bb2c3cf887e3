// Reads along with a stream whose bytes go to the client as they came: for formats in which nothing needs mending.

import type { StreamTap } from '../../call.ts'
import { asGatewayError, GatewayError } from '../../errors.ts'
import type { EventBlock, StreamEvent } from '../../lib/event-stream-splitter.ts'
import type { ChatTranslation, Framing, StreamDecoder } from '../format.ts'
import { EventReader } from './event-reader.ts'
import { DroppedEvents, isMalformedEvent } from './malformed-event.ts'
import { StreamFacts } from './stream-facts.ts'

const nothing = Buffer.alloc(0)

type Place = Pick<StreamEvent, 'start' | 'end'>

/** A class because one is made for each stream and each of its chunks passes through. */
export class PassThroughTap implements StreamTap {
  readonly facts = new StreamFacts()
  readonly #events: EventReader
  readonly #decoder: StreamDecoder
  readonly #dropped = new DroppedEvents()
  /** Where events that are not passed on stand in the block that is read. */
  #holes: Place[] = []
  /** Where the event that ends the stream, or broke it, stands in the block that is read. */
  #cut: Place | null = null
  /** The bytes of the end, kept until `finish`. */
  #last = nothing
  #failure: GatewayError | null = null

  constructor(format: { readonly framing: Framing; readonly chat: Pick<ChatTranslation, 'openDecoder'> }) {
    let ids = 0
    this.#decoder = format.chat.openDecoder({ createId: () => String(ids++) }, event =>
      this.facts.observe(event),
    )
    this.#events = new EventReader(
      format.framing,
      (event, place) => {
        this.#decoder.push(event)
        if (!this.facts.ended) return true
        this.#cut = place
        return false
      },
      (thrown, place) => this.#drop(thrown, place),
    )
  }

  get started(): boolean {
    return this.facts.started
  }

  get ended(): boolean {
    return this.facts.ended || this.#failure !== null
  }

  push(chunk: Buffer): Buffer | null {
    if (this.ended) return null
    const block = this.#events.split(chunk)
    return block === null ? null : this.#pass(block)
  }

  finish(): Buffer {
    const block = this.ended ? null : this.#events.rest()
    const before = this.#dropped.count
    const rest = block === null ? null : this.#pass(block)
    if (this.#failure !== null) throw this.#failure
    if (this.#dropped.failure !== null && !this.started) throw this.#dropped.failure
    // A last event that is not whole was cut off.
    if (this.#dropped.count > before) throw new GatewayError('upstream_truncated')
    if (!this.facts.ended) this.#decoder.finish()
    return rest === null ? this.#last : Buffer.concat([rest, this.#last])
  }

  /** Once content was passed on, a failure waits until what came before it in the same chunk is passed on too. */
  #drop(thrown: unknown, place: Place): boolean {
    if (isMalformedEvent(thrown)) {
      this.#dropped.add(thrown)
      this.facts.malformedEvents = this.#dropped.count
      this.#holes.push(place)
      return true
    }
    if (!this.facts.started || place.start === 0) throw thrown
    this.#failure = asGatewayError(thrown)
    this.#cut = place
    return false
  }

  #pass(block: EventBlock): Buffer | null {
    this.#events.read(block)
    if (this.#cut === null && this.#holes.length === 0) return block.bytes
    const { bytes } = block
    const cut = this.#cut ?? { start: bytes.length, end: bytes.length }
    if (this.#failure === null) this.#last = Buffer.from(bytes.subarray(cut.start, cut.end))
    const kept = this.#holes.length === 0 ? bytes.subarray(0, cut.start) : this.#without(bytes, cut.start)
    return kept.length === 0 ? null : kept
  }

  #without(bytes: Buffer, end: number): Buffer {
    const pieces: Buffer[] = []
    let from = 0
    for (const hole of this.#holes) {
      pieces.push(bytes.subarray(from, hole.start))
      from = hole.end
    }
    this.#holes = []
    pieces.push(bytes.subarray(from, end))
    return Buffer.concat(pieces)
  }
}
