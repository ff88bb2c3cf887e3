// Every model that is known here, served or not: the merged facts of each at each provider. Immutable; a refresh makes a
// new one and replaces it as a whole.

import type { FactSource, ModelFacts } from '../model-facts.ts'

/** Why a model cannot be asked for now. */
export type Missing =
  /** No provider of that type is configured. */
  | 'provider_not_configured'
  /** Its provider lacks something: a key, a package. */
  | 'provider_unusable'
  /** The configuration names the models of its provider, and this one is not among them. */
  | 'not_configured'
  /** Its provider answered with a list of its models, and this one is not in it. */
  | 'not_listed'
  /** It was retired. */
  | 'retired'

/** All of them, for those who name one. */
export const missingReasons = Object.keys({
  provider_not_configured: true,
  provider_unusable: true,
  not_configured: true,
  not_listed: true,
  retired: true,
} satisfies Record<Missing, true>) as readonly Missing[]

export interface CatalogueEntry extends ModelFacts {
  /** `provider/model`, unique. */
  readonly key: string
  /** The name by which clients ask for it. */
  readonly id: string
  /** The configured name; the type, where it is not configured. */
  readonly provider: string
  readonly providerType: string
  /** Null where it can be asked for. */
  readonly missing: Missing | null
  /** What would have to be done, as a sentence; null where it can be asked for. */
  readonly missingReason: string | null
  /** Who said something of it, the most believed first. */
  readonly sources: readonly FactSource[]
  /** When its provider last listed it, in milliseconds since the epoch; null where it never did. */
  readonly listedAt: number | null
  /** Places among the provider's keys that see it; null where all do, or where nobody knows. */
  readonly seenByKeys: readonly number[] | null
}

export interface Catalogue {
  /** By key, ascending. */
  readonly entries: readonly CatalogueEntry[]
  /** Changes with the content: the `ETag`. */
  readonly version: string
  /** When it was put together, in milliseconds since the epoch. */
  readonly builtAt: number
  find(key: string): CatalogueEntry | null
  /** All that clients may mean by a name: of several providers, or by a further name. */
  findById(id: string): readonly CatalogueEntry[]
}
