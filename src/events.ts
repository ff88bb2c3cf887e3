// The vocabulary of facts: what the gateway tells its observers. Observers read; they cannot delay or fail a request.

import type { Operation, Usage } from './call.ts'
import type { AttemptRecord, ErrorCode } from './errors.ts'

/** How a request ended. `ok` alone is a success. */
export type Outcome = 'ok' | 'error' | 'truncated' | 'client_disconnected'

/**
 * `provider`: counted by the upstream. `estimated`: computed here, because the answer was cut.
 * `none`: nothing was used, or nothing can be said.
 */
export type UsageSource = 'provider' | 'estimated' | 'none'

/** `unpriced` means that the price is unknown, which is never the same as free. */
export type CostStatus = 'priced' | 'unpriced' | 'none'

/** How the targets of a request were chosen: enough to explain it, and to decide it again from another configuration. */
export interface RouteDecision {
  /** The rule that matched; null where none did. */
  readonly rule: string | null
  /** The name that was resolved. */
  readonly model: string
  readonly strategy: string
  /** Where the strategy's chance began; null where there was nothing to choose. */
  readonly seed: number | null
  /** Target ids in the order in which they were to be tried. */
  readonly candidates: readonly string[]
  /** As in `Ranking`, in the order of the candidates. */
  readonly scores: readonly (number | null)[] | null
  readonly propensity: number | null
  /** Why a target of the name was left out. */
  readonly filtered: readonly { readonly target: string; readonly reason: string }[]
  /** Into which part of a split the request fell: its names, null for the rest; and the draw, from 0 to below 1. */
  readonly split?: { readonly use: readonly string[] | null; readonly draw: number } | null
  /** The first is first because the conversation was there before. */
  readonly affinity?: boolean
  /** What the choice was made by, beside what stands in the row: for deciding it again. */
  readonly facts?: DecisionFacts
  /** Who was asked instead, after a failure for which the route has a list. */
  readonly fallback?: FallbackDecision
  /** The request is a copy, whose answer nobody read. */
  readonly shadow?: boolean
}

export interface FallbackDecision {
  /** What made it necessary. */
  readonly after: ErrorCode
  /** The names of the list. */
  readonly use: readonly string[]
  /** Target ids in the order in which they were to be tried. */
  readonly candidates: readonly string[]
}

export interface DecisionFacts {
  /** UTF-16 units of all prompt text. */
  readonly inputCharacters: number
  readonly needs: {
    readonly tools: boolean
    readonly vision: boolean
    readonly json: boolean
    readonly reasoning?: boolean
  }
  /** As the client wrote it. */
  readonly maxTokens: number | null
}

/** The end of one client request: everything that log, metrics and ledger need. */
export interface ExchangeEnded {
  readonly type: 'exchange_ended'
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly operation: Operation
  /** The route as declared, `/v1/chat/completions`: bounded in number. */
  readonly route: string
  readonly streaming: boolean
  /** Name of the key, never the key: `key_3f2a…`; null where authentication failed or is off. */
  readonly keyId: string | null
  readonly modelAsked: string | null
  /** The provider and model of the last attempt; null where none was made. */
  readonly provider: string | null
  readonly model: string | null
  readonly status: number
  readonly outcome: Outcome
  readonly errorCode: ErrorCode | null
  readonly errorMessage: string | null
  readonly finishReason: string | null
  /** Events of the stream that were not of its format and were dropped; absent for none. */
  readonly malformedEvents?: number
  readonly usage: Usage | null
  readonly usageSource: UsageSource
  /** Cost in nano US dollars; null where it is not known. */
  readonly costNanoUsd: number | null
  readonly costStatus: CostStatus
  /** Milliseconds from the first byte of the request to the last of the answer. */
  readonly durationMs: number
  /** Milliseconds spent waiting for upstreams, retries' waits included. */
  readonly upstreamMs: number
  /** Milliseconds from the start to the first content; null where none was sent. */
  readonly firstContentMs: number | null
  readonly attempts: readonly AttemptRecord[]
  /** Null where no route was looked for. */
  readonly decision: RouteDecision | null
  readonly warnings: readonly string[]
  readonly bytesIn: number
  readonly bytesOut: number
  readonly configVersion: string
}

/** A call of an upstream that did not become the answer, or that became it: one per call. */
export interface AttemptEnded {
  readonly type: 'attempt_ended'
  readonly id: string
  readonly attempt: AttemptRecord
}

export interface ExchangeStarted {
  readonly type: 'exchange_started'
  readonly id: string
}

export interface ConfigurationLoaded {
  readonly type: 'configuration_loaded'
  readonly version: string
}

/** A changed file that was refused: the old configuration stays. */
export interface ConfigurationRejected {
  readonly type: 'configuration_rejected'
  readonly problems: readonly string[]
}

/** A key of a provider was refused by it and is set aside. */
export interface ProviderKeyRejected {
  readonly type: 'provider_key_rejected'
  readonly provider: string
  /** Position of the key in the configuration, from 0. */
  readonly keyIndex: number
}

/** How the warning begins that tells why a broken stream was not rescued. */
export const notRescued = 'not rescued: '

/** A copy of a request has ended, or was not sent; nobody waits for one. */
export interface ShadowEnded {
  readonly type: 'shadow_ended'
  /** The name in the configuration to which copies go. */
  readonly use: string
  readonly result: 'ok' | 'failed' | 'skipped'
  /** In nano US dollars; null where it is not known. */
  readonly costNanoUsd: number | null
}

/** A target was asked for one token, for nobody but the gateway itself. */
export interface HealthCheckEnded {
  readonly type: 'health_check_ended'
  readonly provider: string
  /** Null: it answered. */
  readonly code: ErrorCode | null
  /** How often it was called. */
  readonly calls: number
  /** In nano US dollars; null where it is not known. */
  readonly costNanoUsd: number | null
}

export type BreakerState = 'closed' | 'open' | 'half_open'

export interface BreakerChanged {
  readonly type: 'breaker_changed'
  /** `provider/model`. */
  readonly target: string
  readonly state: BreakerState
}

/** A provider gave its list of models, and it is believed. */
export interface ModelsListed {
  readonly type: 'models_listed'
  readonly provider: string
  readonly models: number
  /** Entries without a usable name, which were left out. */
  readonly skipped: number
  /** It had failed, or was doubted, before. */
  readonly recovered: boolean
}

/** A provider gave no list of models, or one that is doubted: the one before stays. */
export interface ModelListingFailed {
  readonly type: 'model_listing_failed'
  readonly provider: string
  readonly reason: string
  /** It came, but much of what was there before was missing. */
  readonly refused: boolean
  /** It is news: the first of its kind, and not of a server that is simply switched off. */
  readonly tell: boolean
}

/** What is new, changed and gone in the models of a provider. */
export interface ModelsChanged {
  readonly type: 'models_changed'
  readonly provider: string
  /** By kind of change: `added`, `removed`, `changed`, `price_changed`, `deprecated`, `retired`; those that are 0 are absent. */
  readonly counts: Readonly<Record<string, number>>
  /** Names of some of them. */
  readonly models: readonly string[]
}

/** Something that an operator should read in the log. */
export interface Notice {
  readonly type: 'notice'
  readonly level: 'info' | 'warn' | 'error'
  readonly message: string
  readonly detail?: Readonly<Record<string, string | number | boolean | null>>
}

export type GatewayEvent =
  | ExchangeStarted
  | ExchangeEnded
  | AttemptEnded
  | ConfigurationLoaded
  | ConfigurationRejected
  | ProviderKeyRejected
  | BreakerChanged
  | ShadowEnded
  | HealthCheckEnded
  | ModelsListed
  | ModelListingFailed
  | ModelsChanged
  | Notice

/** Reads facts. Must not throw and must not wait. */
export type Observer = (event: GatewayEvent) => void
