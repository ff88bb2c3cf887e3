// The recorded traffic, the cases and the schemas: a folder beside the checkout, named by `LLM_PROXY_SHARED`.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Null where there is none: what needs it is skipped then. */
export const shared: string | null = findShared()

export const skipWord = shared === null ? ' (LLM_PROXY_SHARED is not set: skipped)' : ''

function findShared(): string | null {
  const named = process.env['LLM_PROXY_SHARED']
  return named !== undefined && existsSync(join(named, 'fixtures', 'MANIFEST.tsv')) ? named : null
}

/** @throws Error where there is no such folder */
export function sharedPath(...path: readonly string[]): string {
  if (shared === null) throw new Error('LLM_PROXY_SHARED is not set')
  return join(shared, ...path)
}

/** Null without the folder, so that lists of tests can be made of it. */
export function readSharedJson(...path: readonly string[]): unknown {
  return shared === null ? null : JSON.parse(readFileSync(sharedPath(...path), 'utf8'))
}
