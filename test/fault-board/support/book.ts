// Where the fault suite keeps what it finds: docs/faults.md, and the deviations in pinned.json. A run with FAULTS_UPDATE=1
// writes both.

import { join } from 'node:path'
import { expectSectionOf } from '../../support/board-file.ts'
import { openPinBook, type Pin, type PinBook } from '../../support/pin-book.ts'
import type { Findings } from './expectation.ts'

const updating = process.env['FAULTS_UPDATE'] === '1'
const board = join(import.meta.dirname, '..', '..', '..', 'docs', 'faults.md')
const pinned = join(import.meta.dirname, '..', 'pinned.json')

export function openPins(section: string): PinBook {
  return openPinBook({ path: pinned, updating }, section)
}

export function expectSection(name: string, text: string): void {
  expectSectionOf({ path: board, updating, command: 'npm run faults:update' }, { name, text })
}

export interface Deviation {
  readonly field: keyof Findings
  readonly expected: string
  readonly got: string
}

export interface Deviating {
  /** Who sees it: `CLIENT < UPSTREAM`. */
  readonly who: string
  /** In which variant of the fault. */
  readonly variant: string
  readonly deviations: readonly Deviation[]
}

/** One pin for what several clients see alike. */
export function pinsOf(name: string, all: readonly Deviating[]): Pin[] {
  const single = all.flatMap(({ who, variant, deviations }) =>
    deviations.map(deviation => ({ key: `${name}, ${variant}`, who, ...deviation })),
  )
  const alike = Map.groupBy(single, ({ key, field, expected, got }) =>
    JSON.stringify([key, field, expected, got]),
  )
  return [...alike.values()].flatMap(group => {
    const [first] = group
    if (first === undefined) return []
    const { who: _who, ...pin } = first
    return [{ ...pin, clients: group.map(({ who }) => who) }]
  })
}
