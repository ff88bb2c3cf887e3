// Asks the cheapest for this request first. A target without a price is not free: it comes after all that have one.

import { restingLast } from './resting.ts'
import type { Strategy } from './strategy.ts'

export const orderByCost: Strategy = ({ targets, stats, expectedCost }) => {
  const costs = new Map(targets.map(target => [target.id, expectedCost(target) ?? Number.POSITIVE_INFINITY]))
  const costOf = (id: string): number => costs.get(id) ?? Number.POSITIVE_INFINITY
  // The sort is stable: what costs the same stays in the configured order.
  const order = targets.toSorted(({ id: left }, { id: right }) =>
    costOf(left) === costOf(right) ? 0 : costOf(left) - costOf(right),
  )
  return { order: restingLast(order, stats), scores: costs, propensity: null }
}
