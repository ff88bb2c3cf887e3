// The pieces of which messages and answers are made, in no vendor's shape. All are data, and none is changed once made.

import type { JsonObject } from '../lib/json-value.ts'

/**
 * What only one wire format has, under the name of that format. It goes back to the same format as it came, and no
 * other format looks at it.
 */
export type Extra = Readonly<Record<string, JsonObject>>

/** Asks the provider to keep the prompt up to here for the next request. */
export interface CacheMarker {
  /** `5m` or `1h`; absent for the provider's own choice. */
  readonly ttl?: string
}

/** Where the bytes of an image, a recording or a document are. */
export type MediaSource =
  | { readonly kind: 'base64'; readonly mediaType: string; readonly data: string }
  /** An address that whoever answers can fetch: `https:`, or a bucket of the provider's own (`gs:`, `s3:`). */
  | { readonly kind: 'url'; readonly url: string; readonly mediaType?: string }
  /** A file that was uploaded to the provider before. */
  | { readonly kind: 'file'; readonly id: string; readonly mediaType?: string }

interface Marked {
  readonly cache?: CacheMarker
  readonly extra?: Extra
}

export interface TextPart extends Marked {
  readonly type: 'text'
  readonly text: string
  readonly citations?: readonly Citation[]
}

/** What a text rests on. */
export interface Citation {
  /** The address of the source, where it is on the web. */
  readonly url?: string
  readonly title?: string
  /** The words of the source. */
  readonly quote?: string
  /** UTF-16 offsets in the text of its part: from, and up to. */
  readonly start?: number
  readonly end?: number
  readonly extra?: Extra
}

export interface ImagePart extends Marked {
  readonly type: 'image'
  readonly source: MediaSource
  /** How closely it is to be looked at: `low`, `high`, `auto`. */
  readonly detail?: string
}

export interface AudioPart extends Marked {
  readonly type: 'audio'
  readonly source: MediaSource
  /** The words spoken, where the model gave them. */
  readonly transcript?: string
}

/** A document (PDF, plain text) or a film. */
export interface FilePart extends Marked {
  readonly type: 'file'
  readonly source: MediaSource
  readonly name?: string
}

export interface ToolCallPart extends Marked {
  readonly type: 'tool_call'
  /** Unique within the conversation. */
  readonly id: string
  readonly name: string
  /** JSON text, letter by letter as the model wrote it; for a custom tool plain text. */
  readonly arguments: string
  /** A call of a tool that takes free text instead of JSON. */
  readonly custom?: true
  /** What the provider needs back with the call, or it refuses the next turn. */
  readonly signature?: string
}

export interface ToolResultPart extends Marked {
  readonly type: 'tool_result'
  readonly callId: string
  /** The name of the tool, where the format says it or the history tells. */
  readonly name?: string
  readonly content: readonly ToolResultContent[]
  readonly isError?: true
}

export type ToolResultContent = TextPart | ImagePart | AudioPart | FilePart | OpaquePart

/** What the model thought before it answered. */
export interface ReasoningPart {
  readonly type: 'reasoning'
  /** Empty where the provider shows nothing of it. */
  readonly text: string
  /** Proves to the provider that the text is its own; bound to the model and to what stands before it. */
  readonly signature?: string
  /** The thought itself, readable by the provider alone, in place of the text or beside it. */
  readonly encrypted?: string
  /** The text is a summary of the thought. */
  readonly summary?: true
  /** The wire format whose provider made the signature or the encrypted thought. */
  readonly origin?: string
  readonly extra?: Extra
}

export interface RefusalPart {
  readonly type: 'refusal'
  readonly text: string
}

/** What one wire format has and the neutral form has no word for: a call of the provider's own tool, its result. */
export interface OpaquePart {
  readonly type: 'opaque'
  /** The name of the format in whose shape the value is. */
  readonly format: string
  readonly value: JsonObject
}

export type Part =
  | TextPart
  | ImagePart
  | AudioPart
  | FilePart
  | ToolCallPart
  | ToolResultPart
  | ReasoningPart
  | RefusalPart
  | OpaquePart
