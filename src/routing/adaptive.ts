// Learns which target is best while it routes: Thompson sampling over beliefs that fade. Each target is drawn a score
// from what is believed of it, wide where little is known, and the best draw goes first: so a target is asked about as
// often as it is likely to be the best. What every target gets at least keeps the beliefs fresh.
// https://web.stanford.edu/~bvr/pubs/TS_Tutorial.pdf, and for beliefs that fade https://arxiv.org/abs/1707.09727

import type { Target } from '../call.ts'
import { judgeProspect, latencyPenalty, type Prospect, yardstickOf } from './judgement.ts'
import { normalBelow, normalQuantile } from './normal.ts'
import { siftReady } from './resting.ts'
import type { Belief, Objective, RouteQuestion, Strategy } from './strategy.ts'
import { usualObjective } from './strategy.ts'

/** Largest share of the requests spent on minimal shares, however many targets there are. */
const mostExploration = 0.05
/** The same for all that come back from a rest: they need a few successes soon. */
const recoveryShare = 0.1
/** What is taken for granted of a target before anything is known: that it works, with the weight of few calls. */
const priorSuccesses = 1.9
const priorFailures = 0.1
/** Latencies of models scatter so; with the weight of two answers. */
const priorSpread = 0.5
const priorSpreadCount = 2
/** Relative uncertainty of a latency of which there is no answer yet. */
const unknownSpread = 1
/** Below 1, fewer draws are wasted on what is probably worse; beliefs that fade would keep them up for ever. */
const curiosity = 0.8
/** So that between equals chance decides. */
const leastDeviation = 1e-6

/** A target's score as a normal distribution. */
export interface Score {
  readonly mean: number
  readonly deviation: number
}

export const orderByBelief: Strategy = question => {
  const { targets, stats, random, objective = usualObjective } = question
  const { ready, resting } = siftReady(targets, stats)
  if (ready.length < 2) return { order: [...ready, ...resting], scores: null, propensity: null }
  const scores = scoreTargets(ready, question, objective)
  const shares = leastShares(ready, stats, objective)
  const contenders = findContenders(scores)
  const first = drawFirst(scores, { shares, contenders }, random)
  const rest: number[] = []
  for (let index = 0; index < ready.length; index++) if (index !== first) rest.push(index)
  rest.sort((left, right) => meanOf(scores, left) - meanOf(scores, right))
  const order = [ready[first] as Target]
  for (const index of rest) order.push(ready[index] as Target)
  for (const target of resting) order.push(target)
  const judged = new Map<string, number>()
  for (let index = 0; index < ready.length; index++)
    judged.set((ready[index] as Target).id, meanOf(scores, index))
  return {
    order,
    scores: judged,
    propensity: (shares[first] as number) + (1 - sum(shares)) * chanceOfBest(scores, first, contenders),
  }
}

/** By target, the share of the requests that it gets whatever is believed of it. */
function leastShares(
  ready: readonly Target[],
  stats: RouteQuestion['stats'],
  { minShare }: Objective,
): readonly number[] {
  const usual = Math.min(Math.max(0, minShare), mostExploration / ready.length)
  // Else nobody would find out that it works again, until it is needed.
  const raised = Math.max(usual, recoveryShare / ready.length)
  return ready.map(({ id }) => (stats.recovering?.(id) === true ? raised : usual))
}

function sum(numbers: readonly number[]): number {
  let total = 0
  for (const number of numbers) total += number
  return total
}

function meanOf(scores: readonly Score[], index: number): number {
  return (scores[index] as Score).mean
}

/** What is believed of a target, as numbers; latency unknown is taken for the best there is. */
export function scoreTargets(
  targets: readonly Target[],
  { stats, facts, expectedCost }: Pick<RouteQuestion, 'stats' | 'facts' | 'expectedCost'>,
  objective: Objective,
): readonly Score[] {
  const beliefs: (Belief | null)[] = []
  for (const { id } of targets) beliefs.push(stats.belief(id, facts))
  const best = bestLatency(beliefs)
  const outages: number[] = []
  const prospects: Prospect[] = []
  for (let index = 0; index < targets.length; index++) {
    const target = targets[index] as Target
    const belief = beliefs[index] as Belief | null
    const outage = outageOf(target.id, belief, stats)
    const latencyMs = belief?.latencyMs ?? best
    outages.push(outage)
    prospects.push({
      success: (1 - outage) * successOf(belief),
      latencyMs: belief?.latencyCount === 0 ? Math.max(best, latencyMs) : latencyMs,
      costNanoUsd: expectedCost(target) ?? belief?.costNanoUsd ?? null,
    })
  }
  const yardstick = yardstickOf(prospects)
  const scores: Score[] = []
  for (let index = 0; index < prospects.length; index++) {
    const prospect = prospects[index] as Prospect
    const doubts = { belief: beliefs[index] as Belief | null, outage: outages[index] as number }
    const slow = latencyPenalty(prospect.latencyMs, yardstick)
    scores.push({
      mean: judgeProspect(prospect, yardstick, objective),
      deviation: deviationOf(doubts, slow, objective),
    })
  }
  return scores
}

function deviationOf(
  { belief, outage }: { readonly belief: Belief | null; readonly outage: number },
  slow: number,
  objective: Objective,
): number {
  const total = objective.success + objective.latency + objective.cost || 1
  const calls = (belief?.successes ?? 0) + (belief?.failures ?? 0) + priorSuccesses + priorFailures
  const success = successOf(belief)
  // Of a target that is either down or as it was, and of what it was.
  const variance = (1 - outage) * ((success * (1 - success)) / (calls + 1) + outage * success * success)
  const successDeviation = (objective.success / total) * Math.sqrt(variance)
  // The penalty's slope over the logarithm of its ratio is penalty × (1 − penalty).
  const latencyDeviation = (objective.latency / total) * slow * (1 - slow) * latencyDoubt(belief)
  const deviation = Math.sqrt(successDeviation * successDeviation + latencyDeviation * latencyDeviation)
  return Math.max(leastDeviation, curiosity * deviation)
}

/**
 * A target that has rested is tried by one call at a time, and soon: should it fail, another target answers, and there
 * are no more such tries until the next rest is over.
 */
function outageOf(id: string, belief: Belief | null, stats: RouteQuestion['stats']): number {
  const outage = belief?.outage ?? 0
  if (outage === 0 || stats.recovering?.(id) !== true) return outage
  return stats.inFlight(id) === 0 ? 0 : 1
}

/** Of those that have answered; else the longest silence, so that nobody looks good for having been asked last. */
function bestLatency(beliefs: readonly (Belief | null)[]): number {
  let best = Number.POSITIVE_INFINITY
  let silence = 1
  for (const belief of beliefs) {
    if (belief === null || belief.latencyMs === null) continue
    if (belief.latencyCount > 0) best = Math.min(best, belief.latencyMs)
    else silence = Math.max(silence, belief.latencyMs)
  }
  return best === Number.POSITIVE_INFINITY ? silence : best
}

function successOf(belief: Belief | null): number {
  const successes = (belief?.successes ?? 0) + priorSuccesses
  return successes / (successes + (belief?.failures ?? 0) + priorFailures)
}

/** Relative standard deviation of the mean latency. */
function latencyDoubt(belief: Belief | null): number {
  if (belief === null || belief.latencyMs === null || belief.latencyCount <= 0) return unknownSpread
  const { latencyCount: count, latencySpread: spread } = belief
  const variance =
    (count * spread * spread + priorSpreadCount * priorSpread * priorSpread) / (count + priorSpreadCount)
  return Math.min(unknownSpread, Math.sqrt(variance / count))
}

/** The index of the target that goes first: mostly the best draw, now and then anyone. */
function drawFirst(
  scores: readonly Score[],
  { shares, contenders }: { shares: readonly number[]; contenders: readonly number[] },
  random: () => number,
): number {
  let ticket = random()
  for (let index = 0; index < shares.length; index++) {
    const share = shares[index] as number
    if (ticket < share) return index
    ticket -= share
  }
  let first = 0
  let lowest = Number.POSITIVE_INFINITY
  for (const index of contenders) {
    const { mean, deviation } = scores[index] as Score
    const drawn = mean + deviation * normalQuantile(random())
    if (drawn >= lowest) continue
    lowest = drawn
    first = index
  }
  return first
}

/** The targets that may be drawn best: with many targets most are not, and need no draw. */
function findContenders(scores: readonly Score[]): readonly number[] {
  let reach = Number.POSITIVE_INFINITY
  for (const { mean, deviation } of scores) reach = Math.min(reach, mean + 3 * deviation)
  const contenders: number[] = []
  for (let index = 0; index < scores.length; index++) {
    const { mean, deviation } = scores[index] as Score
    if (mean - 3.5 * deviation <= reach) contenders.push(index)
  }
  return contenders
}

/** The middles of ten slices of equal probability. */
const slices: readonly number[] = Array.from({ length: 10 }, (_, slice) => normalQuantile((slice + 0.5) / 10))

/** The probability that a target's draw is the lowest: over what it may draw, that all others draw more. */
export function chanceOfBest(
  scores: readonly Score[],
  index: number,
  contenders = findContenders(scores),
): number {
  if (!contenders.includes(index)) return 0
  const { mean, deviation } = scores[index] as Score
  let sum = 0
  for (const slice of slices) {
    const drawn = mean + deviation * slice
    let chance = 1
    for (const other of contenders) {
      if (other === index) continue
      chance *= chanceAbove(scores[other] as Score, drawn)
      if (chance < 1e-6) break
    }
    sum += chance
  }
  return sum / slices.length
}

/** Far from the rival there is nothing to reckon. */
function chanceAbove({ mean, deviation }: Score, drawn: number): number {
  const steps = (mean - drawn) / deviation
  if (steps > 3.5) return 1
  return steps < -4 ? 0 : normalBelow(steps)
}
