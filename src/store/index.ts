// Durable records of one gateway in one directory: the ledger, the keys made at run time, and the responses that clients
// may go on from.

import { mkdirSync } from 'node:fs'
import type { Observer } from '../events.ts'
import type { Clock } from '../lib/clock.ts'
import { type DatabaseStart, spoolPath, startDatabase } from './database.ts'
import { createKeyStore, type KeyStore } from './keys.ts'
import { createLedger, type Ledger, type RunningLedger } from './ledger.ts'
import { type DirectoryLock, lockDirectory } from './lock.ts'
import { createResponseStore, type ResponseStore } from './responses.ts'
import { startRetention } from './retention.ts'
import { listSegments } from './segments.ts'
import { createSpool, type SpoolFiles } from './spool.ts'
import { StoreError } from './store-error.ts'
import { createWorkerClient, type WorkerClient } from './worker-client.ts'

export type { KeyStore, StoredKey } from './keys.ts'
export type { Ledger } from './ledger.ts'
export type { LedgerRow } from './ledger-row.ts'
export { readLedger } from './read-ledger.ts'
export type { Written } from './spool.ts'
export { StoreError } from './store-error.ts'

export interface StoreOptions {
  /** Made if need be, for its owner alone. One gateway at a time may use it. */
  readonly directory: string
  readonly clock: Clock
  readonly observe: Observer
  /** Rows of the ledger that are older are deleted; null, the default, keeps them for ever. */
  readonly keepDays?: number | null
  /** How the spool is written, for tests with faults. */
  readonly spoolFiles?: SpoolFiles
}

export interface Store {
  readonly ledger: Ledger
  readonly keys: KeyStore
  readonly responses: ResponseStore
  /** Writes and drains what waits and ends the worker, within five seconds. What is left is read at the next start. */
  close(): Promise<void>
}

const closeWithinMs = 5_000

/**
 * Opens the records; rows that an earlier process left in the spool go to SQL in the background.
 * @throws StoreError where the directory is in use, cannot be used, or belongs to a later version of the program
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const lock = takeDirectory(options.directory)
  try {
    return startStore(options, lock)
  } catch (thrown) {
    lock.release()
    throw thrown
  }
}

/**
 * Makes the directory, for its owner alone, before anybody else writes into it: it holds hashes of keys and what they did.
 * @throws StoreError
 */
export function makeDirectory(directory: string): void {
  explainFailure(directory, () => mkdirSync(spoolPath(directory), { recursive: true, mode: 0o700 }))
}

function takeDirectory(directory: string): DirectoryLock {
  makeDirectory(directory)
  return explainFailure(directory, () => lockDirectory(directory))
}

function explainFailure<Result>(directory: string, work: () => Result): Result {
  try {
    return work()
  } catch (thrown) {
    if (thrown instanceof StoreError) throw thrown
    const reason = thrown instanceof Error ? thrown.message : String(thrown)
    throw new StoreError('unusable', `The data directory ${directory} cannot be used: ${reason}`, thrown)
  }
}

function startStore(options: StoreOptions, lock: DirectoryLock): Store {
  const { directory, clock, observe } = options
  const start = startDatabase(directory, String(clock.wall()))
  tellOfDamage(start, observe)

  const leftSegments = listSegments(spoolPath(directory))
  const spool = createSpool({
    directory: spoolPath(directory),
    firstSegment: Math.max(start.segment, leftSegments.at(-1) ?? 0) + 1,
    clock,
    observe,
    ...(options.spoolFiles === undefined ? {} : { files: options.spoolFiles }),
  })
  const worker = createWorkerClient(directory)
  const ledger = createLedger({ spool, call: worker.call, clock, observe })
  if (leftSegments.length > 0) ledger.drainSoon()
  const responses = createResponseStore({ call: worker.call, clock, observe })
  const keepDays = options.keepDays ?? null
  const stopRetention =
    keepDays === null ? () => {} : startRetention({ keepDays, call: worker.call, clock, observe })

  let closing: Promise<void> | null = null
  const close = async () => {
    stopRetention()
    responses.stop()
    ledger.stop()
    spool.close()
    await finishWithin(clock, emptySpool({ directory, ledger, worker }))
    void worker.stop()
    lock.release()
  }
  return {
    ledger,
    responses,
    keys: createKeyStore(start.keys, {
      insert: key => worker.call('insertKey', key),
      revoke: (id, at) => worker.call('revokeKey', { id, at }),
    }),
    close() {
      closing ??= close()
      return closing
    },
  }
}

interface OpenParts {
  readonly directory: string
  readonly ledger: RunningLedger
  readonly worker: WorkerClient
}

async function emptySpool({ directory, ledger, worker }: OpenParts): Promise<void> {
  try {
    if (listSegments(spoolPath(directory)).length > 0) await ledger.drain()
    await worker.close()
  } catch {
    // The ledger has told of it, and its rows are safe in the spool.
  }
}

/** Waits for the work, but not for longer than a shutdown may take. */
async function finishWithin(clock: Clock, work: Promise<void>): Promise<void> {
  let cancel = () => {}
  const timeout = new Promise<void>(resolve => {
    cancel = clock.after(closeWithinMs, resolve)
  })
  await Promise.race([work, timeout])
  cancel()
}

function tellOfDamage(start: DatabaseStart, observe: Observer): void {
  if (start.movedTo === null) return
  observe({
    type: 'notice',
    level: 'error',
    message:
      'The database was damaged. It was moved aside and an empty one begun; keys made at run time are gone.',
    detail: { movedTo: start.movedTo },
  })
}
