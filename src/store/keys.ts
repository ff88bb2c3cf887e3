// API keys made at run time. They are read once at start and kept in memory; changes go through the worker to SQL first.

import type { DatabaseSync } from 'node:sqlite'

export interface StoredKey {
  readonly id: string
  /** Hash of the key; the key itself is stored nowhere. */
  readonly hash: string
  readonly name: string
  /** Milliseconds since the epoch, like the two below. */
  readonly createdAt: number
  readonly expiresAt: number | null
  readonly revokedAt: number | null
}

export interface KeyStore {
  /** Every key, revoked and expired ones too, oldest first. */
  listKeys(): StoredKey[]
  /** Resolves when the key is on disk; rejects where its id or hash is taken. */
  insertKey(key: StoredKey): Promise<void>
  /** Resolves when the revocation is on disk: true where it ended the key, false where there was nothing to end. */
  revokeKey(id: string, at: number): Promise<boolean>
}

/** Where changes are made durable. */
export interface KeyWriter {
  insert(key: StoredKey): Promise<void>
  revoke(id: string, at: number): Promise<boolean>
}

export function createKeyStore(stored: readonly StoredKey[], writer: KeyWriter): KeyStore {
  const keys = new Map(stored.map(key => [key.id, key]))
  return {
    listKeys: () => [...keys.values()],
    async insertKey(key) {
      await writer.insert(key)
      keys.set(key.id, key)
    },
    async revokeKey(id, at) {
      const revoked = await writer.revoke(id, at)
      const key = keys.get(id)
      if (revoked && key !== undefined) keys.set(id, { ...key, revokedAt: at })
      return revoked
    },
  }
}

export function readKeys(database: DatabaseSync): StoredKey[] {
  const records = database.prepare('SELECT * FROM api_keys ORDER BY created_at, id').all()
  return records.map(record => ({
    id: record['id'] as string,
    hash: record['hash'] as string,
    name: record['name'] as string,
    createdAt: record['created_at'] as number,
    expiresAt: record['expires_at'] as number | null,
    revokedAt: record['revoked_at'] as number | null,
  }))
}

export function insertKey(database: DatabaseSync, key: StoredKey): void {
  withFullSync(database, () =>
    database
      .prepare(
        'INSERT INTO api_keys (id, hash, name, created_at, expires_at, revoked_at) VALUES (?, ?, ?, ?, ?, ?)',
      )
      .run(key.id, key.hash, key.name, key.createdAt, key.expiresAt, key.revokedAt),
  )
}

export function revokeKey(database: DatabaseSync, id: string, at: number): boolean {
  const result = withFullSync(database, () =>
    database.prepare('UPDATE api_keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL').run(at, id),
  )
  return Number(result.changes) > 0
}

/** A revoked key must stay revoked after a loss of power, so these commits wait for the disk. */
function withFullSync<Result>(database: DatabaseSync, work: () => Result): Result {
  database.exec('PRAGMA synchronous = FULL')
  try {
    return work()
  } finally {
    database.exec('PRAGMA synchronous = NORMAL')
  }
}
