// Where log bytes go: a file that rotates by size and follows its path, or standard output.

import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  write,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import type { Clock } from '../lib/clock.ts'

export interface LogDestination {
  /**
   * Called before each batch: rotates where the batch does not fit, opens anew where the file was moved away.
   * @throws Error of the file system
   */
  prepare(bytes: number): void
  /** @param done told how many of the bytes were written, which may be fewer than there are */
  write(bytes: Buffer, done: (error: Error | null, written: number) => void): void
  /** Writes all before it returns. @throws Error of the file system */
  writeNow(bytes: Buffer): void
  close(): void
}

export interface LogDestinationOptions {
  readonly path: string | null
  readonly maxBytes: number
  readonly maxFiles: number
  readonly clock: Clock
}

export interface LogFiles {
  open(options: LogDestinationOptions): LogDestination
}

export const systemFiles: LogFiles = {
  open: options =>
    options.path === null ? standardOutput : createRotatingFile({ ...options, path: options.path }),
}

const standardOutput: LogDestination = {
  prepare: () => {},
  write: (bytes, done) => write(1, bytes, 0, bytes.length, null, done),
  writeNow: bytes => writeAll(1, bytes),
  close: () => {},
}

/** How often the path is compared with the open file. */
const checkMs = 1_000

function createRotatingFile(options: LogDestinationOptions & { readonly path: string }): LogDestination {
  const { path, maxBytes, maxFiles, clock } = options
  let descriptor: number | null = null
  let size = 0
  let checkedAt = clock.now()

  function open(): number {
    mkdirSync(dirname(path), { recursive: true })
    const opened = openSync(path, 'a', 0o640)
    size = fstatSync(opened).size
    descriptor = opened
    return opened
  }

  function close(): void {
    if (descriptor === null) return
    const closing = descriptor
    descriptor = null
    closeSync(closing)
  }

  /** Somebody else may rotate, delete or write the file: another process of ours, logrotate, an operator. */
  function follow(opened: number): void {
    if (clock.now() - checkedAt < checkMs) return
    checkedAt = clock.now()
    const ours = fstatSync(opened)
    const there = statSync(path, { throwIfNoEntry: false })
    size = ours.size
    if (there === undefined || there.ino !== ours.ino || there.dev !== ours.dev) close()
  }

  function rotate(): void {
    close()
    rmSync(`${path}.${maxFiles - 1}`, { force: true })
    for (let number = maxFiles - 2; number >= 1; number--)
      moveIfThere(`${path}.${number}`, `${path}.${number + 1}`)
    if (maxFiles > 1) moveIfThere(path, `${path}.1`)
    else rmSync(path, { force: true })
  }

  open()
  return {
    prepare(bytes) {
      if (descriptor !== null) follow(descriptor)
      if (descriptor === null) open()
      if (size === 0 || size + bytes <= maxBytes) return
      rotate()
      open()
    },
    write(bytes, done) {
      write(descriptor ?? open(), bytes, 0, bytes.length, null, (error, written) => {
        size += written ?? 0
        done(error, written ?? 0)
      })
    },
    writeNow(bytes) {
      writeAll(descriptor ?? open(), bytes)
      size += bytes.length
    },
    close,
  }
}

function moveIfThere(from: string, to: string): void {
  if (statSync(from, { throwIfNoEntry: false }) !== undefined) renameSync(from, to)
}

function writeAll(descriptor: number, bytes: Buffer): void {
  let offset = 0
  // A pipe whose reader is slow refuses for a moment; it gets a bounded number of chances.
  for (let chance = 0; offset < bytes.length && chance < 1_000; chance++) {
    try {
      offset += writeSync(descriptor, bytes, offset)
    } catch (thrown) {
      if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EAGAIN')) throw thrown
    }
  }
}
