// The contract of what the instances of a gateway share. Everything here is advice or bookkeeping: an instance that
// loses the others goes on with what it knows alone, and no method rejects, throws, or keeps a request waiting for long.

export interface SharedState {
  readonly hints: HintBoard
  readonly affinity: AffinityStore
  readonly leases: Leases
  readonly counters: Counters
  /** Whether other instances see what is done here; false as well while they cannot be reached. */
  readonly shared: boolean
  /** What the server of the instances has been asked; absent where there is none. */
  readonly traffic?: Readonly<ServerTraffic>
  /** Writes what waits to be written, gives back what is held, and lets go. */
  close(): Promise<void>
}

export interface ServerTraffic {
  answered: number
  /** Commands without an answer, or with a failure for one: each ends the connection. */
  failed: number
  /** Commands that were done without, as the server was away. */
  away: number
  /** Milliseconds that answers took, in all. */
  answerMs: number
  connected: number
  /** Connections that were in use and ended. */
  lost: number
  /** Connections that did not come about. */
  refused: number
}

/** `subject` is a target, or the fingerprint of a key; for `key_limited`, of a key and a model. */
export type HintKind = 'target_resting' | 'key_limited' | 'key_refused'

export interface Hint {
  readonly kind: HintKind
  readonly subject: string
  /** Milliseconds for which it holds, from now; 0 takes it back, whoever told it. */
  readonly forMs: number
}

export interface HintBoard {
  /** Tells the others, now or when they can be reached again. */
  tell(hint: Hint): void
  /** Until which `clock.now()` a hint of another instance holds; 0 where there is none. A look into memory. */
  until(kind: HintKind, subject: string): number
  /** Calls for every hint of another instance, those that were told before this one started among them. */
  onHeard(listener: (hint: Hint) => void): void
}

/** What is remembered of a tenant's user, conversation or prompt. */
export interface AffinityPlace {
  readonly tenant: string
  readonly key: string
}

export interface AffinityStore {
  /** What this instance knows. What it does not know, it asks the others for, so that the next call may have it. */
  recall(place: AffinityPlace): string | null
  /** What any instance knows; a promise only where this one does not, kept within a few milliseconds. */
  find(place: AffinityPlace): string | null | Promise<string | null>
  remember(place: AffinityPlace, value: string, ttlMs: number): void
}

export interface LeaseQuestion {
  readonly name: string
  /** How many may be held at once, by all instances together. */
  readonly places: number
  /** How long the lease of an instance that died is held. One that lives renews it until it is released. */
  readonly holdMs: number
}

export interface Leases {
  /** Null where all places are taken. While the others cannot be reached, the places are those of this instance. */
  take(question: LeaseQuestion): Promise<Lease | null>
}

export interface Lease {
  /** May be called more than once. */
  release(): void
}

export interface CounterQuestion {
  readonly name: string
  /** Null where the count is nobody's own. */
  readonly tenant: string | null
  /** A whole number. */
  readonly amount: number
  /** What the total may not exceed; null: it is only counted. */
  readonly limit: number | null
  /** The count starts anew after this time from its first addition. */
  readonly windowMs: number
}

export interface CounterReading {
  /** False where the limit stood against it: nothing was added. */
  readonly accepted: boolean
  readonly total: number
  /** Milliseconds until the count starts anew. */
  readonly resetMs: number
  /** Whether all instances were counted, or this one alone. */
  readonly shared: boolean
}

export interface Counters {
  add(question: CounterQuestion): Promise<CounterReading>
}
