// What a target is worth to a request: success, latency and cost as one number, so that they can be weighed against
// each other whatever their units. Lower is better.

import type { Objective } from './strategy.ts'

/** What is known, or believed, of one target. */
export interface Prospect {
  /** Probability of success, 0 to 1. */
  readonly success: number
  readonly latencyMs: number
  /** Null where there is no price. */
  readonly costNanoUsd: number | null
}

/** The best among the candidates: what the others are measured by. */
export interface Yardstick {
  readonly latencyMs: number
  /** The lowest that is not free; null where nothing has a price above zero. */
  readonly costNanoUsd: number | null
  /** The highest: what an unpriced target is taken for, as it is certainly not free. */
  readonly highestNanoUsd: number | null
}

export function yardstickOf(prospects: readonly Prospect[]): Yardstick {
  let latencyMs = Number.POSITIVE_INFINITY
  let lowest = Number.POSITIVE_INFINITY
  let highest: number | null = null
  for (const prospect of prospects) {
    latencyMs = Math.min(latencyMs, Math.max(prospect.latencyMs, 1))
    const cost = prospect.costNanoUsd
    if (cost === null) continue
    if (cost > 0) lowest = Math.min(lowest, cost)
    highest = Math.max(highest ?? 0, cost)
  }
  return {
    latencyMs,
    costNanoUsd: lowest === Number.POSITIVE_INFINITY ? null : lowest,
    highestNanoUsd: highest,
  }
}

/** From 0, for a target that never fails and takes neither time nor money, to 1. */
export function judgeProspect(prospect: Prospect, yardstick: Yardstick, objective: Objective): number {
  const { success, latency, cost } = objective
  const total = success + latency + cost
  if (total <= 0) return 0
  return (
    (success * (1 - prospect.success) +
      latency * latencyPenalty(prospect.latencyMs, yardstick) +
      cost * costPenalty(prospect.costNanoUsd, yardstick)) /
    total
  )
}

export function latencyPenalty(latencyMs: number, { latencyMs: best }: Yardstick): number {
  return penalty(latencyMs / best)
}

export function costPenalty(costNanoUsd: number | null, yardstick: Yardstick): number {
  const cost = costNanoUsd ?? yardstick.highestNanoUsd ?? 0
  return yardstick.costNanoUsd === null ? 0 : penalty(cost / yardstick.costNanoUsd)
}

/**
 * A half for the best, two thirds for twice as much, never more than 1: what counts is the ratio, and of two hopeless
 * values one is not much worse than the other.
 */
function penalty(ratio: number): number {
  return ratio === Number.POSITIVE_INFINITY ? 1 : ratio / (1 + ratio)
}
