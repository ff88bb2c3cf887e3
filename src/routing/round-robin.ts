// Each request begins one target further on. The turn goes round among those that do not rest, so that the neighbour
// of a resting one gets no more than the others.

import { siftReady } from './resting.ts'
import type { Strategy } from './strategy.ts'

export const takeTurns: Strategy = ({ targets, facts, stats }) => {
  const { ready, resting } = siftReady(targets, stats)
  const first = ready.length === 0 ? 0 : stats.turn(facts.model) % ready.length
  return {
    order: [...ready.slice(first), ...ready.slice(0, first), ...resting],
    scores: null,
    propensity: null,
  }
}
