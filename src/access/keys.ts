// Who holds a presented key. Keys are random (192 bits), so a plain SHA-256 is all that a store keeps of them: there
// is no dictionary to try, and no pepper that could be lost or differ between instances and lock everybody out.
// The pepper belongs to the lookup: the index is SHA-256(pepper + digest), so that how long a lookup takes says
// nothing about any key or stored digest. It never leaves the process: 32 fresh random bytes at each start do.

import { createHmac, hash } from 'node:crypto'
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
  /** The same by its id, with what its holder may sign requests with. */
  findById(id: string): SigningHolder | null
}

export interface SigningHolder {
  readonly principal: Principal
  /** Several where a key stands in the configuration and in the store. */
  readonly secrets: readonly Secret[]
}

export interface KeyRingOptions {
  /** From the configuration: in force as long as they stand there. */
  readonly keys: readonly Secret[]
  /** Made at run time. What is stored of a key wins over the same key in the configuration. */
  readonly stored: readonly StoredKey[]
  readonly pepper: Buffer
  /** Makes secrets of stored hashes; see `awsSecretOf`. */
  readonly signingSecret: Buffer
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
  readonly secrets: readonly Secret[]
}

const defaultTenant = 'default'

/** An immutable snapshot of all keys; a change of keys makes a new one. */
export function createKeyRing({ keys, stored, pepper, signingSecret, clock }: KeyRingOptions): KeyRing {
  const salt = pepper.toString('hex')
  const indexOf = (digest: string) => hash('sha256', salt + digest, 'base64url')
  const entries = new Map<string, RingEntry>()
  for (const key of keys) {
    const digest = digestOf(key.reveal())
    entries.set(indexOf(digest), { principal: principalOf(keyIdOf(digest)), expiresAt: null, secrets: [key] })
  }
  for (const { id, hash: digest, expiresAt, revokedAt } of stored) {
    const index = indexOf(digest)
    const secrets = [awsSecretOf(digest, signingSecret), ...(entries.get(index)?.secrets ?? [])]
    if (revokedAt === null) entries.set(index, { principal: principalOf(id), expiresAt, secrets })
    else entries.delete(index)
  }
  const byId = new Map([...entries.values()].map(entry => [entry.principal.keyId, entry]))
  const inForce = (entry: RingEntry | undefined): RingEntry | null =>
    entry === undefined || (entry.expiresAt !== null && entry.expiresAt <= clock.wall()) ? null : entry

  return {
    find: presented => inForce(entries.get(indexOf(digestOf(presented))))?.principal ?? null,
    findById: id => inForce(byId.get(id)),
  }
}

/**
 * With what the holder of a stored key signs requests. A signature can only be verified by who can make it, and of a
 * stored key the gateway keeps no more than a hash: so the secret follows from that hash, and from a secret beside the
 * database, without which the hash is worth nothing.
 * @param digest SHA-256 of the key, in hex
 */
export function awsSecretOf(digest: string, signingSecret: Buffer): Secret {
  return new Secret(createHmac('sha256', signingSecret).update(`aws ${digest}`).digest('base64url'))
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
