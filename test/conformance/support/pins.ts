// The deviations of the conformance suite, in pinned.json. A run with CONFORMANCE_UPDATE=1 writes the file anew.

import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { openPinBook, type PinBook } from '../../support/pin-book.ts'

export type { Pin, PinBook } from '../../support/pin-book.ts'

const path = join(import.meta.dirname, '..', 'pinned.json')
export const updating = process.env['CONFORMANCE_UPDATE'] === '1'

/** @param section one for each file of tests: they run at the same time */
export function openPins(section: string): PinBook {
  return openPinBook({ path, updating }, section)
}

/** Long texts by their beginning and a hash of the whole. */
export function brief(value: unknown): unknown {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  if (text === undefined || text.length <= 240) return value ?? null
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 8)
  return `${text.slice(0, 200)}… (${text.length} characters, ${hash})`
}
