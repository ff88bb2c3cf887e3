import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { errorReference } from '../scripts/write-error-reference.ts'

test('docs/errors.md says what the error table says: `npm run docs` writes it', () => {
  expect(readFileSync(join(import.meta.dirname, '../docs/errors.md'), 'utf8')).toBe(errorReference())
})
