// Who holds a presented key. Keys are random (192 bits), so a plain SHA-256 is all that a store keeps of them: there
// is no dictionary to try, and no pepper that could be lost or differ between instances and lock everybody out.
// The pepper belongs to the lookup: the index is SHA-256(pepper + digest), so that how long a lookup takes says
// nothing about any key or stored digest. It never leaves the process: 32 fresh random bytes at each start do.

import { hash } from 'node:crypto'
import type { Clock } from '../lib/clock.ts'
import { Secret } from '../lib/secret.ts'

/** Whom a request belongs to. */
export interface Principal {
  /** `key_` and 12 hex digits: stands in logs and ledger for the key, which it does not reveal. */
  readonly keyId: string
  readonly tenant: string
}

/** A key made at run time, as a store keeps it. Times in milliseconds since the epoch. */
export interface StoredKey {
  /** The `keyId` of its principal. */
  readonly id: string
  /** SHA-256 of the key, in hex. */
  readonly hash: string
  readonly name: string
  readonly createdAt: number
  readonly expiresAt: number | null
  readonly revokedAt: number | null
}

export interface KeyRing {
  /** The holder of a key in force; null for one that is unknown, expired or revoked. */
  find(presented: string): Principal | null
}

export interface KeyRingOptions {
  /** From the configuration: in force as long as they stand there. */
  readonly keys: readonly Secret[]
  /** Made at run time. What is stored of a key wins over the same key in the configuration. */
  readonly stored: readonly StoredKey[]
  readonly pepper: Buffer
  readonly clock: Pick<Clock, 'wall'>
}

export interface NewKey {
  readonly name: string
  readonly createdAt: number
  readonly expiresAt: number | null
}

interface RingEntry {
  readonly principal: Principal
  readonly expiresAt: number | null
}

const defaultTenant = 'default'

/** An immutable snapshot of all keys; a change of keys makes a new one. */
export function createKeyRing({ keys, stored, pepper, clock }: KeyRingOptions): KeyRing {
  const salt = pepper.toString('hex')
  const indexOf = (digest: string) => hash('sha256', salt + digest, 'base64url')
  const entries = new Map<string, RingEntry>()
  for (const key of keys) {
    const digest = digestOf(key.reveal())
    entries.set(indexOf(digest), { principal: principalOf(keyIdOf(digest)), expiresAt: null })
  }
  for (const { id, hash: digest, expiresAt, revokedAt } of stored) {
    if (revokedAt === null) entries.set(indexOf(digest), { principal: principalOf(id), expiresAt })
    else entries.delete(indexOf(digest))
  }

  return {
    find(presented) {
      const entry = entries.get(indexOf(digestOf(presented)))
      if (entry === undefined) return null
      if (entry.expiresAt !== null && entry.expiresAt <= clock.wall()) return null
      return entry.principal
    },
  }
}

/**
 * Makes a key: `llmp_` and 192 random bits in base64url. The key itself is shown once and kept nowhere.
 * @param random gives that many random bytes of cryptographic quality
 */
export function createApiKey(
  random: (bytes: number) => Buffer,
  { name, createdAt, expiresAt }: NewKey,
): { readonly key: Secret; readonly stored: StoredKey } {
  const key = `llmp_${random(24).toString('base64url')}`
  const digest = digestOf(key)
  return {
    key: new Secret(key),
    stored: { id: keyIdOf(digest), hash: digest, name, createdAt, expiresAt, revokedAt: null },
  }
}

function digestOf(key: string): string {
  return hash('sha256', key, 'hex')
}

function keyIdOf(digest: string): string {
  return `key_${digest.slice(0, 12)}`
}

function principalOf(keyId: string): Principal {
  return { keyId, tenant: defaultTenant }
}
