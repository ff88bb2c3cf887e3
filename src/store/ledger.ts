// The ledger as the gateway sees it: rows go to the spool at once, and from there to SQL a quarter of a second later.

import type { ExchangeEnded, Observer } from '../events.ts'
import type { Clock } from '../lib/clock.ts'
import type { DrainReport } from './drain.ts'
import { encodeLedgerRow, type LedgerRow } from './ledger-row.ts'
import type { Spool, Written } from './spool.ts'
import type { CallWorker } from './worker-client.ts'

export interface Ledger {
  /**
   * Puts the row of a request on disk. `written` is called within the same turn of the event loop, after its I/O: send the
   * last bytes of the answer there, and no request that a client saw answered is missing after a crash. With an error the
   * row waits in memory and is tried again.
   */
  append(event: ExchangeEnded, written: Written): void
  /** False while the spool cannot be written. */
  readonly healthy: boolean
  /** Rows that are in memory alone. */
  readonly queued: number
  /** Rows lost since the start, because too many waited in memory. */
  readonly dropped: number
  /** Resolves when every row appended so far that is on disk is in SQL. */
  drain(): Promise<void>
  /** The latest rows by the start of their request, latest first; at most 1,000. */
  recent(limit: number): Promise<LedgerRow[]>
  find(id: string): Promise<LedgerRow | null>
}

export interface LedgerDependencies {
  readonly spool: Spool
  readonly call: CallWorker
  readonly clock: Clock
  readonly observe: Observer
}

export interface RunningLedger extends Ledger {
  /** Moves rows to SQL soon, because there are some. */
  drainSoon(): void
  /** No drain begins by itself any more. */
  stop(): void
}

const drainAfterMs = 250
const retryAfterMs = 1_000

export function createLedger({ spool, call, clock, observe }: LedgerDependencies): RunningLedger {
  const drainSpool = createReportingDrain(call, observe)
  const schedule = createDrainSchedule(clock, () => drainSpool(spool.active))
  return {
    append(event, written) {
      spool.append(encodeLedgerRow(event), written)
      schedule.request()
    },
    get healthy() {
      return spool.healthy
    },
    get queued() {
      return spool.queued
    },
    get dropped() {
      return spool.dropped
    },
    async drain() {
      spool.flush()
      await drainSpool(spool.active)
    },
    recent(limit) {
      spool.flush()
      return call('recent', { limit, active: spool.active })
    },
    find(id) {
      spool.flush()
      return call('find', { id, active: spool.active })
    },
    drainSoon: () => schedule.request(),
    stop: () => schedule.stop(),
  }
}

/** Tells of a failure once, until a drain succeeds again. */
function createReportingDrain(call: CallWorker, observe: Observer): (active: number) => Promise<void> {
  let failing = false
  const succeed = (report: DrainReport) => {
    if (failing) observe({ type: 'notice', level: 'info', message: 'The ledger reaches the database again.' })
    failing = false
    if (report.rejected === 0) return
    observe({
      type: 'notice',
      level: 'error',
      message: 'Lines of the spool are no rows; they are kept in spool/rejected.jsonl.',
      detail: { lines: report.rejected },
    })
  }
  return async active => {
    try {
      succeed(await call('drain', { active }))
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown)
      const message = `The ledger does not reach the database; rows wait in the spool: ${reason}`
      if (!failing) observe({ type: 'notice', level: 'error', message })
      failing = true
      throw thrown
    }
  }
}

/** One drain at a time; rows that arrive in the meantime ask for the next. */
function createDrainSchedule(clock: Clock, drain: () => Promise<void>) {
  let busy = false
  let requested = false
  let stopped = false

  const startAfter = (delayMs: number) => {
    busy = true
    clock.after(delayMs, () => void run())
  }
  const run = async () => {
    if (stopped) return
    requested = false
    const failed = await drain().then(
      () => false,
      () => true,
    )
    busy = false
    if (failed) startAfter(retryAfterMs)
    else if (requested) startAfter(drainAfterMs)
  }
  return {
    request() {
      requested = true
      if (!busy) startAfter(drainAfterMs)
    },
    stop() {
      stopped = true
    },
  }
}
