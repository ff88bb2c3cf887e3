// The secret beside the database, from which secret access keys of stored keys follow. Whoever reads the database alone
// learns none of them.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StoreError } from './store-error.ts'

const secretBytes = 32

/**
 * Reads the secret of a data directory; the first time it is made, readable by its owner alone.
 * @param random gives that many random bytes of cryptographic quality
 * @throws StoreError where the file cannot be written, or holds something else
 */
export function readSigningSecret(directory: string, random: (bytes: number) => Buffer): Buffer {
  const file = join(directory, 'signing-secret')
  try {
    writeFileSync(file, `${random(secretBytes).toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST')
      throw new StoreError('unusable', `${file} cannot be written: ${(thrown as Error).message}`, thrown)
  }
  const secret = Buffer.from(readFileSync(file, 'utf8').trim(), 'hex')
  if (secret.length !== secretBytes)
    throw new StoreError('unusable', `${file} does not hold a secret of this gateway`)
  return secret
}
