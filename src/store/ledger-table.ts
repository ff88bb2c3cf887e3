// What is asked of the table `ledger`, beside filling it. Runs in the worker.

import type { DatabaseSync } from 'node:sqlite'
import { type LedgerRow, readLedgerRow } from './ledger-row.ts'

const maxPage = 1_000

/** The latest rows by their start, latest first; at most 1,000. */
export function readRecentRows(database: DatabaseSync, limit: number): LedgerRow[] {
  const count = Math.max(0, Math.min(Math.trunc(limit), maxPage))
  const query = database.prepare('SELECT * FROM ledger ORDER BY started_at DESC, id DESC LIMIT ?')
  return query.all(count).map(readLedgerRow)
}

/** The latest row with this id. */
export function findRow(database: DatabaseSync, id: string): LedgerRow | null {
  const query = database.prepare('SELECT * FROM ledger WHERE id = ? ORDER BY started_at DESC LIMIT 1')
  const record = query.get(id)
  return record === undefined ? null : readLedgerRow(record)
}

/** Deletes up to `limit` rows that started before `before`, oldest first. Returns how many it deleted. */
export function deleteRowsBefore(database: DatabaseSync, before: number, limit: number): number {
  const result = database
    .prepare(
      `DELETE FROM ledger WHERE (started_at, id) IN
         (SELECT started_at, id FROM ledger WHERE started_at < ? ORDER BY started_at, id LIMIT ?)`,
    )
    .run(before, limit)
  database.exec('PRAGMA incremental_vacuum(200)')
  return Number(result.changes)
}
