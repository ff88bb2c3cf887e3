// Waits for something no longer than somebody wants it.

import type { Alarms } from './alarms.ts'
import type { Cancellation } from './cancellation.ts'

export interface Want {
  readonly alarms: Pick<Alarms, 'open'>
  readonly cancellation: Pick<Cancellation, 'onCancel'>
  /** In `clock.now()`. */
  readonly until: number
  /** What it fails with then. */
  late(): Error
  /** What it fails with where it is cancelled. */
  left(): Error
}

/** What comes of the work after that goes nowhere. */
export function whileWanted<Result>(work: Promise<Result>, want: Want): Promise<Result> {
  return new Promise((resolve, reject) => {
    const alarm = want.alarms.open(() => end(() => reject(want.late())))
    let forget = (): void => {}
    const end = (settle: () => void): void => {
      alarm.close()
      forget()
      settle()
    }
    alarm.set(want.until)
    forget = want.cancellation.onCancel(() => end(() => reject(want.left())))
    work.then(
      result => end(() => resolve(result)),
      (thrown: unknown) => end(() => reject(thrown as Error)),
    )
  })
}
