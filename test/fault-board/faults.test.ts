// Every fault of an upstream before a client of every format: what it sees, whom the gateway asks, what the ledger says.

import { afterAll, test } from 'vitest'
import { boardOf, type Line, tally } from './support/board.ts'
import { expectSection, openPins, pinsOf } from './support/book.ts'
import { type Fault, faults } from './support/faults.ts'
import { type Cell, clients, type Judged, playFault } from './support/play-fault.ts'

const pins = openPins('faults')
afterAll(() => pins.close())

const variants = [
  {
    section: 'streamed-beside',
    variant: 'streamed, beside a healthy one',
    streamed: true,
    alternative: true,
  },
  { section: 'streamed-alone', variant: 'streamed, alone', streamed: true, alternative: false },
  { section: 'full-beside', variant: 'whole, beside a healthy one', streamed: false, alternative: true },
  { section: 'full-alone', variant: 'whole, alone', streamed: false, alternative: false },
] as const

type Variant = Pick<Cell, 'streamed' | 'alternative'>

const judged = new Map<Fault, readonly Judged[]>()

function cellsOf(fault: Fault, { streamed, alternative }: Variant): readonly Judged[] {
  const cells = judged.get(fault) ?? []
  return cells.filter(cell => cell.streamed === streamed && cell.alternative === alternative)
}

test.each(faults)('$name', async fault => {
  judged.set(fault, await playFault(fault))
  for (const { variant, ...kind } of variants) {
    const seen = cellsOf(fault, kind).map(({ client, upstream, deviations }) => {
      return { who: `${client} < ${upstream}`, variant, deviations }
    })
    pins.check(`${fault.name}, ${variant}`, pinsOf(fault.name, seen))
  }
})

test('every deviation that is pinned has its reason', () => {
  pins.checkReasons()
})

test.each(variants)('the board says what came of it: $variant', ({ section, ...kind }) => {
  const lines: Line[] = faults.map(fault => ({ name: fault.name, cells: cellsOf(fault, kind) }))
  expectSection(section, `${boardOf('fault', clients, lines)}\n\n${tally(lines)}`)
})
