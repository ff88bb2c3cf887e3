// Keeps the configured order, except that targets which rest after failures come last: a dead first provider costs
// a request nothing while its breaker is open, and is asked first again as soon as the breaker lets a probe through.

import { restingLast } from './resting.ts'
import type { Strategy } from './strategy.ts'

export const orderByPriority: Strategy = ({ targets, stats }) => ({
  order: restingLast(targets, stats),
  scores: null,
  propensity: null,
})
