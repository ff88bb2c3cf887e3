// The board: one row for each fault with what is to come of it, and for each client format whether it does.

import { table } from '../../support/board-file.ts'
import type { Speaker } from '../../support/speakers.ts'
import type { Deviation } from './book.ts'
import type { Findings } from './expectation.ts'

export interface Scored {
  readonly client: Speaker
  readonly expected: Findings
  readonly deviations: readonly Deviation[]
}

export interface Line {
  readonly name: string
  readonly cells: readonly Scored[]
}

/** Lines without cells are left out: there is no such fault. */
export function boardOf(what: string, clients: readonly Speaker[], lines: readonly Line[]): string {
  const head = [
    what,
    'the client has',
    'calls',
    'attempts',
    'ledger',
    'usage',
    ...clients.map(client => `\`${client}\``),
  ]
  const rows = lines.flatMap(({ name, cells }) => {
    const [first] = cells
    if (first === undefined) return []
    const { client, upstreamCalls, attempts, outcome, errorCode, usage } = first.expected
    const ledger = errorCode === '' ? outcome : `${outcome}, \`${errorCode}\``
    return [
      [
        name,
        client,
        upstreamCalls,
        attempts,
        ledger,
        usage,
        ...clients.map(each => score(cells.filter(cell => cell.client === each))),
      ],
    ]
  })
  return table(head, rows)
}

function score(cells: readonly Scored[]): string {
  const kept = cells.filter(({ deviations }) => deviations.length === 0).length
  if (cells.length === 0) return '–'
  return kept === cells.length ? '✓' : `${kept} of ${cells.length}`
}

/** How many cells keep to what is expected of them. */
export function tally(lines: readonly Line[]): string {
  const cells = lines.flatMap(line => line.cells)
  const kept = cells.filter(({ deviations }) => deviations.length === 0).length
  return `${kept} of ${cells.length} as expected.`
}
