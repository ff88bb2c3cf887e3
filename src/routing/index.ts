// The routing strategies by name. A new one is a file beside this and a line here.

import { orderByPriority } from './priority.ts'
import type { Strategy } from './strategy.ts'

export { restingLast } from './priority.ts'
export type { Belief, Ranking, RouteFacts, RouteQuestion, Strategy, TargetStats } from './strategy.ts'

export const strategies = { priority: orderByPriority } satisfies Record<string, Strategy>

export type StrategyName = keyof typeof strategies
