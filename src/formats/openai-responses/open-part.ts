// A part of a streamed response while it comes: where it stands, what it has said, and how its deltas are written.

import type { PartOpening } from '../../conversation/completion-event.ts'
import type { ReasoningPart, ToolCallPart } from '../../conversation/parts.ts'
import type { JsonObject } from '../../lib/json-value.ts'

/** The names of its events: `response.KIND.delta`, `response.KIND.done`. */
export type DeltaKind =
  | 'output_text'
  | 'refusal'
  | 'reasoning_summary_text'
  | 'reasoning_text'
  | 'function_call_arguments'
  | 'custom_tool_call_input'

/** A message of which the contents come one by one, or overlap. */
export interface OpenMessage {
  readonly id: string
  readonly index: number
  readonly content: JsonObject[]
  /** Contents that have not ended. */
  open: number
  /** Nothing more is added to it. */
  sealed: boolean
}

export interface OpenPart {
  readonly opening: PartOpening
  readonly kind: DeltaKind
  readonly id: string
  /** Of its item in the output. */
  readonly index: number
  readonly message: OpenMessage | null
  readonly contentIndex: number
  /** What every event of it names. */
  readonly place: JsonObject
  readonly deltaName: string
  /** The event of a delta: up to its text, and from there to its number. */
  readonly before: string
  readonly after: string
  text: string
  signature: string
  encrypted: string
  readonly annotations: JsonObject[]
  extra: ToolCallPart['extra']
}

interface Where {
  readonly id: string
  readonly index: number
  readonly message?: OpenMessage
}

export function openPart(opening: PartOpening, { id, index, message }: Where): OpenPart {
  const kind = kindOfDelta(opening)
  const contentIndex = message?.content.length ?? 0
  const place: JsonObject = { item_id: id, output_index: index, ...placeWithin(kind, contentIndex) }
  const deltaName = `response.${kind}.delta`
  const logprobs = kind === 'output_text' ? ',"logprobs":[]' : ''
  return {
    opening,
    kind,
    id,
    index,
    message: message ?? null,
    contentIndex,
    place,
    deltaName,
    before: `${JSON.stringify({ type: deltaName, ...place }).slice(0, -1)},"delta":`,
    after: `${logprobs},"sequence_number":`,
    text: '',
    signature: '',
    encrypted: '',
    annotations: [],
    extra: 'extra' in opening ? opening.extra : undefined,
  }
}

function kindOfDelta(opening: PartOpening): DeltaKind {
  switch (opening.type) {
    case 'text':
      return 'output_text'
    case 'refusal':
      return 'refusal'
    case 'reasoning':
      return opening.summary === true ? 'reasoning_summary_text' : 'reasoning_text'
    case 'tool_call':
      return opening.custom === true ? 'custom_tool_call_input' : 'function_call_arguments'
  }
}

function placeWithin(kind: DeltaKind, contentIndex: number): JsonObject {
  if (kind === 'reasoning_summary_text') return { summary_index: 0 }
  return kind === 'function_call_arguments' || kind === 'custom_tool_call_input'
    ? {}
    : { content_index: contentIndex }
}

/** The letters before the id of an item. */
export function prefixOf(opening: PartOpening): string {
  if (opening.type === 'reasoning') return 'rs'
  return opening.type === 'tool_call' && opening.custom === true ? 'ctc' : 'fc'
}

/** What has come of a thought or a call so far. */
export function partSoFar(open: OpenPart): ReasoningPart | ToolCallPart | null {
  const { opening, text, signature, encrypted, extra } = open
  const more = {
    ...(signature !== '' && { signature }),
    ...(extra !== undefined && { extra }),
  }
  if (opening.type === 'tool_call') return { ...opening, arguments: text, ...more }
  if (opening.type !== 'reasoning') return null
  return { ...opening, text, ...more, ...(encrypted !== '' && { encrypted }) }
}
