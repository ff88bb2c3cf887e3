// The contract of a wire format. Pure: no I/O, no clock. A client speaks it and a provider speaks it.

import type { AnswerFacts, ReplyHeaders, StreamTap } from '../call.ts'
import type { ErrorCode, GatewayError } from '../errors.ts'

export type JsonObject = { readonly [field: string]: unknown }

/** What the gateway needs to know of a request before it can send it. Read from the parsed body in one pass. */
export interface RequestFacts {
  readonly model: string
  readonly streaming: boolean
  /** The client asked for the usage of a stream itself. */
  readonly wantsStreamUsage: boolean
  /** UTF-16 units of all prompt text: the base of an estimate where an answer brings no usage. */
  readonly inputCharacters: number
  /** Names of the top-level fields, as sent. */
  readonly fields: readonly string[]
}

export interface TapOptions {
  /** Pass the usage chunk on; without it the chunk is read and taken out. */
  readonly passUsage: boolean
}

/** The failure that an upstream's error answer describes, in our vocabulary. */
export interface UpstreamFailure {
  readonly code: ErrorCode
  /** The upstream's own words, safe to show. */
  readonly message: string
  readonly upstreamCode: string | null
  readonly param: string | null
}

/** Text in place of a top-level value, or null to take the field out. The text is JSON. */
export type FieldEdits = Readonly<Record<string, string | null>>

export interface Format {
  /** `openai-chat`: the name of its folder. */
  readonly name: string
  /**
   * Checks the shape of a request that arrived in this format.
   * @throws GatewayError `invalid_request` whose `param` is the path of the field
   */
  checkRequest(body: JsonObject): RequestFacts
  /**
   * The edits that make the upstream count a stream's tokens; empty where the format counts by itself.
   * @param body the parsed request
   */
  editsForUsage(body: JsonObject): FieldEdits
  /** @throws GatewayError `upstream_malformed`, or what an error inside a success says */
  readAnswer(body: Buffer): AnswerFacts
  openTap(options: TapOptions): StreamTap
  decodeError(answer: { status: number; headers: ReplyHeaders; body: Buffer }): UpstreamFailure
  /** The body of an error answer. */
  encodeError(error: GatewayError): Buffer
  /** An error inside a stream that has begun, framed, with what has to follow it. */
  encodeStreamError(error: GatewayError): Buffer
  /** Bytes that keep a waiting connection open and mean nothing to the client. */
  readonly keepAlive: Buffer
}
