// Draws the targets by their weights, without putting any back: the first is drawn by the weights, and what takes over
// when it fails is, too. A weight of 0 is asked only after all others.

import type { Target } from '../call.ts'
import { siftReady } from './resting.ts'
import type { Ranking, RouteQuestion } from './strategy.ts'

interface Ticket {
  readonly target: Target
  readonly weight: number
  /** The lowest goes first. */
  readonly lot: number
}

export function drawByWeight({ targets, stats, weightOf, random }: RouteQuestion): Ranking {
  const { ready, resting } = siftReady(targets, stats)
  const tickets = ready.map(target => drawTicket(target, weightOf(target), random))
  let heavy = 0
  let sum = 0
  for (const { weight } of tickets) {
    if (weight > 0) heavy++
    sum += weight
  }
  // The sort is stable: what has no weight stays in the configured order.
  if (heavy > 0) tickets.sort(byLot)
  const first = tickets[0]?.weight ?? 0
  return {
    order: [...tickets.map(({ target }) => target), ...resting],
    scores: null,
    propensity: heavy < 2 ? null : first / sum,
  }
}

/**
 * An exponential lot, shorter for heavier targets: the order of such lots is that of drawing by weight one after the
 * other. Efraimidis and Spirakis, Weighted random sampling with a reservoir.
 */
function drawTicket(target: Target, given: number, random: () => number): Ticket {
  const weight = Number.isFinite(given) && given > 0 ? given : 0
  const lot = weight === 0 ? Number.POSITIVE_INFINITY : -Math.log(1 - random()) / weight
  return { target, weight, lot }
}

function byLot(left: Ticket, right: Ticket): number {
  return left.lot === right.lot ? 0 : left.lot - right.lot
}
