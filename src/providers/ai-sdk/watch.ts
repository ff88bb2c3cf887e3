// Minds the time of a call that no transport of ours carries: the client's leaving, the silence of the vendor, the end
// of the whole request. Whatever happens first aborts the call.

import type { UpstreamRequest } from '../../call.ts'
import { GatewayError } from '../../errors.ts'
import type { Clock } from '../../lib/clock.ts'

const longestWaitMs = 1000

/** A class because it lives as long as a call: from the request to the last piece of its answer. */
export class Watch {
  /** Why the call was aborted; null where it was not, or where nobody listens. */
  failure: GatewayError | null = null
  readonly #request: UpstreamRequest
  readonly #clock: Clock
  readonly #controller = new AbortController()
  readonly #forgetCancellation: () => void
  #stopTimer: () => void = () => {}
  #listener: ((failure: GatewayError) => void) | null = null
  #allowedMs: number
  #heardAt: number
  #over = false

  constructor(request: UpstreamRequest, clock: Clock) {
    const { headersMs, firstContentMs } = request.target.connection.timers
    this.#request = request
    this.#clock = clock
    this.#allowedMs = request.streaming ? Math.min(headersMs, firstContentMs) : headersMs
    this.#heardAt = clock.now()
    this.#schedule()
    this.#forgetCancellation = request.cancellation.onCancel(() => {
      this.#fail(new GatewayError('client_disconnected'))
    })
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** The answer has begun: from now on, silence is counted between its pieces. */
  answered(): void {
    this.#allowedMs = this.#request.target.connection.timers.idleMs
    this.heard()
  }

  /** A piece has come. */
  heard(): void {
    this.#heardAt = this.#clock.now()
  }

  /** The silence is the reader's now. */
  pause(): void {
    this.#allowedMs = Number.POSITIVE_INFINITY
  }

  /** Nobody listens any more. */
  abort(): void {
    this.#controller.abort()
  }

  /** The call is over. */
  stop(): void {
    this.#over = true
    this.#stopTimer()
    this.#forgetCancellation()
  }

  onFailure(listener: (failure: GatewayError) => void): void {
    this.#listener = listener
    if (this.failure !== null) listener(this.failure)
  }

  #fail(error: GatewayError): void {
    if (this.#over) return
    this.failure = error
    this.#over = true
    this.#stopTimer()
    this.#controller.abort(error)
    this.#listener?.(error)
  }

  /** One timer for the whole answer: a piece that comes costs an assignment. */
  #schedule(): void {
    const { deadline } = this.#request
    const at = Math.min(this.#heardAt + this.#allowedMs, deadline)
    // A pause may end at any time: what has to be looked at then is not set anew, but looked at again.
    const waitMs = Math.min(Math.max(0, at - this.#clock.now()), longestWaitMs)
    this.#stopTimer = this.#clock.after(waitMs, () => {
      const now = this.#clock.now()
      if (now >= deadline) this.#fail(new GatewayError('deadline_exceeded'))
      else if (now >= this.#heardAt + this.#allowedMs) this.#fail(this.#silence())
      else this.#schedule()
    })
  }

  #silence(): GatewayError {
    const { id, connection } = this.#request.target
    const message = `${id} was silent for ${this.#allowedMs} ms.`
    return new GatewayError('upstream_timeout', { message, provider: connection.provider })
  }
}
