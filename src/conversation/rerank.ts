// Reranking in the neutral form: a question and documents in, their order of relevance out.

import type { Usage } from '../call.ts'
import type { JsonObject } from '../lib/json-value.ts'
import type { Extra } from './parts.ts'

export interface RerankRequest {
  readonly model: string
  readonly query: string
  /** Texts, or objects with a `text`. */
  readonly documents: readonly (string | JsonObject)[]
  /** How many are wanted; absent for all. */
  readonly topN?: number
  readonly returnDocuments?: boolean
  readonly extra?: Extra
}

export interface RerankAnswer {
  readonly id: string
  /** Most relevant first. */
  readonly results: readonly { readonly index: number; readonly score: number }[]
  readonly usage: Usage | null
  /** What the provider bills by, where it does not bill by tokens. */
  readonly searchUnits?: number
  readonly extra?: Extra
}
