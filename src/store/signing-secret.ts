// The secret beside the database, from which secret access keys of stored keys follow. Whoever reads the database alone
// learns none of them.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const secretBytes = 32

/**
 * Reads the secret of a data directory; the first time it is made, readable by its owner alone.
 * @param random gives that many random bytes of cryptographic quality
 * @throws the system's error, or Error where the file holds something else
 */
export function readSigningSecret(directory: string, random: (bytes: number) => Buffer): Buffer {
  const file = join(directory, 'signing-secret')
  try {
    writeFileSync(file, `${random(secretBytes).toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown
  }
  const secret = Buffer.from(readFileSync(file, 'utf8').trim(), 'hex')
  if (secret.length !== secretBytes) throw new Error(`${file} does not hold a secret of this gateway`)
  return secret
}
