// Draws the targets by their weights, without putting any back: the first is drawn by the weights, and what takes over
// when it fails is, too. A weight of 0 is asked only after all others.

import type { Target } from '../call.ts'
import { siftReady } from './resting.ts'
import type { Ranking, RouteQuestion } from './strategy.ts'

export function drawByWeight({ targets, stats, weightOf, random }: RouteQuestion): Ranking {
  const { ready, resting } = siftReady(targets, stats)
  const weights = new Map(ready.map(target => [target, usableWeight(weightOf(target))]))
  const heavy = ready.filter(target => weights.get(target) !== 0)
  const weightless = ready.filter(target => weights.get(target) === 0)
  const drawn: Target[] = []
  const left = [...heavy]
  while (left.length > 1) drawn.push(drawOne(left, weights, random))
  drawn.push(...left)
  const order = [...drawn, ...weightless, ...resting]
  return { order, scores: null, propensity: heavy.length < 2 ? null : shareOf(drawn, weights) }
}

/** Takes one out. */
function drawOne(left: Target[], weights: ReadonlyMap<Target, number>, random: () => number): Target {
  const sum = left.reduce((total, target) => total + (weights.get(target) ?? 0), 0)
  let point = random() * sum
  const index = left.findIndex(target => {
    point -= weights.get(target) ?? 0
    return point < 0
  })
  // Rounding may leave a hair beyond the last.
  const [drawn] = left.splice(index === -1 ? left.length - 1 : index, 1)
  return drawn as Target
}

/** Of the first. */
function shareOf(drawn: readonly Target[], weights: ReadonlyMap<Target, number>): number {
  const sum = drawn.reduce((total, target) => total + (weights.get(target) ?? 0), 0)
  return (weights.get(drawn[0] as Target) ?? 0) / sum
}

function usableWeight(weight: number): number {
  return Number.isFinite(weight) && weight > 0 ? weight : 0
}
