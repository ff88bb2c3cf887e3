// Appends lines to a file, or to standard output, in batches that never block the event loop: memory, then one
// write per 100 ms or 64 kB. Survives rotation, a file moved away by others, and a full disk.

import type { Clock } from '../lib/clock.ts'
import { type LogDestination, type LogFiles, systemFiles } from './log-destination.ts'

export interface LogFileOptions {
  /** null: standard output, which is never rotated. */
  readonly path: string | null
  /** A file that would grow beyond this is rotated first. */
  readonly maxBytes: number
  /** Files kept, the one being written included: `proxy.log`, `proxy.log.1`, … */
  readonly maxFiles: number
  readonly clock: Clock
  /** The line, with its line feed, that tells how many lines could not be written. */
  readonly describeDropped: (lines: number) => string
  readonly files?: LogFiles
}

export interface LogFile {
  /** Takes a line with its line feed. */
  append(line: string): void
  /** Has what waits written within 10 ms. */
  hurry(): void
  /** Writes what waits before it returns; for a process that is about to die. */
  flush(): void
  /** Writes what waits and closes the file; on a full disk it gives up. */
  close(): Promise<void>
  /** Lines lost since the start because they could not be written. */
  dropped(): number
}

const batchCharacters = 64 * 1024
const batchMs = 100
const hurryMs = 10
/** More is not kept while the disk takes nothing: about 4 MB. */
const waitingLimit = 4 * 1024 * 1024
const retryMs = 1_000
/** A pipe whose reader is slow. */
const busyRetryMs = 10

/** @throws Error where the file cannot be opened: better at the start than in silence */
export function createLogFile(options: LogFileOptions): LogFile {
  const destination = (options.files ?? systemFiles).open(options)
  return new BatchedLogFile(destination, options)
}

class BatchedLogFile implements LogFile {
  readonly #destination: LogDestination
  readonly #clock: Clock
  readonly #describeDropped: (lines: number) => string
  #waiting = ''
  #droppedLines = 0
  #droppedUnreported = 0
  /** What is being written, until all of it is; a write may take a part only. */
  #batch: Buffer | null = null
  #offset = 0
  /** The operating system works on a write at this moment. */
  #inFlight = false
  /** What waits is to be written as soon as it can be. */
  #due = false
  #timerMs = Number.POSITIVE_INFINITY
  #cancelTimer = () => {}
  #whenClosed: (() => void) | null = null

  constructor(destination: LogDestination, options: LogFileOptions) {
    this.#destination = destination
    this.#clock = options.clock
    this.#describeDropped = options.describeDropped
  }

  append(line: string): void {
    if (this.#waiting.length + line.length > waitingLimit) {
      this.#droppedLines++
      this.#droppedUnreported++
      return
    }
    this.#waiting += line
    if (this.#waiting.length >= batchCharacters) this.#writeDue()
    else if (this.#timerMs > batchMs) this.#arm(batchMs)
  }

  hurry(): void {
    if (this.#timerMs > hurryMs) this.#arm(hurryMs)
  }

  flush(): void {
    // A write in flight is the kernel's: it is finished even if the process ends now.
    try {
      if (this.#batch !== null && !this.#inFlight) {
        this.#destination.writeNow(this.#batch.subarray(this.#offset))
        this.#batch = null
      }
      if (this.#waiting === '') return
      const batch = Buffer.from(this.#waiting)
      this.#waiting = ''
      this.#destination.prepare(batch.length)
      this.#destination.writeNow(batch)
    } catch {
      // The last words find no listener, and there is no other place to put them.
    }
  }

  close(): Promise<void> {
    return new Promise(resolve => {
      this.#whenClosed = resolve
      this.#cancelTimer()
      if (this.#inFlight) return
      // What waits for a retry gets its last one now.
      if (this.#batch !== null) this.#writeBatch()
      else this.#writeDue()
      this.#closeIfDone()
    })
  }

  dropped(): number {
    return this.#droppedLines
  }

  #arm(delayMs: number): void {
    this.#cancelTimer()
    this.#timerMs = delayMs
    this.#cancelTimer = this.#clock.after(delayMs, () => {
      this.#timerMs = Number.POSITIVE_INFINITY
      this.#writeDue()
    })
  }

  #writeDue(): void {
    this.#due = true
    if (this.#batch !== null || this.#waiting === '') return
    this.#due = false
    this.#batch = Buffer.from(this.#waiting)
    this.#offset = 0
    this.#waiting = ''
    this.#writeBatch()
  }

  #writeBatch(): void {
    const batch = this.#batch
    if (batch === null) return
    try {
      // Not between two parts of a batch: a line stays in one file.
      if (this.#offset === 0) this.#destination.prepare(batch.length)
    } catch (thrown) {
      this.#retryLater(thrown)
      return
    }
    this.#inFlight = true
    this.#destination.write(batch.subarray(this.#offset), (error, written) => {
      this.#inFlight = false
      this.#offset += written
      if (error !== null) this.#retryLater(error)
      else if (this.#offset < batch.length) this.#writeBatch()
      else this.#finishBatch()
    })
  }

  #finishBatch(): void {
    this.#batch = null
    if (this.#droppedUnreported > 0) {
      this.#waiting += this.#describeDropped(this.#droppedUnreported)
      this.#droppedUnreported = 0
    }
    const full = this.#waiting.length >= batchCharacters
    if (this.#due || full || this.#whenClosed !== null) this.#writeDue()
    else if (this.#waiting !== '' && this.#timerMs > batchMs) this.#arm(batchMs)
    this.#closeIfDone()
  }

  #retryLater(error: unknown): void {
    if (this.#whenClosed !== null) {
      this.#batch = null
      this.#waiting = ''
      this.#closeIfDone()
      return
    }
    this.#clock.after(isBusy(error) ? busyRetryMs : retryMs, () => {
      if (!this.#inFlight && this.#batch !== null) this.#writeBatch()
    })
  }

  #closeIfDone(): void {
    if (this.#whenClosed === null || this.#batch !== null || this.#waiting !== '') return
    this.#destination.close()
    this.#whenClosed()
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN'
}
