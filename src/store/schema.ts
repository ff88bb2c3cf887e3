// The tables of the embedded database, as a numbered list of changes. The migrator of a query builder
// (Kysely, measured) would cost every start 140 ms and 27 MB by its modules alone, for what is a loop here.

import type { DatabaseSync } from 'node:sqlite'
import { firstLedgerColumns } from './ledger-row.ts'
import { StoreError } from './store-error.ts'

/**
 * Only ever added to: a database remembers how many of them it has seen (`user_version`).
 *
 * The ledger is kept in the order of time, so that a page of it, a span of days and the deletion of old rows each read one
 * stretch of the file. Its primary key makes a replayed row a duplicate, and two requests to which a client gave the same id
 * two rows.
 */
const migrations: readonly string[] = [
  `CREATE TABLE ledger (
     ${firstLedgerColumns.map(([name, type]) => `${name} ${type}`).join(', ')},
     PRIMARY KEY (started_at, id)
   ) WITHOUT ROWID;
   CREATE INDEX ledger_by_id ON ledger (id);
   CREATE TABLE api_keys (
     id TEXT PRIMARY KEY,
     hash TEXT NOT NULL UNIQUE,
     name TEXT NOT NULL,
     created_at INTEGER NOT NULL,
     expires_at INTEGER,
     revoked_at INTEGER
   ) WITHOUT ROWID;
   CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;`,
  // The index holds what pruning looks at, so that it need not read the texts.
  `CREATE TABLE responses (
     tenant TEXT NOT NULL,
     id TEXT NOT NULL,
     previous_id TEXT,
     bound_to TEXT,
     kept INTEGER NOT NULL,
     created_at INTEGER NOT NULL,
     size INTEGER NOT NULL,
     input TEXT NOT NULL,
     response TEXT NOT NULL,
     PRIMARY KEY (tenant, id)
   );
   CREATE INDEX responses_by_age ON responses (created_at, size, tenant, id);
   CREATE TABLE response_items (
     tenant TEXT NOT NULL,
     id TEXT NOT NULL,
     response_id TEXT NOT NULL,
     PRIMARY KEY (tenant, id)
   ) WITHOUT ROWID;
   CREATE INDEX response_items_by_response ON response_items (tenant, response_id);`,
  'ALTER TABLE ledger ADD COLUMN decision TEXT;',
]

/**
 * Brings the schema up to date; all of the missing changes or none.
 * @throws StoreError `newer_schema` where a later version of the program wrote the database; it is left untouched
 */
export function migrate(database: DatabaseSync): void {
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version'])
  if (version > migrations.length) {
    throw new StoreError(
      'newer_schema',
      `The database has schema version ${version}; this program knows versions up to ${migrations.length}. Use the version of the program that wrote it, or a newer one.`,
    )
  }
  if (version === migrations.length) return
  // Takes effect only while the database is empty. Deleted rows give their space back bit by bit; pages of 8 kB cost a row
  // a tenth less than SQLite's own 4, as fewer are written, and larger ones no less.
  if (version === 0)
    database.exec('PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL')
  inTransaction(database, () => {
    for (const change of migrations.slice(version)) database.exec(change)
    database.exec(`PRAGMA user_version = ${migrations.length}`)
  })
}

/** Runs the work as one transaction: all of it, or nothing where it throws. */
export function inTransaction<Result>(database: DatabaseSync, work: () => Result): Result {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    database.exec('COMMIT')
    return result
  } catch (thrown) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw thrown
  }
}
