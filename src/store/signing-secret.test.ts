import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readSigningSecret } from './signing-secret.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'llm-proxy-secret-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

test('the secret is made once, and readable by its owner alone', () => {
  const secret = readSigningSecret(directory, randomBytes)
  expect(secret).toHaveLength(32)
  expect(readSigningSecret(directory, randomBytes)).toEqual(secret)
  expect(statSync(join(directory, 'signing-secret')).mode & 0o777).toBe(0o600)
})

test('a file that holds something else is told, and not overwritten', () => {
  writeFileSync(join(directory, 'signing-secret'), 'my notes')
  expect(() => readSigningSecret(directory, randomBytes)).toThrow('does not hold a secret')
})
