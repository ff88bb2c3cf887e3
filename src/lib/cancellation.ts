// One-shot cancellation of a request: an AbortSignal costs an EventTarget for each request, this costs an array.

/** Nobody waits for the answer any more, or another one was quicker. */
export type CancelReason = 'client_disconnected' | 'superseded'

export interface Cancellation {
  readonly cancelled: boolean
  /** Null as long as it is not cancelled. */
  readonly reason: CancelReason | null
  /** Calls back at once if already cancelled. The returned function takes the listener back. */
  onCancel(listener: () => void): () => void
}

export interface CancellationSource extends Cancellation {
  /** @param reason by default, that the client has left */
  cancel(reason?: CancelReason): void
}

export function createCancellation(): CancellationSource {
  return new OneShotCancellation()
}

class OneShotCancellation implements CancellationSource {
  reason: CancelReason | null = null
  #listeners: Array<(() => void) | null> = []

  get cancelled(): boolean {
    return this.reason !== null
  }

  onCancel(listener: () => void): () => void {
    if (this.cancelled) {
      listener()
      return () => {}
    }
    const index = this.#listeners.push(listener) - 1
    return () => {
      this.#listeners[index] = null
    }
  }

  cancel(reason: CancelReason = 'client_disconnected'): void {
    if (this.reason !== null) return
    this.reason = reason
    const listeners = this.#listeners
    this.#listeners = []
    for (const listener of listeners) listener?.()
  }
}
