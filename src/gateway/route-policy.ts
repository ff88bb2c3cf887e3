// How the requests of a route are treated when something goes wrong: part of the configuration, per rule.

/**
 * What becomes of a stream that breaks after its first content.
 * - `error`: it ends with an error event of the client's format.
 * - `continue`: the next target goes on from the partial answer.
 * - `restart`: the next target answers anew; what follows the text already sent is passed on, if it begins with it.
 * - `auto`: continue, else restart, else error.
 * - `buffer`: nothing is sent before the answer is whole, so that any failure is an ordinary one.
 */
export type RescuePolicy = 'error' | 'continue' | 'restart' | 'auto' | 'buffer'

/** When a second target is asked beside a slow first one. */
export interface HedgePolicy {
  /** Milliseconds without first content; null: the p95 of the first target. */
  readonly afterMs: number | null
  /** Largest share of the route's requests that may be hedged, 0 to 1. */
  readonly maxShare: number
  /** A request that may cost more, in nano US dollars, is not hedged; null: no bound. */
  readonly maxCostNanoUsd: number | null
}

export interface RoutePolicy {
  readonly rescue: RescuePolicy
  /** Null: one target at a time. */
  readonly hedge: HedgePolicy | null
  /** Whether a limited target is waited for: only where no healthy one is left, or whenever its wait is short. */
  readonly limitWait: 'last_resort' | 'preferred'
  /** The longest `Retry-After` that is waited for, in milliseconds. */
  readonly maxLimitWaitMs: number
  /** Names (models, groups) that are tried after failures of a kind, and only then. */
  readonly fallbacks: { readonly contextLength: readonly string[]; readonly contentFilter: readonly string[] }
  /** Further statuses of upstreams after which the next target is asked. */
  readonly failoverStatuses: ReadonlySet<number>
}
