// One rescue before the clients of every format: the first upstream speaks their own format, and another one.

import type { Speaker } from '../../support/speakers.ts'
import type { Scored } from './board.ts'
import { findingsOf } from './expectation.ts'
import { timers, totalMs } from './faults.ts'
import { findingsIn } from './findings.ts'
import { clients, deviationsOf, foreign } from './play-fault.ts'
import type { Rescue } from './rescues.ts'
import { type Place, play } from './stage.ts'

export interface JudgedRescue extends Scored {
  /** The format of the first upstream. */
  readonly first: Speaker
}

export async function playRescue(rescue: Rescue): Promise<readonly JudgedRescue[]> {
  const { policy, firstSpeaks, unseenBy = [] } = rescue
  const seeing = clients.filter(client => !unseenBy.includes(client))
  const cells = seeing.flatMap(client => {
    const firsts = firstSpeaks === undefined ? [client, foreign[client]] : [firstSpeaks]
    return firsts.map(first => ({ client, first }))
  })
  const places = cells.map(cell => placeOf(rescue, cell))
  const sections = { timeouts: { ...timers, total: `${totalMs}ms` } }
  const played = await play(places, { sections, ...(policy !== undefined && { rescue: policy }) })
  return cells.map((cell, index) => {
    const [place, what] = [places[index], played[index]]
    if (place === undefined || what === undefined) throw new Error('a place was not played')
    const expected = findingsOf(rescue.expected)
    return { ...cell, expected, deviations: deviationsOf(expected, findingsIn(place, what)) }
  })
}

function placeOf(
  { fallback, second, ...rescue }: Rescue,
  { client, first }: { client: Speaker; first: Speaker },
): Place {
  const upstreams = [{ format: first, behaviours: rescue.first(first) }, ...(second === null ? [] : [second])]
  return { client, streamed: true, upstreams, ...(fallback !== undefined && { fallback }) }
}
