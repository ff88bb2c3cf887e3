// Every fault of an upstream before a client of every format: what it sees, whom the gateway asks, what the ledger says.

import { afterAll, test } from 'vitest'
import { expectSection, openPins } from './support/book.ts'
import { type Fault, faults } from './support/faults.ts'
import { type Judged, playFault } from './support/play-fault.ts'
import { boardOfVariant, checkFault, variants } from './support/variants.ts'

const pins = openPins('faults')
afterAll(() => pins.close())

const judged = new Map<Fault, readonly Judged[]>()

test.each(faults)('$name', async fault => {
  const cells = await playFault(fault)
  judged.set(fault, cells)
  checkFault(fault, cells, pins)
})

test('every deviation that is pinned has its reason', () => {
  pins.checkReasons()
})

test.each(variants)('the board says what came of it: $variant', variant => {
  expectSection(variant.section, boardOfVariant(faults, judged, variant))
})
