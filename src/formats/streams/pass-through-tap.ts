// Reads along with a stream whose bytes go to the client as they came: for formats in which nothing needs mending.

import type { StreamTap } from '../../call.ts'
import { asGatewayError, type GatewayError } from '../../errors.ts'
import type { EventBlock } from '../../lib/event-stream-splitter.ts'
import type { ChatTranslation, Framing, StreamDecoder } from '../format.ts'
import { EventReader } from './event-reader.ts'
import { StreamFacts } from './stream-facts.ts'

const nothing = Buffer.alloc(0)

/** A class because one is made for each stream and each of its chunks passes through. */
export class PassThroughTap implements StreamTap {
  readonly facts = new StreamFacts()
  readonly #events: EventReader
  readonly #decoder: StreamDecoder
  /** Where the event that ends the stream, or broke it, stands in the block that is read. */
  #cut: { readonly start: number; readonly end: number } | null = null
  /** The bytes of the end, kept until `finish`. */
  #last = nothing
  #failure: GatewayError | null = null

  constructor(format: { readonly framing: Framing; readonly chat: Pick<ChatTranslation, 'openDecoder'> }) {
    let ids = 0
    this.#decoder = format.chat.openDecoder({ createId: () => String(ids++) }, event =>
      this.facts.observe(event),
    )
    this.#events = new EventReader(format.framing, (event, place) => {
      try {
        this.#decoder.push(event)
      } catch (thrown) {
        if (!this.facts.started || place.start === 0) throw thrown
        this.#failure = asGatewayError(thrown)
      }
      if (!this.ended) return true
      this.#cut = place
      return false
    })
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
    const rest = block === null ? null : this.#pass(block)
    if (this.#failure !== null) throw this.#failure
    if (!this.facts.ended) this.#decoder.finish()
    return rest === null ? this.#last : Buffer.concat([rest, this.#last])
  }

  #pass(block: EventBlock): Buffer | null {
    this.#events.read(block)
    if (this.#cut === null) return block.bytes
    const { start, end } = this.#cut
    if (this.#failure === null) this.#last = Buffer.from(block.bytes.subarray(start, end))
    return start === 0 ? null : block.bytes.subarray(0, start)
  }
}
