// Embeddings in the neutral form: texts in, vectors out.

import type { Usage } from '../call.ts'
import type { Extra } from './parts.ts'

export interface EmbeddingRequest {
  readonly model: string
  /** Texts, or texts as token numbers of the model. */
  readonly inputs: readonly (string | readonly number[])[]
  /** A single input, not a list of one: formats that answer the two differently need to know. */
  readonly single: boolean
  readonly dimensions?: number
  /** What the vectors are for, in the vocabulary `search_document`, `search_query`, `classification`, `clustering`, `similarity`. */
  readonly purpose?: string
  /** How the client wants the numbers; absent for the default of its format. */
  readonly encoding?: 'float' | 'base64'
  readonly user?: string
  readonly extra?: Extra
}

export interface EmbeddingAnswer {
  readonly id: string
  readonly model: string
  /** One for each input, in their order. */
  readonly vectors: readonly Vector[]
  readonly usage: Usage | null
  readonly extra?: Extra
}

/** Numbers, or the base64 of their 32-bit little-endian floats, as they came. */
export type Vector = readonly number[] | string
