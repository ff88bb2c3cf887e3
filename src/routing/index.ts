// The routing strategies by name. A new one is a file beside this and a line here.

import { orderByBelief } from './adaptive.ts'
import { orderByCost } from './cost-optimized.ts'
import { orderByConnections } from './least-connections.ts'
import { orderByLatency } from './least-latency.ts'
import { orderByPriority } from './priority.ts'
import { takeTurns } from './round-robin.ts'
import type { Strategy } from './strategy.ts'
import { drawByWeight } from './weighted.ts'

export { ownCostOf } from './own-cost.ts'
export { lastWhere, restingLast } from './resting.ts'
export type {
  Belief,
  Objective,
  Ranking,
  RouteFacts,
  RouteQuestion,
  Strategy,
  TargetStats,
} from './strategy.ts'
export { usualObjective } from './strategy.ts'
export { createTargetBook, type TargetBook, type TargetBookSnapshot } from './target-book.ts'

export const strategies = {
  priority: orderByPriority,
  round_robin: takeTurns,
  weighted: drawByWeight,
  least_connections: orderByConnections,
  least_latency: orderByLatency,
  cost_optimized: orderByCost,
  adaptive: orderByBelief,
} satisfies Record<string, Strategy>

export type StrategyName = keyof typeof strategies
