// What the routes of the models ask of the rest of the gateway.

import type { Catalogue, CatalogueEntry } from '../../catalog/catalogue.ts'
import type { KnownNames, ModelQuestion } from '../../catalog/filters.ts'
import type { ModelChange } from '../../catalog/model-changes.ts'
import type { SearchResult } from '../../catalog/search.ts'
import type { BreakerState } from '../../events.ts'
import type { Clock } from '../../lib/clock.ts'
import type { FactSource, ModelFacts } from '../../model-facts.ts'

/**
 * - `available`: can be asked now.
 * - `degraded`: the same, but it fails now and then, or is being tried out after a failure.
 * - `open`: its breaker is open.
 * - `resting`: all its keys rest, or it is left alone for a while for another reason.
 * - `missing`: it cannot be asked for; see `missing` of the entry.
 */
export type ModelStatus = 'available' | 'degraded' | 'open' | 'resting' | 'missing'

/** What is seen of a model at its provider, by our own requests. */
export interface LiveFacts {
  readonly status: ModelStatus
  readonly breaker: BreakerState
  /** Of the last minutes. */
  readonly calls: number
  readonly failures: number
  readonly firstTokenMs: { readonly p50: number; readonly p95: number } | null
  readonly tokensPerSecond: number | null
  /** What its tokens really cost, the reuse of prompts included; null where none were paid for lately. */
  readonly effective: EffectivePrice | null
}

export interface EffectivePrice {
  /** US dollars per million tokens; null where it cannot be told. */
  readonly input: number | null
  readonly output: number | null
  /** The share of the input that was read from the provider's prompt cache. */
  readonly cacheHitRatio: number | null
  readonly inputTokens: number
  readonly outputTokens: number
  readonly paidUsd: number
  readonly answers: number
}

/** What a name of the configuration stands for. */
export interface NameMeaning {
  readonly kind: 'alias' | 'group'
  /** As configured. */
  readonly leadsTo: readonly string[]
  /** In the order in which they are asked. */
  readonly offers: readonly CatalogueEntry[]
  /** Of those to which it leads, who stands for nothing that could be asked, and why, as a sentence. */
  readonly unserved: ReadonlyArray<{ readonly name: string; readonly reason: string }>
  /** What holds whichever of them answers. */
  readonly facts: ModelFacts
}

/** Who says a fact, and what others say of it who are believed less. */
export interface FactOrigin {
  readonly name: keyof ModelFacts
  readonly source: FactSource
  readonly value: unknown
  readonly overruled: ReadonlyArray<{ readonly source: FactSource; readonly value: unknown }>
}

/** How the list of a provider stands. Times in milliseconds since the epoch. */
export interface ListingState {
  readonly provider: string
  readonly status: 'listed' | 'failed' | 'refused' | 'unlisted' | 'waiting'
  readonly models: number
  /** When the list in force was read. */
  readonly at: number | null
  readonly lastTriedAt: number | null
  readonly lastError: string | null
  readonly nextAt: number | null
  /** Why it is not asked, as a sentence. */
  readonly unlistedReason?: string
}

/** What is known of the models at a time: an answer never mixes two states. */
export interface ModelLibrary {
  readonly catalogue: Catalogue
  /** @throws GatewayError 400 for a cursor that does not belong to the question */
  search(question: ModelQuestion): SearchResult
  knownNames(): KnownNames
  live(entry: CatalogueEntry): LiveFacts
  /** Null where the name is no alias and no group. */
  meaningOf(name: string): NameMeaning | null
  /** All that are meant by the name of a model, in the order in which they are asked; missing ones last. */
  offersOf(name: string): readonly CatalogueEntry[]
  /** When a model of which nothing else is known was last listed, at whom, as a sentence; null where it never was. */
  describeGone(name: string): string | null
  /** Up to three names that may have been meant. */
  suggest(name: string): readonly string[]
  /** Who says what of a model. */
  origins(entry: CatalogueEntry): readonly FactOrigin[]
  /** What could stand in for a model: one that can do the same, at the nearest price. Soon known when asked again. */
  replacementOf(entry: CatalogueEntry): CatalogueEntry | null
}

/** The lists of the providers, and what has changed in them. */
export interface ModelLists {
  /** Of each configured provider. */
  states(): readonly ListingState[]
  /** Asks them now; what they say is in the catalogue when the promise resolves. */
  refresh(
    providers: readonly string[] | undefined,
    options: { readonly acceptShrunken: boolean },
  ): Promise<readonly ListingState[]>
  /** Ascending, of those behind `after`. */
  changes(after: number, limit: number): readonly ModelChange[]
}

export interface ModelsDeps {
  readonly clock: Pick<Clock, 'now' | 'wall'>
  /** The newest state, as soon as there is one. */
  models(): Promise<ModelLibrary>
  readonly modelLists: ModelLists
  /** Packages from which the bundled facts come. */
  readonly modelSources: () => ReadonlyArray<{ readonly package: string; readonly version: string }>
}
