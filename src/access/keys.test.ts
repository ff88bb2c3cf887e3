import { createHash, randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { createManualClock } from '../lib/clock.ts'
import { Secret } from '../lib/secret.ts'
import { awsSecretOf, createApiKey, createKeyRing, type StoredKey } from './keys.ts'

const clock = createManualClock()
const signingSecret = Buffer.alloc(32, 7)
const newKey = { name: 'laptop', createdAt: clock.wall(), expiresAt: null }

function ringOf({ keys = [], stored = [] }: { keys?: string[]; stored?: StoredKey[] }) {
  return createKeyRing({
    keys: keys.map(key => new Secret(key)),
    stored,
    pepper: randomBytes(32),
    signingSecret,
    clock,
  })
}

test('a configured key is found under a name that its digest gives it', () => {
  const digest = createHash('sha256').update('configured').digest('hex')
  expect(ringOf({ keys: ['other', 'configured'] }).find('configured')).toEqual({
    keyId: `key_${digest.slice(0, 12)}`,
    tenant: 'default',
  })
})

test('the name of a key survives a restart with another pepper', () => {
  const first = ringOf({ keys: ['configured'] }).find('configured')
  expect(ringOf({ keys: ['configured'] }).find('configured')).toEqual(first)
})

test('neither a part of a key nor its digest opens anything', () => {
  const { key, stored } = createApiKey(randomBytes, newKey)
  const ring = ringOf({ stored: [stored] })
  for (const guess of ['', key.reveal().slice(0, -1), `${key.reveal()}x`, stored.hash, stored.id])
    expect(ring.find(guess)).toBeNull()
})

test('a created key holds 192 random bits and what is stored of it does not reveal it', () => {
  const { key, stored } = createApiKey(randomBytes, newKey)
  expect(key.reveal()).toMatch(/^llmp_[\w-]{32}$/)
  expect(inspect({ key, stored })).not.toContain(key.reveal().slice(5))
  expect(stored).toMatchObject({ name: 'laptop', createdAt: clock.wall(), expiresAt: null, revokedAt: null })
})

test('a stored key is found under its own name', () => {
  const { key, stored } = createApiKey(randomBytes, newKey)
  expect(ringOf({ stored: [stored] }).find(key.reveal())).toEqual({ keyId: stored.id, tenant: 'default' })
})

test('an expired key is refused from the moment on that it names', () => {
  const { key, stored } = createApiKey(randomBytes, { ...newKey, expiresAt: clock.wall() + 1000 })
  const ring = ringOf({ stored: [stored] })
  clock.advance(999)
  expect(ring.find(key.reveal())).not.toBeNull()
  clock.advance(1)
  expect(ring.find(key.reveal())).toBeNull()
})

test('a revoked key is refused, even where the configuration still has it', () => {
  const { key, stored } = createApiKey(randomBytes, newKey)
  const ring = ringOf({ keys: [key.reveal()], stored: [{ ...stored, revokedAt: clock.wall() }] })
  expect(ring.find(key.reveal())).toBeNull()
})

test('a configured key signs with itself, a stored one with a secret that its hash alone does not give', () => {
  const { key, stored } = createApiKey(randomBytes, newKey)
  const ring = ringOf({ keys: ['configured'], stored: [stored] })
  const configured = ring.find('configured')?.keyId ?? ''
  expect(ring.findById(configured)?.secrets.map(secret => secret.reveal())).toEqual(['configured'])
  const secrets = ring.findById(stored.id)?.secrets.map(secret => secret.reveal())
  expect(secrets).toEqual([awsSecretOf(stored.hash, signingSecret).reveal()])
  expect(secrets).not.toContain(key.reveal())
  expect(awsSecretOf(stored.hash, randomBytes(32)).reveal()).not.toBe(secrets?.[0])
  expect(ring.findById('key_unknown')).toBeNull()
})

test('a revoked or expired key signs nothing', () => {
  const revoked = { ...createApiKey(randomBytes, newKey).stored, revokedAt: clock.wall() }
  const expired = { ...createApiKey(randomBytes, newKey).stored, expiresAt: clock.wall() }
  const ring = ringOf({ stored: [revoked, expired] })
  expect(ring.findById(revoked.id)).toBeNull()
  expect(ring.findById(expired.id)).toBeNull()
})
