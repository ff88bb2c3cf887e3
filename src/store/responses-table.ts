// The table of responses, and the index of their items. Runs in the worker.

import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'
import { inTransaction } from './schema.ts'

/** One response with what was asked. */
export interface StoredResponse {
  readonly tenant: string
  readonly id: string
  /** The response whose conversation this one goes on with; null where it began one. */
  readonly previousId: string | null
  /** `provider/model` of the target that alone can read what is encrypted in it; null where it was translated. */
  readonly boundTo: string | null
  /** That target keeps it under the same id. */
  readonly kept: boolean
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  /** The `input` of the request, JSON as the client wrote it; `null` where there was none. */
  readonly input: string
  /** The response, JSON as the client got it. */
  readonly response: string
}

export interface ResponseKey {
  readonly tenant: string
  readonly id: string
}

/** A response together with the ids by which its items may be referred to. */
export interface IndexedResponse {
  readonly record: StoredResponse
  readonly itemIds: readonly string[]
}

/** Puts a response in the place of the one with its id, if there is one. */
export function putResponse(database: DatabaseSync, { record, itemIds }: IndexedResponse): void {
  const { tenant, id, previousId, boundTo, kept, createdAt, input, response } = record
  inTransaction(database, () => {
    database
      .prepare(
        `INSERT OR REPLACE INTO responses
           (tenant, id, previous_id, bound_to, kept, created_at, size, input, response)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(tenant, id, previousId, boundTo, kept ? 1 : 0, createdAt, sizeOf(record), input, response)
    const insert = database.prepare(
      'INSERT OR REPLACE INTO response_items (tenant, id, response_id) VALUES (?, ?, ?)',
    )
    for (const itemId of itemIds) insert.run(tenant, itemId, id)
  })
}

export function sizeOf({ input, response }: StoredResponse): number {
  return input.length + response.length
}

export function findResponse(database: DatabaseSync, { tenant, id }: ResponseKey): StoredResponse | null {
  return readRecord(database.prepare('SELECT * FROM responses WHERE tenant = ? AND id = ?').get(tenant, id))
}

/** The response that an item belongs to. */
export function findResponseOfItem(
  database: DatabaseSync,
  { tenant, id }: ResponseKey,
): StoredResponse | null {
  const query = database.prepare(
    `SELECT responses.* FROM response_items JOIN responses
       ON responses.tenant = response_items.tenant AND responses.id = response_items.response_id
     WHERE response_items.tenant = ? AND response_items.id = ?`,
  )
  return readRecord(query.get(tenant, id))
}

/** True where there was one. */
export function deleteResponse(database: DatabaseSync, { tenant, id }: ResponseKey): boolean {
  return inTransaction(database, () => {
    database.prepare('DELETE FROM response_items WHERE tenant = ? AND response_id = ?').run(tenant, id)
    const result = database.prepare('DELETE FROM responses WHERE tenant = ? AND id = ?').run(tenant, id)
    return Number(result.changes) > 0
  })
}

export interface Bounds {
  /** Responses made before are deleted. */
  readonly before: number
  /** Beyond this many characters, the oldest are deleted. */
  readonly maxSize: number
  /** How many are deleted at most. */
  readonly limit: number
}

/** Deletes what is too old, or too much, oldest first. Returns how many. */
export function pruneResponses(database: DatabaseSync, { before, maxSize, limit }: Bounds): number {
  let excess = Number(database.prepare('SELECT total(size) AS size FROM responses').get()?.['size']) - maxSize
  const oldest = database.prepare(
    'SELECT tenant, id, created_at, size FROM responses ORDER BY created_at LIMIT ?',
  )
  let deleted = 0
  for (const row of oldest.all(limit)) {
    if (Number(row['created_at']) >= before && excess <= 0) break
    deleteResponse(database, { tenant: String(row['tenant']), id: String(row['id']) })
    excess -= Number(row['size'])
    deleted++
  }
  database.exec('PRAGMA incremental_vacuum(200)')
  return deleted
}

function readRecord(row: Record<string, SQLOutputValue> | undefined): StoredResponse | null {
  if (row === undefined) return null
  return {
    tenant: String(row['tenant']),
    id: String(row['id']),
    previousId: row['previous_id'] as string | null,
    boundTo: row['bound_to'] as string | null,
    kept: row['kept'] === 1,
    createdAt: Number(row['created_at']),
    input: String(row['input']),
    response: String(row['response']),
  }
}
