// The power of two choices: of two targets drawn by chance the one that answers sooner. Unlike "always the fastest",
// this does not send everybody to the same target at once on the news of one good answer.
// https://www.eecs.harvard.edu/~michaelm/postscripts/handbook2001.pdf

import type { Target } from '../call.ts'
import { siftReady } from './resting.ts'
import type { RouteQuestion, Strategy } from './strategy.ts'

interface Judged {
  readonly target: Target
  /** Milliseconds; 0 for a target of which nothing is known and nothing under way: it is to be tried. */
  readonly latency: number
  readonly inFlight: number
}

export const orderByLatency: Strategy = question => {
  const { ready, resting } = siftReady(question.targets, question.stats)
  const judged = ready.map(target => judge(target, question))
  const sorted = judged.toSorted(sooner)
  const pair = judged.length < 2 ? null : drawPair(judged, question.random)
  const first = pair === null ? sorted[0] : winnerOf(pair)
  const order = first === undefined ? [] : [first, ...sorted.filter(other => other !== first)]
  return {
    order: [...order.map(({ target }) => target), ...resting],
    scores: new Map(judged.map(({ target, latency }) => [target.id, latency])),
    propensity: pair === null || first === undefined ? null : chanceOf(first, judged),
  }
}

function judge(target: Target, { stats, facts }: RouteQuestion): Judged {
  const inFlight = stats.inFlight(target.id)
  const known = stats.firstContentMs(target.id, facts.streaming)
  // One call finds out; a crowd that follows it would all wait for a target that may be dead.
  return { target, inFlight, latency: known ?? (inFlight === 0 ? 0 : Number.POSITIVE_INFINITY) }
}

/** In a drawn order, so that neither of two equals is favoured. */
function drawPair(judged: readonly Judged[], random: () => number): readonly [Judged, Judged] {
  const first = Math.floor(random() * judged.length)
  const step = 1 + Math.floor(random() * (judged.length - 1))
  return [judged[first] as Judged, judged[(first + step) % judged.length] as Judged]
}

function winnerOf([left, right]: readonly [Judged, Judged]): Judged {
  return sooner(right, left) < 0 ? right : left
}

function sooner(left: Judged, right: Judged): number {
  if (left.latency === right.latency) return left.inFlight - right.inFlight
  return left.latency < right.latency ? -1 : 1
}

/** It wins every pair with a slower one, and half of those with an equal. */
function chanceOf(winner: Judged, judged: readonly Judged[]): number {
  let won = 0
  for (const other of judged) {
    if (other === winner) continue
    const order = sooner(winner, other)
    if (order <= 0) won += order === 0 ? 0.5 : 1
  }
  return (2 * won) / (judged.length * (judged.length - 1))
}
