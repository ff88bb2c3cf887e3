// A wait that ends early where it has become pointless.

import type { Cancellation } from './cancellation.ts'
import type { Clock } from './clock.ts'

/** Resolves after the time, or at once when the request is cancelled. */
export function pause(milliseconds: number, clock: Clock, cancellation: Cancellation): Promise<void> {
  return new Promise(resolve => {
    let stopTimer = () => {}
    const forget = cancellation.onCancel(() => {
      stopTimer()
      resolve()
    })
    stopTimer = clock.after(milliseconds, () => {
      forget()
      resolve()
    })
  })
}
