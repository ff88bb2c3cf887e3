// Deviations that are known, each with its reason, in a file of JSON: a later change shows there. A run that updates writes
// the file anew; reasons are kept, and new deviations wait there for theirs.

import { readFileSync, writeFileSync } from 'node:fs'
import { expect } from 'vitest'
import { canonical } from '../conformance/support/json.ts'

export interface Pin {
  /** What it is a deviation of: a recording, a case, a cell of a matrix. */
  readonly key: string
  /** Client formats in which it shows. */
  readonly clients?: readonly string[]
  readonly field: string
  readonly expected: unknown
  readonly got: unknown
}

interface ReasonedPin extends Pin {
  readonly reason: string
}

const unjudged = 'to be judged'

type Pins = Readonly<Record<string, readonly ReasonedPin[]>>

export interface PinBook {
  /** Fails where something else is seen than is pinned for the key; a run that updates takes note of it. */
  check(key: string, seen: readonly Pin[]): void
  /** Fails where the reason of a pin is missing; in a run that updates it may be. */
  checkReasons(): void
  /** Writes what was seen, in a run that updates. */
  close(): void
}

export interface PinFile {
  readonly path: string
  readonly updating: boolean
}

/** @param section one for each file of tests: they run at the same time */
export function openPinBook({ path, updating }: PinFile, section: string): PinBook {
  const readPins = (): Pins => JSON.parse(readFileSync(path, 'utf8')) as Pins
  const known = readPins()[section] ?? []
  const byKey = Map.groupBy(known, ({ key }) => key)
  const reasonOf = new Map(known.map(pin => [identity(pin), pin.reason]))
  const seenPins: Pin[] = []
  const bare = ({ reason: _reason, ...pin }: ReasonedPin): Pin => pin
  return {
    check(key, seen) {
      seenPins.push(...seen)
      if (updating) return
      const pinned = (byKey.get(key) ?? []).map(bare)
      if (canonical(inOrder(seen)) !== canonical(inOrder(pinned)))
        expect(inOrder(seen)).toEqual(inOrder(pinned))
    },
    checkReasons() {
      if (!updating) expect(known.filter(({ reason }) => reason === unjudged)).toEqual([])
    },
    close() {
      if (!updating) return
      const pins = seenPins.map(pin => ({ ...pin, reason: reasonOf.get(identity(pin)) ?? unjudged }))
      const all = { ...readPins(), [section]: inOrder(pins) }
      writeFileSync(path, `${JSON.stringify(all, null, 2)}\n`)
    },
  }
}

function inOrder<Kind extends Pin>(pins: readonly Kind[]): Kind[] {
  return pins.toSorted((left, right) => (identity(left) < identity(right) ? -1 : 1))
}

function identity({ key, field, expected, got }: Pin): string {
  return canonical([key, field, expected, got])
}
