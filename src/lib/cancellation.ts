// One-shot cancellation of a request: an AbortSignal costs an EventTarget for each request, this costs an array.

export interface Cancellation {
  readonly cancelled: boolean
  /** Calls back at once if already cancelled. The returned function takes the listener back. */
  onCancel(listener: () => void): () => void
}

export interface CancellationSource extends Cancellation {
  cancel(): void
}

export function createCancellation(): CancellationSource {
  return new OneShotCancellation()
}

class OneShotCancellation implements CancellationSource {
  cancelled = false
  #listeners: Array<(() => void) | null> = []

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

  cancel(): void {
    if (this.cancelled) return
    this.cancelled = true
    const listeners = this.#listeners
    this.#listeners = []
    for (const listener of listeners) listener?.()
  }
}
