// Opens the embedded database: checked and migrated once at start, on the main thread; served by the worker from then on.

import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { readSpoolPosition } from './drain.ts'
import { readKeys, type StoredKey } from './keys.ts'
import { migrate } from './schema.ts'
import { StoreError } from './store-error.ts'

export function databasePath(directory: string): string {
  return join(directory, 'gateway.sqlite')
}

export function spoolPath(directory: string): string {
  return join(directory, 'spool')
}

/** What the main thread needs to know of the database. */
export interface DatabaseStart {
  readonly keys: readonly StoredKey[]
  /** The segment of the spool that was read last. */
  readonly segment: number
  /** Where a damaged database was moved to; null where there was none. */
  readonly movedTo: string | null
}

/**
 * Migrates the database and reads what is needed at start. A file that is damaged or is no database is moved aside, never
 * deleted, and an empty one begun: serving goes on, and keys that were only there are unknown, so they open nothing.
 * @param suffix distinguishes the file that is moved aside
 * @throws StoreError
 */
export function startDatabase(directory: string, suffix: string): DatabaseStart {
  const path = databasePath(directory)
  try {
    return { ...readStart(path), movedTo: null }
  } catch (thrown) {
    if (!isDamage(thrown)) throw asStoreError(thrown, path)
  }
  const movedTo = `${path}.damaged-${suffix}`
  for (const part of ['', '-wal', '-shm']) {
    if (existsSync(path + part)) renameSync(path + part, movedTo + part)
  }
  return { ...readStart(path), movedTo }
}

function readStart(path: string): Omit<DatabaseStart, 'movedTo'> {
  const database = new DatabaseSync(path, { timeout: 2_000 })
  try {
    migrate(database)
    return { keys: readKeys(database), segment: readSpoolPosition(database).segment }
  } finally {
    database.close()
  }
}

/** The worker's connection. A commit is safe from the death of the process; the file is synced at each checkpoint. */
export function openDatabase(directory: string): DatabaseSync {
  const database = new DatabaseSync(databasePath(directory), { timeout: 5_000 })
  database.exec('PRAGMA synchronous = NORMAL; PRAGMA cache_size = -1024; PRAGMA wal_autocheckpoint = 1000')
  return database
}

const sqliteCorrupt = 11
const sqliteNotADatabase = 26

function isDamage(thrown: unknown): boolean {
  if (!(thrown instanceof Error) || !('errcode' in thrown)) return false
  const primary = Number(thrown.errcode) & 0xff
  return primary === sqliteCorrupt || primary === sqliteNotADatabase
}

function asStoreError(thrown: unknown, path: string): StoreError {
  if (thrown instanceof StoreError) return thrown
  const reason = thrown instanceof Error ? thrown.message : String(thrown)
  return new StoreError('unusable', `The database ${path} cannot be used: ${reason}`, thrown)
}
