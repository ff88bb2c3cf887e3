// Streams that break after their first content, by the policy of their route, before a client of every format; and lists
// that are asked after failures of a kind.

import { afterAll, test } from 'vitest'
import { boardOf, type Line, tally } from './support/board.ts'
import { expectSection, openPins, pinsOf } from './support/book.ts'
import { clients } from './support/play-fault.ts'
import { type JudgedRescue, playRescue } from './support/play-rescue.ts'
import { type Rescue, rescues } from './support/rescues.ts'

const pins = openPins('rescues')
afterAll(() => pins.close())

const variant = 'streamed'
const judged = new Map<Rescue, readonly JudgedRescue[]>()

test.each(rescues)('$name', async rescue => {
  const cells = await playRescue(rescue)
  judged.set(rescue, cells)
  const seen = cells.map(({ client, first, deviations }) => ({
    who: `${client} < ${first}`,
    variant,
    deviations,
  }))
  pins.check(`${rescue.name}, ${variant}`, pinsOf(rescue.name, seen))
})

test('every deviation that is pinned has its reason', () => {
  pins.checkReasons()
})

test('the board says what came of it', () => {
  const lines: Line[] = rescues.map(rescue => ({ name: rescue.name, cells: judged.get(rescue) ?? [] }))
  expectSection('rescues', `${boardOf('policy and fault', clients, lines)}\n\n${tally(lines)}`)
})
