// The answer of a model in the neutral form.

import type { Usage } from '../call.ts'
import type { JsonObject } from '../lib/json-value.ts'
import type { Extra, Part } from './parts.ts'

/** What an assistant says: no tool results. */
export type AnswerPart = Exclude<Part, { readonly type: 'tool_result' }>

export interface Completion {
  readonly id: string
  /** The model that the upstream says answered. */
  readonly model: string
  /** Seconds since the epoch, where the upstream says it. */
  readonly created?: number
  /** In the order of their indexes, which count from 0. */
  readonly choices: readonly Choice[]
  /** Null where the upstream counted nothing. */
  readonly usage: Usage | null
  readonly serviceTier?: string
  readonly extra?: Extra
}

export interface Choice {
  /** In the order in which the model made them. */
  readonly parts: readonly AnswerPart[]
  readonly finish: Finish
  /** In OpenAI's shape: `{ content: [{ token, logprob, bytes, top_logprobs }] }`. */
  readonly logprobs?: JsonObject
}

/** Why a model stopped. */
export interface Finish {
  readonly reason: FinishReason
  /** In the provider's words. */
  readonly native?: string
  /** The stop sequence that was met, where the provider tells. */
  readonly stopSequence?: string
  readonly extra?: Extra
}

/**
 * `stop`: it was done, or met a stop sequence. `tool_calls`: it waits for results. `length`: the limit of tokens, or the
 * context window. `content_filter`: the provider cut or refused. `pause`: the provider wants to be asked to go on.
 */
export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'pause'
