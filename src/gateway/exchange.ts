// One client request in flight: its identity, its deadline, its end, and the page on which its books are kept.

import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import type { Method, RelaySend, Send, Target, Usage } from '../call.ts'
import type { FetchMedia } from '../conversation/inline-media.ts'
import type { SchemaChecker } from '../conversation/schema-check.ts'
import type { Endpoint } from '../endpoints/endpoint.ts'
import type { RelayEndpoint } from '../endpoints/relays.ts'
import type { AttemptRecord } from '../errors.ts'
import type { ExchangeEnded, Observer, RouteDecision } from '../events.ts'
import type { Address } from '../formats/format.ts'
import type { Alarms } from '../lib/alarms.ts'
import { type CancellationSource, createCancellation } from '../lib/cancellation.ts'
import type { Clock } from '../lib/clock.ts'
import type { ModelGuide } from './models.ts'
import type { Lessons } from './remedy.ts'
import type { ResponseMemory } from './responses/memory.ts'
import type { OriginBook } from './responses/origin-book.ts'
import type { Shadows } from './shadow.ts'
import type { Account, Snapshot } from './snapshot.ts'
import type { ThoughtMemory } from './thought-memory.ts'

/** What the gateway is made of; one for the whole process. */
export interface Gateway {
  snapshot(): Snapshot
  readonly send: Send
  readonly relay: RelaySend
  readonly health: TargetHealth
  readonly hedges: HedgeBudget
  readonly ledger: Ledger
  readonly observe: Observer
  readonly clock: Clock
  readonly alarms: Alarms
  /** How many answers are being streamed at this moment. */
  readonly streams: { open: number }
  createId(): string
  /** Responses that clients may go on from. */
  readonly responses: ResponseMemory
  /** Who made the encrypted thoughts that clients carry from turn to turn. */
  readonly origins: OriginBook
  /** Fetches an image or a file that a client named by its address. */
  readonly fetchMedia: FetchMedia
  schemaChecker(): Promise<SchemaChecker>
  readonly models: ModelGuide
  readonly thoughts: ThoughtMemory
  readonly lessons: Lessons
  /** Sends copies of requests; absent where nobody wants any. */
  readonly shadows?: Shadows
  /** Tokens from characters, for answers that brought no count. */
  estimateUsage(inputCharacters: number, outputCharacters: number): Usage
}

/** What the latest answers say of the targets. */
export interface TargetHealth {
  /** Asking it now would be refused, or most likely be in vain. */
  resting(target: Target): boolean
  /**
   * The time within which 19 of 20 recent answers came, in milliseconds: to the first content of a stream, or to a
   * whole answer; null while too few are known.
   */
  usualMs(targetId: string, streaming: boolean): number | null
}

/** How many requests of each route may be asked for twice. */
export interface HedgeBudget {
  /** One more request of the route. */
  count(route: string): void
  /** Takes one of what the share allows; false where it is used up. */
  take(route: string, maxShare: number): boolean
}

export interface Ledger {
  /** Calls back when the row can no longer be lost; an error means that it waits in memory. */
  append(row: ExchangeEnded, written: (error: Error | null) => void): void
  /** False when rows can neither be written nor kept any longer. */
  readonly accepting: boolean
}

/** A request as the server hands it over. */
export interface ClientCall {
  readonly endpoint: Endpoint
  readonly address: Address
  readonly method: string
  /** Path and query, as received. */
  readonly target: string
  readonly headers: IncomingHttpHeaders
  readonly remoteAddress: string | undefined
  readonly reply: ClientReply
  /** @throws GatewayError 408, 413, 415, or `client_disconnected` */
  readBody(bounds: BodyBounds): Promise<Buffer>
}

export interface BodyBounds {
  readonly maxBytes: number
  readonly timeoutMs: number
  /** Taken in any encoding: nobody here looks into it. */
  readonly encoded?: true
}

/** A request that is passed on as it came. */
export interface RelayCall extends ClientCall {
  readonly endpoint: RelayEndpoint
  readonly method: Method
  readonly path: string
  readonly query: URLSearchParams
  /** The query as it was written, without its question mark. */
  readonly rawQuery: string
  /** In bytes; null where the client does not say. */
  readonly bodyLength: number | null
  /** In place of `readBody`. */
  openBody(bounds: BodyBounds): BodyStream
}

/** A body on its way. It fails with a GatewayError: 408, 413, or `client_disconnected`. */
export interface BodyStream {
  readonly readable: Readable
  /** How many have come by now. */
  readonly bytes: number
}

/** Read whole, or on its way; null where there is none. */
export type RelayBody = Buffer | BodyStream | null

/** The way back to the client. Headers are name and value in turn. */
export interface ClientReply {
  readonly opened: boolean
  readonly bytesSent: number
  sendFull(answer: { status: number; headers: readonly string[]; body: Buffer }): void
  /** @param status 200 where it is left out */
  openStream(headers: readonly string[], status?: number): void
  /** False when the client reads slower than we write: wait for `onDrain`. */
  write(bytes: Buffer): boolean
  onDrain(listener: () => void): void
  endStream(last: Buffer): void
  /** Cuts the connection, where no answer can be made. */
  drop(): void
  /** The client left before its answer was whole. */
  onGone(listener: () => void): void
}

/** What is known of a request by now; `settle` makes the ledger row of it. */
export interface Page {
  keyId: string | null
  /** Whose records this request may read and write. */
  tenant: string
  modelAsked: string | null
  streaming: boolean
  inputCharacters: number
  bytesIn: number
  /** Its model is empty where a request is passed on as it came. */
  target: Target | null
  upstreamMs: number
  firstContentMs: number | null
  readonly warnings: string[]
  decision: RouteDecision | null
  /** What went into answers that broke off and that others went on with; absent for none. */
  spent?: readonly Account[]
}

export interface Exchange {
  readonly id: string
  readonly gateway: Gateway
  readonly snapshot: Snapshot
  readonly call: ClientCall
  /** By the monotonic clock. */
  readonly startedAt: number
  readonly startedWall: number
  readonly deadline: number
  readonly cancellation: CancellationSource
  readonly attempts: AttemptRecord[]
  readonly page: Page
  /** Headers that every answer of this exchange carries from now on. */
  readonly headers: string[]
}

export function openExchange(call: ClientCall, gateway: Gateway): Exchange {
  const snapshot = gateway.snapshot()
  const startedAt = gateway.clock.now()
  const id = gateway.createId()
  const cancellation = createCancellation()
  call.reply.onGone(() => cancellation.cancel())
  gateway.observe({ type: 'exchange_started', id })
  return {
    id,
    gateway,
    snapshot,
    call,
    startedAt,
    startedWall: gateway.clock.wall(),
    deadline: startedAt + snapshot.totalMs,
    cancellation,
    attempts: [],
    page: {
      keyId: null,
      tenant: '',
      modelAsked: null,
      streaming: false,
      inputCharacters: 0,
      bytesIn: 0,
      target: null,
      upstreamMs: 0,
      firstContentMs: null,
      warnings: [],
      decision: null,
    },
    headers: ['x-request-id', id],
  }
}
