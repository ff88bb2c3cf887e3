import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { makeExchange } from '../../test/support/exchanges.ts'
import type { Notice } from '../events.ts'
import { createManualClock, type ManualClock } from '../lib/clock.ts'
import { openStore, type Store, type StoredKey, type StoreOptions } from './index.ts'

let directory: string
let clock: ManualClock
let notices: Notice[]
let opened: Store[]

beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'store-')), 'data')
  clock = createManualClock()
  notices = []
  opened = []
})

afterEach(async () => {
  for (const store of opened) await store.close()
  rmSync(join(directory, '..'), { recursive: true, force: true })
})

async function open(options: Partial<StoreOptions> = {}): Promise<Store> {
  const observe: StoreOptions['observe'] = event => {
    if (event.type === 'notice') notices.push(event)
  }
  const store = await openStore({ directory, clock, observe, ...options })
  opened.push(store)
  return store
}

const append = (store: Store, id: string, startedAt = 1_000) =>
  new Promise<Error | null>(resolve => store.ledger.append(makeExchange(id, { startedAt }), resolve))

const ids = async (store: Store) => (await store.ledger.recent(1_000)).map(row => row.id).sort()

/** Opens the database beside the store, as an operator would. */
function withDatabase<Result>(use: (database: DatabaseSync) => Result): Result {
  const database = new DatabaseSync(join(directory, 'gateway.sqlite'))
  try {
    return use(database)
  } finally {
    database.close()
  }
}

const countRows = () =>
  withDatabase(database => Number(database.prepare('SELECT count(*) AS count FROM ledger').get()?.['count']))

test('a row can be read back, by its id and among the latest', async () => {
  const store = await open()
  expect(await append(store, 'req_1')).toBeNull()
  expect(await append(store, 'req_ü "quoted"\n\u0000\u2028', 2_000)).toBeNull()
  expect((await store.ledger.recent(10)).map(row => row.id)).toEqual([
    'req_ü "quoted"\n\u0000\u2028',
    'req_1',
  ])
  expect(await store.ledger.find('req_1')).toMatchObject({ model: 'gpt-4o-mini', costNanoUsd: 52_650 })
  expect(await store.ledger.find('req_2')).toBeNull()
})

test('rows reach SQL by themselves a quarter of a second later', async () => {
  const store = await open()
  await append(store, 'req_1')
  expect(countRows()).toBe(0)
  clock.advance(250)
  await vi.waitFor(() => expect(countRows()).toBe(1), 5_000)
  await append(store, 'req_2')
  clock.advance(250)
  await vi.waitFor(() => expect(countRows()).toBe(2), 5_000)
})

test('closing leaves every row in SQL and the spool empty', async () => {
  const store = await open()
  await append(store, 'req_1')
  store.ledger.append(makeExchange('req_2'), () => {})
  await store.close()
  expect(countRows()).toBe(2)
  expect(readdirSync(join(directory, 'spool'))).toEqual([])
})

test('the directory is made for its owner alone', async () => {
  await open()
  expect(statSync(directory).mode & 0o777).toBe(0o700)
})

test('a second gateway is refused the directory, and gets it after the first has closed', async () => {
  const store = await open()
  await expect(open()).rejects.toMatchObject({ name: 'StoreError', reason: 'in_use' })
  await expect(open()).rejects.toThrow(`process ${process.pid}`)
  await append(store, 'req_1')
  await store.close()
  expect(await ids(await open())).toEqual(['req_1'])
})

test('a database of a later version is refused and left untouched', async () => {
  await (await open()).close()
  withDatabase(database => database.exec('PRAGMA user_version = 99'))
  await expect(open()).rejects.toMatchObject({ name: 'StoreError', reason: 'newer_schema' })
  expect(withDatabase(database => database.prepare('PRAGMA user_version').get())).toEqual({
    user_version: 99,
  })
})

test('a refused database leaves the directory unlocked', async () => {
  await (await open()).close()
  const version = withDatabase(database => database.prepare('PRAGMA user_version').get()?.['user_version'])
  withDatabase(database => database.exec('PRAGMA user_version = 99'))
  await expect(open()).rejects.toThrow('schema version 99')
  withDatabase(database => database.exec(`PRAGMA user_version = ${String(version)}`))
  await open()
})

test('a directory that cannot be made is a clear error', async () => {
  writeFileSync(directory, 'a file in its place')
  await expect(open()).rejects.toMatchObject({ name: 'StoreError', reason: 'unusable' })
})

test('a damaged database is moved aside and told of, and an empty one takes its place', async () => {
  const store = await open()
  await append(store, 'req_1')
  await store.close()
  writeFileSync(join(directory, 'gateway.sqlite'), 'this is no database, but somebody may mend it')
  const next = await open()
  expect(notices.map(notice => notice.level)).toEqual(['error'])
  expect(existsSync(join(directory, `gateway.sqlite.damaged-${clock.wall()}`))).toBe(true)
  await append(next, 'req_2')
  expect(await ids(next)).toEqual(['req_2'])
})

test('while the spool cannot be written, rows wait, and they are all there afterwards', async () => {
  let full = false
  const { openSync, writeSync, closeSync } = await import('node:fs')
  const store = await open({
    spoolFiles: {
      open: path => openSync(path, 'a'),
      write(file, bytes, offset) {
        if (full) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
        return writeSync(file, bytes, offset)
      },
      close: closeSync,
    },
  })
  await append(store, 'req_1')
  full = true
  expect(await append(store, 'req_2')).toMatchObject({ message: 'no space left on device' })
  expect(store.ledger).toMatchObject({ healthy: false, queued: 1, dropped: 0 })
  full = false
  clock.advance(1_000)
  expect(store.ledger).toMatchObject({ healthy: true, queued: 0 })
  expect(await ids(store)).toEqual(['req_1', 'req_2'])
})

test('while the database cannot be written, rows wait in the spool, and one notice is given', async () => {
  const store = await open()
  withDatabase(database => database.exec('ALTER TABLE ledger RENAME TO hidden'))
  await append(store, 'req_1')
  await expect(store.ledger.drain()).rejects.toThrow('no such table')
  await expect(store.ledger.drain()).rejects.toThrow('no such table')
  expect(store.ledger.healthy).toBe(true)
  withDatabase(database => database.exec('ALTER TABLE hidden RENAME TO ledger'))
  await store.ledger.drain()
  expect(await ids(store)).toEqual(['req_1'])
  expect(notices.map(notice => notice.level)).toEqual(['error', 'info'])
})

test('rows older than the configured days are deleted, the others stay', async () => {
  const store = await open({ keepDays: 30 })
  const day = 86_400_000
  for (let index = 0; index < 1_200; index++) void append(store, `old_${index}`, clock.wall() - 31 * day)
  await append(store, 'young', clock.wall() - 29 * day)
  await store.ledger.drain()
  clock.advance(60_000)
  await vi.waitFor(() => expect(countRows()).toBe(1), 5_000)
  expect(await ids(store)).toEqual(['young'])
})

const key: StoredKey = {
  id: 'key_1',
  hash: 'a'.repeat(64),
  name: "Robert'); DROP TABLE api_keys; --",
  createdAt: 1,
  expiresAt: 10,
  revokedAt: null,
}

test('keys are listed, revoked once, and survive a restart', async () => {
  const store = await open()
  expect(store.keys.listKeys()).toEqual([])
  await store.keys.insertKey(key)
  await store.keys.insertKey({ ...key, id: 'key_2', hash: 'b', createdAt: 2, expiresAt: null })
  expect(await store.keys.revokeKey('key_2', 5)).toBe(true)
  expect(await store.keys.revokeKey('key_2', 6)).toBe(false)
  expect(await store.keys.revokeKey('key_3', 6)).toBe(false)
  const expected = [key, { ...key, id: 'key_2', hash: 'b', createdAt: 2, expiresAt: null, revokedAt: 5 }]
  expect(store.keys.listKeys()).toEqual(expected)
  await store.close()
  expect((await open()).keys.listKeys()).toEqual(expected)
})

test('a key whose id or hash is taken is refused', async () => {
  const store = await open()
  await store.keys.insertKey(key)
  await expect(store.keys.insertKey({ ...key, hash: 'c' })).rejects.toThrow('UNIQUE')
  await expect(store.keys.insertKey({ ...key, id: 'key_9' })).rejects.toThrow('UNIQUE')
  expect(store.keys.listKeys()).toEqual([key])
})
