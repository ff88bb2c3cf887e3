// What rests is the last hope, whatever else speaks for it; it is never lost, as it may be the only one.

import type { Target } from '../call.ts'
import type { TargetStats } from './strategy.ts'

/** The same targets, those with an open breaker last, each part in its order. */
export function restingLast(
  targets: readonly Target[],
  { breakerOpen }: Pick<TargetStats, 'breakerOpen'>,
): readonly Target[] {
  return lastWhere(targets, target => breakerOpen(target.id))
}

/** The targets among which there is a choice, and those that come after them whatever is chosen. */
export interface Sifted {
  /** Empty only where every target rests. */
  readonly ready: readonly Target[]
  /** Limited ones first: their limit may be over by the time that they are asked. */
  readonly resting: readonly Target[]
}

/** For strategies that spread requests: what is limited would only refuse its share. */
export function siftReady(targets: readonly Target[], stats: TargetStats): Sifted {
  const rests = (target: Target): boolean =>
    stats.breakerOpen(target.id) || stats.limited?.(target.id) === true
  if (!targets.some(rests)) return { ready: targets, resting: [] }
  const resting = restingLast(targets.filter(rests), stats)
  return { ready: targets.filter(target => !rests(target)), resting }
}

/** The same targets, some of them last, each part in its order. */
export function lastWhere(
  targets: readonly Target[],
  isLast: (target: Target) => boolean,
): readonly Target[] {
  if (!targets.some(isLast)) return targets
  return [...targets.filter(target => !isLast(target)), ...targets.filter(isLast)]
}
