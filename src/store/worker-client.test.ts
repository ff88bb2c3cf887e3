import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeExchange } from '../../test/support/exchanges.ts'
import { spoolPath, startDatabase } from './database.ts'
import { encodeLedgerRow } from './ledger-row.ts'
import { segmentPath } from './segments.ts'
import { createWorkerClient } from './worker-client.ts'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'worker-'))
  mkdirSync(spoolPath(directory))
  startDatabase(directory, 'test')
})

afterEach(() => {
  rmSync(directory, { recursive: true, force: true })
})

const append = (id: string) =>
  appendFileSync(segmentPath(spoolPath(directory), 1), encodeLedgerRow(makeExchange(id)))

test('a thread that ends at work fails its requests, and the next request starts another', async () => {
  const client = createWorkerClient(directory)
  append('a')
  await client.call('drain', { active: 1 })
  append('b')
  const interrupted = Promise.all([client.stop(), client.call('find', { id: 'a', active: 1 })])
  await expect(interrupted).rejects.toThrow('The thread of the database ended.')
  expect(await client.call('find', { id: 'b', active: 1 })).toMatchObject({ id: 'b' })
  await client.close()
})

test('a thread that cannot open its database fails the request with the reason', async () => {
  const client = createWorkerClient(join(directory, 'missing'))
  await expect(client.call('recent', { limit: 1, active: 1 })).rejects.toThrow('unable to open database file')
})

test('closing without a thread starts none', async () => {
  await createWorkerClient(join(directory, 'missing')).close()
})
