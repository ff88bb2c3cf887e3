// The database of the ledger is held by another program: requests know nothing of it, and no row is lost or doubled.

import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { answerText } from '../support/fake-upstream.ts'
import { eventually, openScene } from '../support/scene.ts'

test('requests are answered while the database takes no row, and all rows are in it once afterwards', async () => {
  const { gateway } = await openScene({ upstreams: [[answerText('hello')]] })
  await (await gateway.chat()).text()
  const database = new DatabaseSync(join(gateway.directory, 'data', 'gateway.sqlite'), { timeout: 2000 })
  const count = () => Number(database.prepare('SELECT count(*) AS rows FROM ledger').get()?.['rows'])
  await eventually(() => count() === 1)
  database.exec('BEGIN EXCLUSIVE')
  try {
    for (let request = 0; request < 40; request++) {
      const response = await gateway.chat()
      expect(response.status).toBe(200)
      await response.text()
    }
    expect(count()).toBe(1)
  } finally {
    database.exec('ROLLBACK')
    database.close()
  }
  const rows = await gateway.stopAndReadLedger()
  expect(rows).toHaveLength(41)
  expect(new Set(rows.map(row => row['id'])).size).toBe(41)
  expect(rows.every(row => row['outcome'] === 'ok')).toBe(true)
})
