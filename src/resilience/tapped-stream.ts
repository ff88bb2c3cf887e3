// A stream between upstream and client: read by the tap, held until its first content, then passed on as it comes.

import type { AnswerFacts, ReplyStream, StreamSink, StreamTap } from '../call.ts'
import { asGatewayError, type GatewayError } from '../errors.ts'

/** What may be held before the first content; beyond it the stream is passed on, and the attempt can no longer be repeated. */
const maxHeldBytes = 256 * 1024
const maxHeldChunks = 64

export interface TappedStreamOptions {
  readonly source: ReplyStream
  readonly tap: StreamTap
  /** Completes what the source or the tap threw. */
  readonly nameFailure: (failure: GatewayError) => GatewayError
  /** The first content has arrived, though it may be held still. */
  readonly onBegun: () => void
  /** The attempt is the answer. */
  readonly onWon: () => void
  /** Told once how it ended; null for the real end, and where the client left. */
  readonly onClosed: (failure: GatewayError | null) => void
}

/** A class because one is made for each stream and each of its chunks passes through. */
export class TappedStream implements ReplyStream, StreamSink {
  readonly #options: TappedStreamOptions
  #held: Buffer[] = []
  #heldBytes = 0
  #last: Buffer | null = null
  #failure: GatewayError | null = null
  #sink: StreamSink | null = null
  #won = false
  #over = false
  #paused = false
  #wasPaused = false

  constructor(options: TappedStreamOptions) {
    this.#options = options
  }

  get facts(): AnswerFacts {
    return this.#options.tap.facts
  }

  /** Whether its reader has held it up since this was last asked. */
  takePaused(): boolean {
    const paused = this.#wasPaused
    this.#wasPaused = this.#paused
    return paused
  }

  /** Ends the attempt from outside, for example because the first content did not come in time. */
  giveUp(error: GatewayError): void {
    if (this.#over) return
    this.#options.source.abort()
    this.fail(error)
  }

  // The upstream's side.

  data(chunk: Buffer): void {
    if (this.#over) return
    const { tap } = this.#options
    let bytes: Buffer | null
    try {
      bytes = tap.push(chunk)
    } catch (thrown) {
      this.giveUp(asGatewayError(thrown))
      return
    }
    if (bytes !== null) this.#pass(bytes)
    if (!this.#won) this.#judge(tap)
    if (tap.ended) this.end()
  }

  end(): void {
    if (this.#over) return
    let last: Buffer
    try {
      last = this.#options.tap.finish()
    } catch (thrown) {
      this.giveUp(asGatewayError(thrown))
      return
    }
    this.#over = true
    this.#last = last
    // A client that reads slowly may have paused the upstream, and will not drain again: what is left of the answer
    // must pass for its connection to become free.
    this.#options.source.resume()
    this.#win()
    this.#options.onClosed(null)
    this.#sink?.end(last)
  }

  fail(thrown: GatewayError): void {
    if (this.#over) return
    this.#over = true
    const error = this.#options.nameFailure(thrown)
    this.#failure = error
    this.#options.onClosed(error.code === 'client_disconnected' ? null : error)
    this.#sink?.fail(error)
  }

  // The client's side.

  read(sink: StreamSink): void {
    this.#sink = sink
    const held = this.#held
    this.#held = []
    for (const bytes of held) sink.data(bytes)
    if (this.#failure !== null) sink.fail(this.#failure)
    else if (this.#last !== null) sink.end(this.#last)
  }

  pause(): void {
    if (this.#over) return
    this.#paused = true
    this.#wasPaused = true
    this.#options.source.pause()
  }

  resume(): void {
    this.#paused = false
    this.#options.source.resume()
  }

  abort(): void {
    if (this.#over) return
    this.#over = true
    this.#sink = null
    this.#options.source.abort()
    this.#options.onClosed(null)
  }

  #pass(bytes: Buffer): void {
    if (this.#sink !== null) {
      this.#sink.data(bytes)
      return
    }
    this.#held.push(bytes)
    this.#heldBytes += bytes.length
  }

  #judge(tap: StreamTap): void {
    if (tap.started) this.#options.onBegun()
    const started = tap.started && tap.holding !== true
    if (started || this.#heldBytes > maxHeldBytes || this.#held.length > maxHeldChunks) this.#win()
  }

  #win(): void {
    if (this.#won) return
    this.#won = true
    this.#options.onWon()
  }
}
