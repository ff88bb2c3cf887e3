// The contract of a wire format. Pure: no I/O, no clock. A client speaks it and a provider speaks it.
//
// A request whose client and provider speak the same format passes as bytes: `checkRequest`, `readAnswer` and `openTap`
// read along. Where the two differ, the translations lead through the neutral form of conversation/, both ways.

import type { AnswerFacts, ReplyHeaders, StreamTap } from '../call.ts'
import type { Abilities } from '../conversation/abilities.ts'
import type { Completion } from '../conversation/completion.ts'
import type { CompletionEvent } from '../conversation/completion-event.ts'
import type { Conversation } from '../conversation/conversation.ts'
import type { EmbeddingAnswer, EmbeddingRequest } from '../conversation/embedding.ts'
import type { RerankAnswer, RerankRequest } from '../conversation/rerank.ts'
import type { ErrorCode, GatewayError } from '../errors.ts'
import type { EventBlock } from '../lib/event-stream-splitter.ts'
import type { JsonObject } from '../lib/json-value.ts'
import type { Quirks } from './quirks.ts'
import type { OwnFieldRules } from './shared/own-fields.ts'

export type { JsonObject } from '../lib/json-value.ts'

/** What the path of a request says, in formats whose bodies leave it out. */
export interface Address {
  readonly model: string | null
  /** Null where the body tells. */
  readonly streaming: boolean | null
}

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
  /** Of the answer: where its stream may be of several kinds. */
  readonly contentType?: string | undefined
}

/** The failure that an upstream's error answer describes, in our vocabulary. */
export interface UpstreamFailure {
  readonly code: ErrorCode
  /** The upstream's own words, safe to show. */
  readonly message: string
  readonly upstreamCode: string | null
  readonly param: string | null
  /** How long to wait, where the body says it; milliseconds. */
  readonly retryAfterMs?: number
}

/** Text in place of a top-level value, or null to take the field out. The text is JSON. */
export type FieldEdits = Readonly<Record<string, string | null>>

/** What does not pass to another vendor's provider, and what of it is to be told. */
export interface PassingEdits {
  readonly edits: FieldEdits
  readonly warnings: readonly string[]
}

export interface Format {
  /** `openai-chat`: the name of its folder. */
  readonly name: string
  /** False where the model stands in the path alone, and so does whether the answer is streamed. */
  readonly modelInBody: boolean
  /** How a stream of this format is cut into events. */
  readonly framing: Framing
  /** Requests may be forms (multipart/form-data), whose fields are checked like those of JSON, as text. */
  readonly takesForms?: true
  /**
   * An answer may be of any kind, whatever was asked for: events, a whole body, or media as it comes. It is waited for
   * as long as for a whole one.
   */
  readonly anyAnswer?: true
  /** What a request and its answer say in characters does not tell the cost: it is unknown without a count. */
  readonly costNeedsUsage?: true
  /** Headers of a client that mean something to an upstream of the same format, lower case; all others stay here. */
  readonly clientHeaders: readonly string[]
  /**
   * Checks the shape of a request that arrived in this format.
   * @throws GatewayError `invalid_request` whose `param` is the path of the field
   */
  checkRequest(body: JsonObject, address: Address): RequestFacts
  /**
   * The edits that make the upstream count a stream's tokens; empty where the format counts by itself.
   * @param body the parsed request
   */
  editsForUsage(body: JsonObject): FieldEdits
  /**
   * The edits that name the model where the body repeats it deep inside; absent where it never does.
   * @param body the parsed request, without its prompt
   */
  editsForModel?(body: JsonObject, model: string): FieldEdits
  /**
   * The edits that take out of a request what only another vendor's provider understands: its proofs in the history of a
   * conversation that several have answered. Absent where a client of the format has no place to keep such things.
   */
  editsForPassing?(body: JsonObject): PassingEdits
  /**
   * The upstream keeps something, or does something beside answering: it runs tools, or stores the answer. Such a request
   * is made once. Absent where it never does.
   * @param parameters the parsed request, without its prompt
   */
  hasEffects?(parameters: JsonObject): boolean
  /** What a provider may get of one of the `clientHeaders`; null for nothing. Absent: all of it. */
  passHeader?(name: string, value: string, quirks: Quirks): string | null
  /** @throws GatewayError `upstream_malformed`, or what an error inside a success says */
  readAnswer(body: Buffer, contentType?: string): AnswerFacts
  openTap(options: TapOptions): StreamTap
  decodeError(answer: { status: number; headers: ReplyHeaders; body: Buffer }): UpstreamFailure
  /** The body of an error answer. */
  encodeError(error: GatewayError, requestId?: string): Buffer
  /** Headers of an error answer in which SDKs look for more than its body says, name and value in turn, lower case. */
  errorHeaders?(error: GatewayError): readonly string[]
  /** An error inside a stream that has begun, framed, with what has to follow it. */
  encodeStreamError(error: GatewayError, requestId?: string): Buffer
  /** Bytes that keep a waiting connection open and mean nothing to the client; empty where the format has none. */
  readonly keepAlive: Buffer
  /** Present in formats of conversations. */
  readonly chat?: ChatTranslation
  /** Present in formats of embeddings. */
  readonly embedding?: Translation<EmbeddingRequest, EmbeddingAnswer>
  /** Present in formats of reranking. */
  readonly rerank?: Translation<RerankRequest, RerankAnswer>
  /** Present in formats that ask how many tokens a prompt has. */
  readonly tokenCount?: TokenCountTranslation
}

/** What the gateway needs to count for a client itself, where the model's provider does not. */
export interface TokenCountTranslation {
  /** @param body checked by `checkRequest` @throws GatewayError `invalid_request` naming the field */
  decodeRequest(body: JsonObject, address: Address): Conversation
  encodeResponse(tokens: number): JsonObject
}

/** One event of a stream as the wire has it, without its frame. */
export interface WireEvent {
  /** Value of the `event` field, or of the `:event-type` header; empty where the format has no names. */
  readonly name: string
  readonly data: string
}

/** How events follow one another on the wire. */
export interface Framing {
  /** Of an answer that is a stream. */
  readonly contentType: string
  openSplitter(): Splitter
  frame(events: readonly WireEvent[]): Buffer
}

/** Finds the events in bytes of any chunking. Names and data are given with one character for each byte (latin1). */
export interface Splitter {
  /** The events that this chunk completes; null where it completes none. */
  push(chunk: Buffer): EventBlock | null
  /** What was left at the end of the stream, where it can be an event. */
  end(): EventBlock | null
}

/** What an encoder has to know of whom it writes to. */
export interface EncodeTarget {
  /** As the upstream names it. */
  readonly model: string
  /** The longest answer of the model in tokens; null where nobody knows. */
  readonly maxOutputTokens: number | null
  /** Whether the usage of a stream has to be asked for, or must not be. */
  readonly streamUsage: 'ask' | 'reject'
  readonly quirks: Quirks
}

export interface EncodedRequest {
  /** In the order in which the format's own SDKs write the fields; nothing in it is null or empty without meaning. */
  readonly body: JsonObject
  /** What was left out, as `dropped parameter top_k`; names as in OpenAI's chat completions. */
  readonly warnings: readonly string[]
  /** Headers that the body needs, name and value in turn, lower case. */
  readonly headers?: readonly string[]
  /** Ends with the beginning of the answer: some providers take that at another address. */
  readonly continues?: true
}

export interface DecodeContext {
  /** A new id, unique within the process, of letters and digits: for formats that have none. */
  createId(): string
}

/** What an encoder of answers may say beside the answer. */
export interface EncodeContext<Asked> {
  /** What the client asked. */
  readonly asked: Asked
  /** The id of the exchange: for answers whose upstream had none. */
  readonly id: string
  /** Seconds since the epoch. */
  readonly created: number
  /** Tokens of the prompt, estimated: for formats that have to name them before the upstream does. */
  readonly inputTokens: number
  createId(): string
  /** Since the request came, in milliseconds: for formats that tell how long an answer took. */
  readonly elapsedMs?: () => number
}

/** One direction each between a format and the neutral form. Nothing here changes what it is given. */
export interface Translation<Asked, Answer> {
  /** @param body checked by `checkRequest` @throws GatewayError `invalid_request` naming the field */
  decodeRequest(body: JsonObject, address: Address): Asked
  /** @throws GatewayError `unsupported_parameter` for what would change the meaning if it were left out */
  encodeRequest(asked: Asked, target: EncodeTarget): EncodedRequest
  /** @throws GatewayError `upstream_malformed`, or what an error inside a success says */
  decodeResponse(body: unknown, context: DecodeContext): Answer
  encodeResponse(answer: Answer, context: EncodeContext<Asked>): JsonObject
  /** What becomes of fields that only this format has on the way to another; absent where no client speaks it. */
  readonly ownFields?: OwnFieldRules
  /** Names of fields that `encodeRequest` understands in a request of any format. */
  readonly understands?: ReadonlySet<string>
}

export interface ChatTranslation extends Translation<Conversation, Completion> {
  /** What the format can say to this target; what it cannot is put otherwise before `encodeRequest` sees it. */
  abilities(target: EncodeTarget, conversation?: Conversation): Abilities
  /** One for each stream. Events go to `emit` in the order of the grammar in completion-event.ts. */
  openDecoder(context: DecodeContext, emit: (event: CompletionEvent) => void): StreamDecoder
  /** One for each stream. */
  openEncoder(context: EncodeContext<Conversation>, write: (event: WireEvent) => void): StreamEncoder
  /**
   * The same for a stream that has begun: its events bear the ids and numbers of those that were sent. Absent where these
   * follow from what is said. What is written while it replays goes nowhere.
   */
  resumeEncoder?(
    context: EncodeContext<Conversation>,
    write: (event: WireEvent) => void,
    begun: BegunStream,
  ): StreamEncoder
  /**
   * Whether what a client has as the signature of a thought proves it. Absent where every signature does; where foreign
   * thoughts get one to be kept by, not all do.
   */
  isProof?(signature: string): boolean
}

export interface StreamDecoder {
  /** @throws GatewayError for an error event (so that it can be tried elsewhere), or one that is not of the format */
  push(event: WireEvent): void
  /** The upstream has closed. @throws GatewayError `upstream_truncated` where the end did not come */
  finish(): void
}

export interface StreamEncoder {
  /** Writes what the event means to the client; with `end` the marker of the end. Legal input makes legal output. */
  push(event: CompletionEvent): void
  /** Ends the stream with an error that the client's SDK raises. */
  fail(error: GatewayError): void
  /** What it is given is held until it is known to be of use; absent where nothing ever is. */
  readonly holding?: boolean
}

/** What a client was sent of a stream that another one goes on with. */
export interface BegunStream {
  readonly wire: readonly WireEvent[]
  /** Gives an encoder what was sent, in the neutral form. */
  replay(encoder: StreamEncoder): void
}
