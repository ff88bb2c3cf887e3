// What differs between the answers of Ollama's two ways to ask: `/api/chat` puts what was said into a message,
// `/api/generate` puts it beside the rest.

import type { JsonObject } from '../../lib/json-value.ts'

/** What an answer, or a line of a stream, says. */
export interface SaidFields {
  readonly text: unknown
  readonly thinking: unknown
  readonly toolCalls: unknown
  readonly images: unknown
}

/** To be written into an answer. */
export interface Said {
  readonly text: string
  readonly thinking?: string
  readonly toolCalls?: readonly JsonObject[]
  readonly images?: readonly string[]
}

export interface AnswerShape {
  /** Of the format. */
  readonly formatName: string
  /** Null where the answer has not the shape. */
  read(answer: JsonObject): SaidFields | null
  write(said: Said): JsonObject
}
