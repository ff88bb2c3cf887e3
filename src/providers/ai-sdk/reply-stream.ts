// A stream of the AI SDK as the stream of an upstream: bytes in the wire format, no faster than they are taken.

import type { ReplyStream, StreamSink } from '../../call.ts'
import type { GatewayError } from '../../errors.ts'
import type { ReadPart, SdkPart } from './model.ts'
import type { Watch } from './watch.ts'

export interface SdkReplyOptions {
  readonly parts: ReadableStreamDefaultReader<SdkPart>
  /** What was read of them already. */
  readonly first: ReadPart
  /** The bytes that a part means, or null. @throws what the part says */
  encode(part: SdkPart): Buffer | null
  /** Called behind the last part. @throws GatewayError where that was not the end */
  finish(): void
  describe(thrown: unknown): GatewayError
  readonly watch: Watch
}

/** A class because one is made for each stream and each of its parts passes through. */
export class SdkReplyStream implements ReplyStream {
  readonly #options: SdkReplyOptions
  #waiting: ReadPart | null
  #sink: StreamSink | null = null
  #failure: GatewayError | null = null
  #paused = false
  #pumping = false
  #over = false

  constructor(options: SdkReplyOptions) {
    this.#options = options
    this.#waiting = options.first
  }

  read(sink: StreamSink): void {
    this.#sink = sink
    if (this.#failure !== null) sink.fail(this.#failure)
    else void this.#pump()
  }

  pause(): void {
    if (this.#over) return
    this.#paused = true
    this.#options.watch.pause()
  }

  resume(): void {
    if (this.#over) return
    this.#paused = false
    this.#options.watch.answered()
    void this.#pump()
  }

  abort(): void {
    if (this.#over) return
    this.#sink = null
    this.#close()
    this.#options.watch.abort()
  }

  fail(error: GatewayError): void {
    if (this.#over) return
    this.#close()
    this.#options.watch.abort()
    this.#failure = error
    this.#sink?.fail(error)
  }

  async #pump(): Promise<void> {
    if (this.#pumping) return
    this.#pumping = true
    try {
      while (!this.#over && !this.#paused && this.#sink !== null) await this.#step(this.#sink)
    } catch (thrown) {
      this.fail(this.#options.describe(thrown))
    } finally {
      this.#pumping = false
    }
  }

  async #step(sink: StreamSink): Promise<void> {
    const { done, value } = this.#waiting ?? (await this.#options.parts.read())
    this.#waiting = null
    if (this.#over) return
    if (done) {
      this.#options.finish()
      this.#close()
      sink.end()
      return
    }
    this.#options.watch.heard()
    const bytes = this.#options.encode(value)
    if (bytes !== null) sink.data(bytes)
  }

  #close(): void {
    this.#over = true
    this.#options.watch.stop()
  }
}
