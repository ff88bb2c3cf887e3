// The vocabulary of sending: what goes to an upstream, what comes back, and the shape of a layer between the two.

import type { Readable } from 'node:stream'
import type { AttemptRecord, GatewayError } from './errors.ts'
import type { Cancellation } from './lib/cancellation.ts'
import type { Secret } from './lib/secret.ts'

/** What is asked of a model. An operation may have several wire formats, on either side. */
export type Operation =
  | 'chat'
  | 'completion'
  | 'token_count'
  | 'embedding'
  | 'rerank'
  | 'moderation'
  | 'image_generation'
  | 'image_edit'
  | 'speech'
  | 'transcription'
  | RelayedOperation

/** What is passed on as it came, without a look at its model. */
export type RelayedOperation = 'file' | 'batch' | 'passthrough'

/** Where at a provider a request goes: what its path depends on. */
export interface Destination {
  readonly operation: Operation
  /** The name of the wire format. */
  readonly format: string
  /** As the upstream names it. */
  readonly model: string
  readonly streaming: boolean
  /** The request ends with the beginning of its answer, and asks the model to go on. */
  readonly continues?: true | undefined
}

/** How long an upstream may be silent, in milliseconds, by phase. */
export interface Timers {
  /** TCP and TLS. */
  readonly connectMs: number
  /** From the request sent to the head of the answer. */
  readonly headersMs: number
  /** From the request sent to the first content of a stream. */
  readonly firstContentMs: number
  /** Between two chunks of an answer. */
  readonly idleMs: number
  /** Below this pace a stream counts as stalled, as silence would; absent for any pace. */
  readonly throughput?: { readonly minTokensPerSecond: number; readonly windowMs: number } | undefined
}

/** A configured provider, as the sending side sees it. Built from provider data and configuration. */
export interface Connection {
  /** The configured name, unique: `openai`, `azure-eu`. */
  readonly provider: string
  /** The kind of provider it is: a key of the provider list. */
  readonly type: string
  /** `https://api.example.com`, without a path. */
  readonly origin: string
  readonly keys: readonly Secret[]
  /** Places among the keys that may ask for a model, for the models that not all of them may ask for; absent for none. */
  readonly seenByKeys?: ReadonlyMap<string, readonly number[]>
  readonly timers: Timers
  readonly maxConnections: number
  /** How often the same deployment is asked again after a failure that allows it. */
  readonly maxRetries: number
  /** Path and query, starting with `/`; null where the provider lacks the operation. */
  pathFor(destination: Destination): string | null
  /** The path of a relayed request: below the base URL, or where the provider has its files and batches. */
  relayPathFor?(operation: RelayedOperation, path: string): string
  /** Credentials and fixed headers, as name and value in turn, lower case. */
  headersFor(key: Secret | null): readonly string[]
  /** Signs a request or fetches a token for it; absent where the key in a header is all. */
  readonly authorize?: Authorize
  /** Answers without a network; only the simulator has it. */
  readonly answer?: RawSend
}

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** A request as it is signed: everything that will be on the wire. */
export interface SignableRequest {
  readonly method: Method
  readonly origin: string
  /** Path and query, as sent. */
  readonly path: string
  /** Name and value in turn, lower case. */
  readonly headers: readonly string[]
  readonly body: Buffer
}

/**
 * The headers that authorise a request, as name and value in turn.
 * @throws GatewayError `upstream_authentication` where no credentials can be had
 */
export type Authorize = (request: SignableRequest) => readonly string[] | Promise<readonly string[]>

/** A way to authorise requests that needs more than a fixed header; src/transport/auth/ has the code of each. */
export type AuthScheme =
  /** AWS Signature Version 4. */
  | { readonly scheme: 'aws'; readonly service: string; readonly region: string }
  /** An OAuth token of a Google Cloud account. */
  | { readonly scheme: 'google'; readonly scope: string }

/** Of an AWS account, its own or lent for a time. */
export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: Secret
  /** Of credentials that were lent. */
  readonly sessionToken: Secret | null
}

/** Of a Google Cloud account, in a file or as its text; neither for what the machine itself has. */
export interface GoogleCredentials {
  readonly credentialsFile: string | null
  /** What would stand in such a file: given in place of a key. */
  readonly credentialsText: Secret | null
}

/** One model at one configured provider: what can be chosen for a request. */
export interface Target {
  /** `provider/model`, unique. */
  readonly id: string
  readonly connection: Connection
  /** The name that the upstream expects (a deployment, for Azure). */
  readonly model: string
  /** The name by which the price is looked up; differs from `model` for deployments and fine-tuned models. */
  readonly priceModel: string
}

/** Tokens by kind. The kinds do not overlap: their sum is what was used. */
export interface Usage {
  readonly inputUncached: number
  readonly cacheRead: number
  readonly cacheWrite5m: number
  readonly cacheWrite1h: number
  readonly outputText: number
  readonly outputReasoning: number
  readonly audioInput: number
  readonly audioOutput: number
}

export const noUsage: Usage = {
  inputUncached: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  outputText: 0,
  outputReasoning: 0,
  audioInput: 0,
  audioOutput: 0,
}

/** What the gateway reads from an answer while the bytes pass through. */
export interface AnswerFacts {
  readonly usage: Usage | null
  /** The model that the upstream says answered. */
  readonly model: string | null
  readonly finishReason: string | null
  readonly serviceTier: string | null
  /** UTF-16 units of text, reasoning and tool arguments; the base of an estimate where no usage arrived. */
  readonly outputCharacters: number
  /** Events of a stream that were not of its format and were dropped; absent for none. */
  readonly malformedEvents?: number
}

/** Reads a stream as it passes. One tap belongs to one attempt. */
export interface StreamTap {
  readonly facts: AnswerFacts
  /** Content (text, reasoning, a tool call) has passed: the attempt has won. */
  readonly started: boolean
  /** What has passed is held until it is known to be of use: the attempt has not won. Absent where nothing ever is. */
  readonly holding?: boolean
  /** The end marker has arrived; what follows is not passed on. */
  readonly ended: boolean
  /**
   * Takes bytes of the upstream, any split, and returns the bytes for the client: the same buffer where nothing
   * had to change, null where nothing is to be sent yet. The end marker is never among them: see `finish`.
   * Events that are not of the format are dropped and counted.
   * @throws GatewayError for an error event, or bytes in which no further event can be found
   */
  push(chunk: Buffer): Buffer | null
  /**
   * Called once when the upstream has ended or `ended` is true: the last bytes for the client, the end marker among them.
   * @throws GatewayError `upstream_truncated` where the stream ended before its end; `upstream_malformed` where it said
   * nothing that is of the format
   */
  finish(): Buffer
  /** The bytes are media without events: a failure can be told only by cutting the connection. */
  readonly unframed?: true
  /** How the stream ends for the client where it failed; absent where that does not depend on what was sent before. */
  fail?(error: GatewayError): Buffer
}

export type ReplyHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

/** Receives the bytes of a stream. After `end` or `fail` nothing more is called. */
export interface StreamSink {
  data(chunk: Buffer): void
  /** @param last the bytes that make the answer whole (the end marker), where they were held back */
  end(last?: Buffer): void
  fail(error: GatewayError): void
}

/** The body of a streamed answer. Bytes wait, bounded by back-pressure, until a reader is attached. */
export interface ReplyStream {
  /** Attaches the only reader; bytes that waited are handed over within the call. */
  read(sink: StreamSink): void
  pause(): void
  resume(): void
  /** Closes the upstream; the sink hears nothing more. */
  abort(): void
}

/** An answer as it came from the wire, whatever its status. */
export interface RawReply {
  readonly status: number
  readonly headers: ReplyHeaders
  readonly body: Buffer | ReplyStream
  /** `clock.now()` when the request had a connection and left; the wait for one is nobody's silence. */
  readonly sentAt?: number
  /** What of the request was left out on the way, for the client. */
  readonly warnings?: readonly string[]
}

/** A successful answer, read as one of its format. */
export type Reply = FullReply | StreamedReply

export interface FullReply {
  readonly kind: 'full'
  readonly status: number
  readonly headers: ReplyHeaders
  /** For the client, in its format. */
  readonly body: Buffer
  readonly facts: AnswerFacts
  /** See `RawReply.warnings`. */
  readonly warnings?: readonly string[] | undefined
}

/** A whole answer, read. */
export interface ReadAnswer {
  readonly facts: AnswerFacts
  /** The bytes for the client, where they are not those of the upstream. */
  readonly body?: Buffer
}

export interface StreamedReply {
  readonly kind: 'stream'
  readonly status: number
  readonly headers: ReplyHeaders
  /** Carries the bytes for the client, from the first one on; it has passed its first content. */
  readonly stream: ReplyStream
  /** Grows while the stream is read. */
  readonly facts: AnswerFacts
  /** See `RawReply.warnings`. */
  readonly warnings?: readonly string[] | undefined
  /** See `StreamTap.unframed`. */
  readonly unframed?: true | undefined
  /** See `StreamTap.fail`. */
  fail?(error: GatewayError): Buffer
  /** Tells once how the stream ended: null for its real end, or for a client that left. */
  onClose(listener: (failure: GatewayError | null) => void): void
}

/** How the answer to a request is to be understood: the format and the provider's error table, put together. */
export interface AnswerReader {
  /** @throws GatewayError for an error inside a success, or a body that is not of the format */
  readFull(body: Buffer, contentType?: string): ReadAnswer
  openTap(contentType?: string): StreamTap
  /** A failure that `readFull` or the tap threw, in the provider's own meaning. */
  refine(failure: GatewayError): GatewayError
  /** Names the failure behind a status of 400 and above. */
  readError(reply: { status: number; headers: ReplyHeaders; body: Buffer }): GatewayError
}

/** What of a request may make one target better than another. */
export interface RequestTraits {
  /** UTF-16 units of all prompt text. */
  readonly inputCharacters: number
  /** What the request needs of a model, beside text. */
  readonly needs: {
    readonly tools: boolean
    readonly vision: boolean
    readonly json: boolean
    readonly reasoning?: boolean
  }
}

/** One request to one target. Frozen; the body is made anew from the client's bytes for each target. */
export interface UpstreamRequest {
  /** The id of the client's request. */
  readonly id: string
  readonly target: Target
  readonly operation: Operation
  /** The wire format in which the body is written and the answer is expected. */
  readonly format: string
  readonly streaming: boolean
  /** `POST` where nothing is said. */
  readonly method?: 'GET' | 'POST' | 'DELETE'
  /** What is asked for below the path of the operation: `/resp_1/cancel`. */
  readonly resource?: string
  readonly body: Buffer
  /** It ends with the beginning of its answer: see `Destination.continues`. */
  readonly continues?: true | undefined
  /** Of the body; absent for JSON. */
  readonly contentType?: string | undefined
  /** Any kind of answer is right: see `Format.anyAnswer`. */
  readonly anyAnswer?: true | undefined
  /** Headers of the client that go with it, allowed ones only, as name and value in turn. */
  readonly clientHeaders: readonly string[]
  readonly key: Secret | null
  readonly reader: AnswerReader
  readonly cancellation: Cancellation
  /** `clock.now()` at which the whole request must be over. */
  readonly deadline: number
  /** Another target can take this request: asking the same one again is worth less. */
  readonly alternatives: boolean
  /** The gateway's own question whether the target answers: never asked again, and its pace is no measure for others. */
  readonly healthCheck?: true
  /** For whoever learns from how it ends; absent where nobody chose between targets. */
  readonly traits?: RequestTraits
  /**
   * No silence of the upstream is borne for longer than this, in milliseconds, whatever the timers say: other targets wait
   * for their turn under the same deadline. Of a stream that is until its first content. Absent where the timers alone count.
   */
  readonly patienceMs?: number | undefined
  /** Where the call that is on the wire can be ended by whoever watches over its target. */
  readonly underway?: UnderwayCall
  /** Every call of an upstream is written here when it has ended or won. */
  readonly attempts: AttemptRecord[]
}

/** Holds what is on the wire for a request; null before, and where it cannot be ended. */
export interface UnderwayCall {
  call: { giveUp(failure: GatewayError): void } | null
}

/** A request that is passed on as it came. Its answer is passed back so: a stream, whatever its status. */
export interface RelayRequest {
  readonly target: Pick<Target, 'id' | 'connection'>
  readonly method: Method
  /** Path and query. */
  readonly path: string
  /** Those of the client that go with it, without any credentials; name and value in turn, lower case. */
  readonly headers: readonly string[]
  /** Null for none. A stream cannot be sent twice. */
  readonly body: Buffer | Readable | null
  readonly key: Secret | null
  readonly cancellation: Cancellation
  readonly deadline: number
}

export type RelaySend = (request: RelayRequest) => Promise<RelayReply>

export type RelayReply = Omit<RawReply, 'body'> & { readonly body: ReplyStream }

export type RawSend = (request: UpstreamRequest) => Promise<RawReply>
export type Send = (request: UpstreamRequest) => Promise<Reply>
/** Wraps one concern around sending: retry, breaker, key rotation, chaos. */
export type Layer = (send: Send) => Send
