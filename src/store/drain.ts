// Moves the lines of the spool into the table `ledger`, each exactly once: the position in the spool is committed with the
// rows, and a row that is there already is passed over. Runs in the worker.

import { appendFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { decodeLedgerLine, ledgerColumns } from './ledger-row.ts'
import { inTransaction } from './schema.ts'
import { type LineChunk, listSegments, readLines, segmentPath } from './segments.ts'

export interface SpoolPosition {
  readonly segment: number
  /** In bytes. */
  readonly offset: number
}

export interface DrainReport {
  /** Lines read, whether they were new or not. */
  readonly rows: number
  /** Lines that are no rows; they are kept in `spool/rejected.jsonl`. */
  readonly rejected: number
}

/** Reads the spool to its end. Segments with a number below `active` are finished, and deleted once they are read. */
export type Drain = (active: number) => DrainReport

export function readSpoolPosition(database: DatabaseSync): SpoolPosition {
  const read = database.prepare('SELECT value FROM meta WHERE name = ?')
  return {
    segment: Number(read.get('spool_segment')?.['value'] ?? 0),
    offset: Number(read.get('spool_offset')?.['value'] ?? 0),
  }
}

export function createDrain(database: DatabaseSync, directory: string): Drain {
  const insert = prepareInsert(database)
  const savePosition = database.prepare(
    "INSERT OR REPLACE INTO meta (name, value) VALUES ('spool_segment', ?), ('spool_offset', ?)",
  )

  const keepRejected = (lines: readonly string[]) =>
    appendFileSync(join(directory, 'rejected.jsonl'), `${lines.join('\n')}\n`, { mode: 0o600 })

  const takeChunk = (segment: number, chunk: LineChunk): number => {
    const rejected: string[] = []
    inTransaction(database, () => {
      for (const line of chunk.lines) {
        const values = decodeLedgerLine(line)
        if (values === null) rejected.push(line)
        else insert.run(...values)
      }
      savePosition.run(segment, chunk.end)
      if (rejected.length > 0) keepRejected(rejected)
    })
    return rejected.length
  }

  return active => {
    const report = { rows: 0, rejected: 0 }
    for (const segment of listSegments(directory)) {
      const path = segmentPath(directory, segment)
      const position = readSpoolPosition(database)
      if (segment >= position.segment) {
        const offset = segment === position.segment ? position.offset : 0
        readLines(path, offset, chunk => {
          report.rejected += takeChunk(segment, chunk)
          report.rows += chunk.lines.length
        })
      }
      if (segment >= active) continue
      // The rows must be on the disk itself before the only other copy goes.
      database.exec('PRAGMA wal_checkpoint(PASSIVE)')
      rmSync(path, { force: true })
    }
    return report
  }
}

function prepareInsert(database: DatabaseSync) {
  const names = ledgerColumns.map(([name]) => name).join(', ')
  const places = ledgerColumns.map(() => '?').join(', ')
  return database.prepare(
    `INSERT INTO ledger (${names}) VALUES (${places}) ON CONFLICT (started_at, id) DO NOTHING`,
  )
}
