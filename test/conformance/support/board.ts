// docs/conformance.md: what the checks have found, in sections. A run with CONFORMANCE_UPDATE=1 writes them.

import { join } from 'node:path'
import { expectSectionOf } from '../../support/board-file.ts'
import { updating } from './pins.ts'

export { table } from '../../support/board-file.ts'

const path = join(import.meta.dirname, '..', '..', '..', 'docs', 'conformance.md')

export function expectSection(name: string, text: string): void {
  expectSectionOf({ path, updating, command: 'npm run conformance:update' }, { name, text })
}

/** Never rounded up: 100 % is all of it. */
export function share(part: number, whole: number): string {
  return whole === 0 ? 'none' : `${(Math.floor((part / whole) * 10_000) / 100).toFixed(2)} %`
}
