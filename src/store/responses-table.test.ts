import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { findResponse, pruneResponses, putResponse } from './responses-table.ts'
import { migrate } from './schema.ts'

test('pruning takes the oldest until the rest fits', () => {
  const database = new DatabaseSync(':memory:')
  migrate(database)
  for (let index = 0; index < 10; index++) {
    const record = {
      tenant: 't',
      id: `r${index}`,
      previousId: null,
      boundTo: null,
      kept: false,
      createdAt: 1_000 + index,
      input: 'x'.repeat(50),
      response: 'y'.repeat(50),
    }
    putResponse(database, { record, itemIds: [`m${index}`] })
  }
  expect(pruneResponses(database, { before: 0, maxSize: 350, limit: 100 })).toBe(7)
  expect(findResponse(database, { tenant: 't', id: 'r6' })).toBeNull()
  expect(findResponse(database, { tenant: 't', id: 'r7' })).not.toBeNull()
  expect(pruneResponses(database, { before: 1_009, maxSize: 350, limit: 1 })).toBe(1)
  expect(pruneResponses(database, { before: 1_009, maxSize: 350, limit: 9 })).toBe(1)
  expect(database.prepare('SELECT count(*) AS count FROM response_items').get()).toEqual({ count: 1 })
  database.close()
})
