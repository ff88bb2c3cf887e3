// Holds a stream back until it is whole: whatever breaks before that is an ordinary failure of an attempt.

import type { AnswerFacts, StreamTap } from '../../call.ts'
import type { GatewayError } from '../../errors.ts'

/** A longer answer is passed on as it comes, like any other stream. */
const maxBufferedBytes = 4 << 20

/** A class because one is made for each stream and each of its chunks passes through. */
export class BufferedTap implements StreamTap {
  readonly #tap: StreamTap
  readonly #maxBytes: number
  #held: Buffer[] = []
  #bytes = 0
  holding = true
  /** Absent where the stream within leaves it to its format how a failure is told. */
  readonly fail?: (error: GatewayError) => Buffer

  constructor(tap: StreamTap, maxBytes: number = maxBufferedBytes) {
    this.#tap = tap
    this.#maxBytes = maxBytes
    if (tap.fail !== undefined) this.fail = tap.fail.bind(tap)
  }

  get facts(): AnswerFacts {
    return this.#tap.facts
  }

  get started(): boolean {
    return this.#tap.started
  }

  get ended(): boolean {
    return this.#tap.ended
  }

  push(chunk: Buffer): Buffer | null {
    const bytes = this.#tap.push(chunk)
    if (!this.holding || bytes === null) return bytes
    this.#held.push(bytes)
    this.#bytes += bytes.length
    if (this.#bytes <= this.#maxBytes) return null
    this.holding = false
    return this.#release()
  }

  finish(): Buffer {
    const last = this.#tap.finish()
    this.holding = false
    return this.#held.length === 0 ? last : Buffer.concat([this.#release(), last])
  }

  #release(): Buffer {
    const held = Buffer.concat(this.#held)
    this.#held = []
    return held
  }
}
