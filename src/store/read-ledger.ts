// Reads the ledger of a data directory from outside, also while a gateway writes it.

import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { databasePath } from './database.ts'
import { type LedgerRow, readLedgerRow } from './ledger-row.ts'
import { StoreError } from './store-error.ts'

/**
 * The rows that started at `since` or later, oldest first.
 * @throws StoreError where there is no ledger, or one of an earlier version
 */
export function* readLedger(directory: string, since: number): Generator<LedgerRow> {
  const path = databasePath(directory)
  if (!existsSync(path)) throw new StoreError('unusable', `There is no ledger in ${directory}.`)
  const database = new DatabaseSync(path, { readOnly: true, timeout: 5_000 })
  try {
    const columns = database.prepare('PRAGMA table_info(ledger)').all()
    if (!columns.some(({ name }) => name === 'decision')) {
      const message = `The ledger in ${directory} holds no decisions yet: start this version of the program on it once.`
      throw new StoreError('unusable', message)
    }
    const query = database.prepare('SELECT * FROM ledger WHERE started_at >= ? ORDER BY started_at, id')
    for (const record of query.iterate(since)) yield readLedgerRow(record)
  } finally {
    database.close()
  }
}
