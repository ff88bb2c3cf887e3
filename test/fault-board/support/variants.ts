// The four ways in which each fault is tried, and the pins and the board of what comes of it.

import type { Pin, PinBook } from '../../support/pin-book.ts'
import { boardOf, type Line, tally } from './board.ts'
import { pinsOf } from './book.ts'
import type { Fault } from './faults.ts'
import { type Cell, clients, type Judged } from './play-fault.ts'

export interface Variant extends Pick<Cell, 'streamed' | 'alternative'> {
  readonly section: string
  readonly variant: string
}

export const variants: readonly Variant[] = [
  {
    section: 'streamed-beside',
    variant: 'streamed, beside a healthy one',
    streamed: true,
    alternative: true,
  },
  { section: 'streamed-alone', variant: 'streamed, alone', streamed: true, alternative: false },
  { section: 'full-beside', variant: 'whole, beside a healthy one', streamed: false, alternative: true },
  { section: 'full-alone', variant: 'whole, alone', streamed: false, alternative: false },
]

function ofVariant(cells: readonly Judged[], { streamed, alternative }: Variant): readonly Judged[] {
  return cells.filter(cell => cell.streamed === streamed && cell.alternative === alternative)
}

/** Fails where something else came of it than is expected or pinned. */
export function checkFault({ name }: Fault, cells: readonly Judged[], pins: PinBook): void {
  for (const variant of variants) {
    const seen = ofVariant(cells, variant).map(({ client, upstream, deviations }) => {
      return { who: `${client} < ${upstream}`, variant: variant.variant, deviations }
    })
    const found: readonly Pin[] = pinsOf(name, seen)
    pins.check(`${name}, ${variant.variant}`, found)
  }
}

export function boardOfVariant(
  faults: readonly Fault[],
  judged: ReadonlyMap<Fault, readonly Judged[]>,
  variant: Variant,
): string {
  const lines: Line[] = faults.map(fault => ({
    name: fault.name,
    cells: ofVariant(judged.get(fault) ?? [], variant),
  }))
  return `${boardOf('fault', clients, lines)}\n\n${tally(lines)}`
}
