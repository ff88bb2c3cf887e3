// The append-only spool of the ledger: lines of one turn of the event loop reach the file by one write, before their
// answers end. What is written survives the death of the process (the kernel holds it), not the loss of power.

import { closeSync, openSync, writeSync } from 'node:fs'
import type { Observer } from '../events.ts'
import type { Clock } from '../lib/clock.ts'
import { segmentPath } from './segments.ts'

/** Told once whether a line is in the file. After an error the line is kept in memory, if there is room, and tried again. */
export type Written = (error: Error | null) => void

export interface Spool {
  /** @param line complete, with its newline */
  append(line: string, written: Written): void
  /** Writes what waits, now. */
  flush(): void
  /** False from a failed write to the next one that succeeds. */
  readonly healthy: boolean
  /** Lines in memory. */
  readonly queued: number
  /** Lines lost because too many waited for the file. */
  readonly dropped: number
  /** Segments with a smaller number are finished: nothing will be added to them. */
  readonly active: number
  /** Tries a last time to write what waits. Nothing may be appended after it. */
  close(): void
}

/** The file system, as the spool needs it. */
export interface SpoolFiles {
  open(path: string): number
  /** Writes bytes from `offset` on; the number written may be short. */
  write(file: number, bytes: Buffer, offset: number): number
  close(file: number): void
}

export interface SpoolOptions {
  readonly directory: string
  /** Number of the first segment; greater than any ever used in the directory. */
  readonly firstSegment: number
  readonly clock: Clock
  readonly observe: Observer
  readonly files?: SpoolFiles
}

const segmentBytes = 4 * 1024 * 1024
const retryMs = 1_000
const linesPerWrite = 1_000
/** How much waits in memory for a file that cannot be written. Characters count as bytes: rows are ASCII but for names. */
const maxHeldLines = 100_000
const maxHeldCharacters = 64 * 1024 * 1024

const systemFiles: SpoolFiles = {
  open: path => openSync(path, 'a', 0o600),
  write: (file, bytes, offset) => writeSync(file, bytes, offset),
  close: closeSync,
}

export function createSpool(options: SpoolOptions): Spool {
  return new SegmentSpool(options)
}

class SegmentSpool implements Spool {
  readonly #options: SpoolOptions
  readonly #files: SpoolFiles
  #lines: string[] = []
  #callbacks: Written[] = []
  #scheduled = false
  /** Lines whose callbacks have heard of the failure. */
  #held: string[] = []
  #heldCharacters = 0
  #failure: Error | null = null
  #file: number | null = null
  #segment: number
  #segmentSize = 0
  dropped = 0

  constructor(options: SpoolOptions) {
    this.#options = options
    this.#files = options.files ?? systemFiles
    this.#segment = options.firstSegment
  }

  get healthy(): boolean {
    return this.#failure === null
  }

  get queued(): number {
    return this.#lines.length + this.#held.length
  }

  get active(): number {
    return this.#segment
  }

  append(line: string, written: Written): void {
    this.#lines.push(line)
    this.#callbacks.push(written)
    if (this.#scheduled) return
    this.#scheduled = true
    // After this turn's I/O callbacks: every answer that became ready together shares the write.
    setImmediate(() => this.flush())
  }

  flush(): void {
    this.#scheduled = false
    if (this.#lines.length === 0) return
    const lines = this.#lines
    const callbacks = this.#callbacks
    this.#lines = []
    this.#callbacks = []
    const onDisk = this.#failure === null ? this.#writeLines(lines) : 0
    if (onDisk < lines.length) this.#hold(lines.slice(onDisk))
    for (let index = 0; index < callbacks.length; index++) {
      tell(callbacks[index], index < onDisk ? null : this.#failure)
    }
  }

  close(): void {
    this.flush()
    if (this.#failure !== null) this.#writeHeld()
    this.#leaveSegment()
    if (this.#held.length > 0)
      this.#notify('error', 'Rows of the ledger are lost: they could not be written.', this.#held.length)
  }

  /** Returns how many lines are whole in the file; where that is not all, `#failure` says why. */
  #writeLines(lines: readonly string[]): number {
    let done = 0
    while (done < lines.length) {
      const slice = lines.slice(done, done + linesPerWrite)
      const bytes = Buffer.from(slice.length === 1 ? (slice[0] ?? '') : slice.join(''), 'utf8')
      const written = this.#writeBytes(bytes)
      if (written < bytes.length) return done + countNewlines(bytes.subarray(0, written))
      done += slice.length
    }
    return done
  }

  /** Returns how many bytes reached the file. A segment that took less than all is left: its last line is torn. */
  #writeBytes(bytes: Buffer): number {
    let offset = 0
    try {
      const file = this.#openSegment()
      while (offset < bytes.length) offset += this.#writeOnce(file, bytes, offset)
    } catch (thrown) {
      this.#fail(thrown instanceof Error ? thrown : new Error(String(thrown)))
    }
    this.#segmentSize += offset
    if (offset < bytes.length) this.#leaveSegment()
    return offset
  }

  #writeOnce(file: number, bytes: Buffer, offset: number): number {
    try {
      const count = this.#files.write(file, bytes, offset)
      if (count > 0) return count
    } catch (thrown) {
      if (!isInterruption(thrown)) throw thrown
      return 0
    }
    throw new Error('The file took no bytes.')
  }

  #openSegment(): number {
    if (this.#segmentSize >= segmentBytes) this.#leaveSegment()
    this.#file ??= this.#files.open(segmentPath(this.#options.directory, this.#segment))
    return this.#file
  }

  /** The next write opens another file; the number of an empty one is used again. */
  #leaveSegment(): void {
    const file = this.#file
    this.#file = null
    if (this.#segmentSize > 0) this.#segment += 1
    this.#segmentSize = 0
    if (file === null) return
    try {
      this.#files.close(file)
    } catch {
      // Nothing is lost: every byte that counts was reported as written.
    }
  }

  #fail(error: Error): void {
    if (this.#failure === null) {
      this.#notify('error', `The ledger cannot be written: ${error.message}`, 0)
      this.#scheduleRetry()
    }
    this.#failure = error
  }

  #scheduleRetry(): void {
    this.#options.clock.after(retryMs, () => {
      if (this.#failure === null) return
      this.#writeHeld()
      if (this.#failure !== null) this.#scheduleRetry()
    })
  }

  #writeHeld(): void {
    const onDisk = this.#writeLines(this.#held)
    const rest = this.#held.slice(onDisk)
    this.#held = []
    this.#heldCharacters = 0
    this.#hold(rest)
    if (rest.length > 0) return
    this.#failure = null
    this.#notify('info', 'The ledger is written again.', this.dropped)
  }

  #hold(lines: readonly string[]): void {
    for (const line of lines) {
      if (this.#held.length >= maxHeldLines || this.#heldCharacters + line.length > maxHeldCharacters) {
        this.dropped += 1
      } else {
        this.#held.push(line)
        this.#heldCharacters += line.length
      }
    }
  }

  #notify(level: 'info' | 'error', message: string, lost: number): void {
    this.#options.observe({
      type: 'notice',
      level,
      message,
      detail: { directory: this.#options.directory, lost },
    })
  }
}

function tell(written: Written | undefined, error: Error | null): void {
  try {
    written?.(error)
  } catch (thrown) {
    // A mistake of one caller is reported as uncaught, and the others are told all the same.
    queueMicrotask(() => {
      throw thrown
    })
  }
}

function isInterruption(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'EINTR'
}

function countNewlines(bytes: Buffer): number {
  let count = 0
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) count += 1
  return count
}
