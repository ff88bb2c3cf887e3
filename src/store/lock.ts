// One gateway for each data directory. The lock is one of the operating system's, taken through SQLite on an empty file: it
// ends with the process, however that ends, so there is no stale one to recognise, and it holds between containers too,
// where process ids mean nothing.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StoreError } from './store-error.ts'

export interface DirectoryLock {
  release(): void
}

/** @throws StoreError `in_use` where another process, or another store of this one, holds the directory */
export function lockDirectory(directory: string): DirectoryLock {
  const processIdFile = join(directory, 'gateway.pid')
  const lock = new DatabaseSync(join(directory, 'gateway.lock'), { timeout: 0 })
  try {
    lock.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    lock.close()
    throw new StoreError(
      'in_use',
      `Another gateway (process ${readProcessId(processIdFile)}) uses the data directory ${directory}. Stop it, or give this one a directory of its own.`,
      cause,
    )
  }
  writeFileSync(processIdFile, `${process.pid}\n`, { mode: 0o600 })
  return { release: () => lock.close() }
}

/** For the message alone: the lock does not depend on it. */
function readProcessId(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return 'unknown'
  }
}
