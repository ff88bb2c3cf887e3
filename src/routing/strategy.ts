// The contract of a routing strategy: a pure function that orders the targets of one request.

import type { Operation, RequestTraits, Target } from '../call.ts'

/** What a strategy may know of the request. */
export interface RouteFacts extends RequestTraits {
  /** The name that is routed: the client's, or what a rule put in its place. */
  readonly model: string
  readonly operation: Operation
  readonly streaming: boolean
}

/** What a strategy may know of the targets. Read at the moment of the question. */
export interface TargetStats {
  /** The target failed too often and rests; asking it now would be refused at once. */
  breakerOpen(targetId: string): boolean
  /** It has rested, and a few successes are needed before it takes all that comes; absent where nothing rests. */
  recovering?(targetId: string): boolean
  /** The target has refused calls for now, by its rate limit or for want of a key; absent where nobody keeps count. */
  limited?(targetId: string): boolean
  /** Calls of the target that are under way. */
  inFlight(targetId: string): number
  /**
   * Peak-sensitive moving average of the time to first content, or to a whole answer, in milliseconds; null before
   * the first. It sinks while the target is left alone, so that it is looked at again.
   */
  firstContentMs(targetId: string, streaming: boolean): number | null
  /** How often a name was routed before: the turn of strategies that go round. */
  turn(model: string): number
  /** What is believed of the target in a context like that of the request; null while nothing is known. */
  belief(targetId: string, facts: RouteFacts): Belief | null
}

/** What the traffic has taught of one target in one kind of request, older lessons fading. */
export interface Belief {
  /** Faded counts. */
  readonly successes: number
  readonly failures: number
  /** Probability that the target is down altogether, by its last calls; those that belong to it are no `failures`. */
  readonly outage?: number
  /** Faded means over successes; null before the first. Where no answer is behind it, it is the silence by now. With as many calls as are under way. */
  readonly latencyMs: number | null
  /** How many answers, faded, are behind the latency. */
  readonly latencyCount: number
  /** Standard deviation of one latency, as a share of the mean. */
  readonly latencySpread: number
  readonly costNanoUsd: number | null
}

export interface RouteQuestion {
  /** In the order of the configuration: priority, order in a group, then fallbacks. Not empty. */
  readonly targets: readonly Target[]
  readonly facts: RouteFacts
  readonly stats: TargetStats
  /** The weight that the configuration gives a target; 1 where it says nothing. */
  weightOf(target: Target): number
  /** What this request will probably cost at the target, cache reads included, in nano US dollars; null: unpriced. */
  expectedCost(target: Target): number | null
  /** A number from 0 to below 1; the only source of chance, so that a decision can be replayed. */
  readonly random: () => number
  /** What the route wants; only `adaptive` asks. Absent: see `usualObjective`. */
  readonly objective?: Objective
}

/** How much each side of a target matters, in any unit, and how much of the traffic is spent on finding out. */
export interface Objective {
  readonly success: number
  readonly latency: number
  readonly cost: number
  /** The smallest share of the requests that any target gets, 0 to 1. */
  readonly minShare: number
}

export const usualObjective: Objective = { success: 0.6, latency: 0.25, cost: 0.15, minShare: 0.005 }

export interface Ranking {
  /** The same targets in the order in which they are to be tried. None is dropped: it may be the last hope. */
  readonly order: readonly Target[]
  /** By target id, what each was judged by: lower is better; null for strategies that do not judge. */
  readonly scores: ReadonlyMap<string, number> | null
  /** How probable it was that the first is first; null where no chance was involved. */
  readonly propensity: number | null
}

export type Strategy = (question: RouteQuestion) => Ranking
