// Keeps the configured order, except that targets which rest after failures come last: a dead first provider costs
// a request nothing while its breaker is open, and is asked first again as soon as the breaker lets a probe through.

import type { Target } from '../call.ts'
import type { Strategy, TargetStats } from './strategy.ts'

export const orderByPriority: Strategy = ({ targets, stats }) => ({
  order: restingLast(targets, stats),
  scores: null,
  propensity: null,
})

/** For all strategies: what rests is the last hope, whatever else speaks for it. */
export function restingLast(
  targets: readonly Target[],
  stats: Pick<TargetStats, 'breakerOpen'>,
): readonly Target[] {
  const resting = targets.filter(target => stats.breakerOpen(target.id))
  if (resting.length === 0 || resting.length === targets.length) return targets
  const asleep = new Set(resting)
  return [...targets.filter(target => !asleep.has(target)), ...resting]
}
