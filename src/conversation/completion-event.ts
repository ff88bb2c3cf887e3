// A streamed answer in the neutral form. The grammar of a stream, where `part` counts from 0 within its choice:
//
//   start (part_start (part_delta | part_detail)* part_end | part | logprobs | usage)* finish-per-choice usage? end
//
// Parts of one choice begin in the order of their numbers. They may overlap: parallel tool calls of some vendors do.

import type { Usage } from '../call.ts'
import type { JsonObject } from '../lib/json-value.ts'
import type { AnswerPart, Finish } from './completion.ts'
import type { Citation, Extra } from './parts.ts'

export type CompletionEvent =
  | StartEvent
  | PartStartEvent
  | PartDeltaEvent
  | PartDetailEvent
  | PartEndEvent
  | WholePartEvent
  | LogprobsEvent
  | FinishEvent
  | UsageEvent
  | EndEvent

/** First, once. */
export interface StartEvent {
  readonly type: 'start'
  /** Empty where the upstream has no ids. */
  readonly id: string
  /** Empty where the upstream does not say. */
  readonly model: string
  /** Seconds since the epoch. */
  readonly created?: number
  readonly extra?: Extra
}

/** A part begins whose content comes in pieces. */
export interface PartStartEvent {
  readonly type: 'part_start'
  readonly choice: number
  readonly part: number
  readonly opening: PartOpening
}

export type PartOpening =
  | { readonly type: 'text' }
  | { readonly type: 'refusal' }
  | { readonly type: 'reasoning'; readonly summary?: true; readonly origin?: string; readonly extra?: Extra }
  | {
      readonly type: 'tool_call'
      readonly id: string
      readonly name: string
      readonly custom?: true
      readonly extra?: Extra
    }

/** More of the text, of the reasoning, of the refusal, or of the arguments of a tool call. */
export interface PartDeltaEvent {
  readonly type: 'part_delta'
  readonly choice: number
  readonly part: number
  readonly text: string
}

/** What belongs to a part and is not its text. Signatures and encrypted thoughts that come in pieces are joined. */
export interface PartDetailEvent {
  readonly type: 'part_detail'
  readonly choice: number
  readonly part: number
  readonly detail:
    | { readonly signature: string }
    | { readonly encrypted: string }
    | { readonly citation: Citation }
    | { readonly extra: Extra }
}

export interface PartEndEvent {
  readonly type: 'part_end'
  readonly choice: number
  readonly part: number
}

/** A part that came in one piece: an image, an encrypted thought, something opaque. */
export interface WholePartEvent {
  readonly type: 'part'
  readonly choice: number
  readonly part: number
  readonly value: AnswerPart
}

export interface LogprobsEvent {
  readonly type: 'logprobs'
  readonly choice: number
  /** As in `Choice.logprobs`; the entries of later events follow those of earlier ones. */
  readonly logprobs: JsonObject
}

/** Once for each choice, when all its parts have ended. */
export interface FinishEvent {
  readonly type: 'finish'
  readonly choice: number
  readonly finish: Finish
}

/** The count so far, whole each time: the last one holds. */
export interface UsageEvent {
  readonly type: 'usage'
  readonly usage: Usage
}

/** Last, once: the stream is whole. */
export interface EndEvent {
  readonly type: 'end'
  readonly serviceTier?: string
  readonly extra?: Extra
}
