// Asks the target with the fewest calls under way, for its weight; between equals, chance decides.

import { siftReady } from './resting.ts'
import type { Strategy } from './strategy.ts'

export const orderByConnections: Strategy = ({ targets, stats, weightOf, random }) => {
  const { ready, resting } = siftReady(targets, stats)
  const judged = ready.map(target => {
    const weight = Math.max(0, weightOf(target))
    // One more than are under way: the one that is about to be sent, so that weights matter at rest, too.
    return { target, load: (stats.inFlight(target.id) + 1) / weight, lot: ready.length > 1 ? random() : 0 }
  })
  judged.sort((left, right) => compare(left.load, right.load) || left.lot - right.lot)
  const equals = judged.filter(({ load }) => load === judged[0]?.load).length
  return {
    order: [...judged.map(({ target }) => target), ...resting],
    scores: new Map(judged.map(({ target, load }) => [target.id, load])),
    propensity: equals > 1 ? 1 / equals : null,
  }
}

/** Also of infinities, whose difference is no number. */
function compare(left: number, right: number): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}
