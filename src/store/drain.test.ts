import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeExchange } from '../../test/support/exchanges.ts'
import { createDrain, readSpoolPosition } from './drain.ts'
import { encodeLedgerRow } from './ledger-row.ts'
import { deleteRowsBefore, findRow, readRecentRows } from './ledger-table.ts'
import { migrate } from './schema.ts'
import { segmentPath } from './segments.ts'

let directory: string
let database: DatabaseSync

beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'drain-')), 'spool')
  mkdirSync(directory)
  database = new DatabaseSync(join(directory, '..', 'test.sqlite'))
  migrate(database)
})

afterEach(() => {
  database.close()
  rmSync(join(directory, '..'), { recursive: true, force: true })
})

function write(segment: number, ...texts: string[]) {
  appendFileSync(segmentPath(directory, segment), texts.join(''))
}

const line = (id: string, startedAt = 1_000) => encodeLedgerRow(makeExchange(id, { startedAt }))

const storedIds = () =>
  database
    .prepare('SELECT id FROM ledger ORDER BY id')
    .all()
    .map(record => record['id'])

test('rows of an active segment are moved as they come, each once', () => {
  const drain = createDrain(database, directory)
  write(1, line('a'), line('b'))
  expect(drain(1)).toEqual({ rows: 2, rejected: 0 })
  expect(drain(1)).toEqual({ rows: 0, rejected: 0 })
  write(1, line('c'))
  expect(drain(1)).toEqual({ rows: 1, rejected: 0 })
  expect(storedIds()).toEqual(['a', 'b', 'c'])
})

test('reading the whole spool a second time doubles nothing', () => {
  const drain = createDrain(database, directory)
  write(1, line('a'), line('b'))
  drain(1)
  database.exec('DELETE FROM meta')
  expect(drain(1)).toEqual({ rows: 2, rejected: 0 })
  expect(storedIds()).toEqual(['a', 'b'])
})

test('a row and the position behind it are committed together or not at all', () => {
  database.exec('CREATE TRIGGER fail BEFORE INSERT ON meta BEGIN SELECT RAISE(ABORT, "no position"); END')
  write(1, line('a'))
  expect(() => createDrain(database, directory)(1)).toThrow('no position')
  expect(storedIds()).toEqual([])
  database.exec('DROP TRIGGER fail')
  createDrain(database, directory)(1)
  expect(storedIds()).toEqual(['a'])
})

test('a line that is not finished is left until it is', () => {
  const drain = createDrain(database, directory)
  const text = line('a')
  write(1, text.slice(0, 40))
  expect(drain(1).rows).toBe(0)
  write(1, text.slice(40))
  expect(drain(1).rows).toBe(1)
  expect(storedIds()).toEqual(['a'])
})

test('a last line that a dying process tore is passed over with its segment', () => {
  const drain = createDrain(database, directory)
  write(1, line('a'), line('b').slice(0, 40))
  write(2, line('c'))
  expect(drain(2)).toEqual({ rows: 2, rejected: 0 })
  expect(storedIds()).toEqual(['a', 'c'])
})

test('finished segments are deleted once they are read, the active one stays', () => {
  const drain = createDrain(database, directory)
  write(1, line('a'))
  write(2, line('b'))
  write(3, line('c'))
  drain(3)
  expect([1, 2, 3].map(segment => existsSync(segmentPath(directory, segment)))).toEqual([false, false, true])
  expect(readSpoolPosition(database).segment).toBe(3)
})

test('a segment that should have been deleted already is deleted without being read again', () => {
  const drain = createDrain(database, directory)
  write(2, line('b'))
  drain(2)
  write(1, line('a'))
  drain(2)
  expect(storedIds()).toEqual(['b'])
  expect(existsSync(segmentPath(directory, 1))).toBe(false)
})

test('a damaged line is kept aside and does not hold up the others', () => {
  write(1, line('a'), '\0\0\0 not a row\n', line('b'))
  expect(createDrain(database, directory)(1)).toEqual({ rows: 3, rejected: 1 })
  expect(storedIds()).toEqual(['a', 'b'])
  expect(readFileSync(join(directory, 'rejected.jsonl'), 'utf8')).toBe('\0\0\0 not a row\n')
})

test('lines longer than the buffer, and more lines than fit into it, are read whole', () => {
  const long = encodeLedgerRow(makeExchange('long', { startedAt: 5, modelAsked: 'é'.repeat(400_000) }))
  const short = Array.from({ length: 2_000 }, (_, index) => line(`row_${index}`))
  write(1, ...short, long, ...short)
  expect(createDrain(database, directory)(1)).toEqual({ rows: 4_001, rejected: 0 })
  expect(storedIds()).toHaveLength(2_001)
  expect(findRow(database, 'long')?.modelAsked).toHaveLength(400_000)
})

test('recent rows come latest first, and a page is bounded', () => {
  write(1, line('b', 2_000), line('a', 1_000), line('c', 3_000))
  createDrain(database, directory)(1)
  expect(readRecentRows(database, 2).map(row => row.id)).toEqual(['c', 'b'])
  expect(readRecentRows(database, 1e9)).toHaveLength(3)
  expect(readRecentRows(database, -1)).toEqual([])
})

test('two requests that share an id, but not a start, are two rows', () => {
  write(1, line('same', 1_000), line('same', 2_000))
  createDrain(database, directory)(1)
  expect(storedIds()).toEqual(['same', 'same'])
  expect(findRow(database, 'same')?.startedAt).toBe(2_000)
  expect(findRow(database, 'other')).toBeNull()
})

test('old rows are deleted oldest first, no more than asked for', () => {
  write(1, line('a', 1), line('b', 2), line('c', 3), line('d', 4))
  createDrain(database, directory)(1)
  expect(deleteRowsBefore(database, 4, 2)).toBe(2)
  expect(storedIds()).toEqual(['c', 'd'])
  expect(deleteRowsBefore(database, 4, 2)).toBe(1)
  expect(deleteRowsBefore(database, 4, 2)).toBe(0)
  expect(storedIds()).toEqual(['d'])
})
