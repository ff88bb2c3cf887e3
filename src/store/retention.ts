// Deletes rows of the ledger that are older than the configured number of days, a few at a time.

import type { Observer } from '../events.ts'
import type { Clock } from '../lib/clock.ts'
import type { CallWorker } from './worker-client.ts'

export interface RetentionDependencies {
  readonly keepDays: number
  readonly call: CallWorker
  readonly clock: Clock
  readonly observe: Observer
}

const firstAfterMs = 60_000
const everyMs = 3_600_000
const dayMs = 86_400_000
/** Small enough that rows of the spool, which wait meanwhile, wait for milliseconds. */
const rowsAtOnce = 500

/** Starts to look every hour; the returned function ends it. */
export function startRetention({ keepDays, call, clock, observe }: RetentionDependencies): () => void {
  let stopped = false

  const deleteOldRows = async () => {
    const before = clock.wall() - keepDays * dayMs
    for (let deleted = rowsAtOnce; deleted === rowsAtOnce && !stopped; ) {
      deleted = await call('deleteBefore', { before, limit: rowsAtOnce })
    }
  }
  const run = async () => {
    if (stopped) return
    try {
      await deleteOldRows()
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown)
      if (!stopped)
        observe({ type: 'notice', level: 'warn', message: `Old rows could not be deleted: ${reason}` })
    }
    if (!stopped) clock.after(everyMs, () => void run())
  }
  clock.after(firstAfterMs, () => void run())
  return () => {
    stopped = true
  }
}
