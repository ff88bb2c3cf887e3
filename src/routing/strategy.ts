// The contract of a routing strategy: a pure function that orders the targets of one request.

import type { Operation, Target } from '../call.ts'

/** What a strategy may know of the request. */
export interface RouteFacts {
  /** As the client named it. */
  readonly model: string
  readonly operation: Operation
  readonly streaming: boolean
  /** UTF-16 units of all prompt text. */
  readonly inputCharacters: number
}

/** What a strategy may know of the targets. Read at the moment of the question. */
export interface TargetStats {
  /** The target failed too often and rests; asking it now would be refused at once. */
  breakerOpen(targetId: string): boolean
}

export interface RouteQuestion {
  /** In the order of the configuration: priority, order in a group, then fallbacks. Not empty. */
  readonly targets: readonly Target[]
  readonly facts: RouteFacts
  readonly stats: TargetStats
  /** A number from 0 to below 1; the only source of chance, so that a decision can be replayed. */
  readonly random: () => number
}

/** Returns the same targets in the order in which they are to be tried. Never drops one: it may be the last hope. */
export type Strategy = (question: RouteQuestion) => readonly Target[]
