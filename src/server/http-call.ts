// One HTTP request and its response, as the gateway sees them: a bounded body in, a whole answer or a stream out.

import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { Method } from '../call.ts'
import type { Endpoint } from '../endpoints/endpoint.ts'
import type { RelayEndpoint } from '../endpoints/relays.ts'
import { GatewayError } from '../errors.ts'
import type { Address } from '../formats/format.ts'
import type { BodyBounds, BodyStream, ClientCall, ClientReply, RelayCall } from '../gateway/exchange.ts'
import type { Alarms } from '../lib/alarms.ts'
import type { Clock } from '../lib/clock.ts'
import { openBodyStream } from './body-stream.ts'

export interface HttpCallOptions {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly endpoint: Endpoint
  readonly address: Address
  readonly alarms: Alarms
  readonly clock: Clock
}

/** Above this, copying costs more than a second write. */
const maxJoinedBytes = 64 * 1024

/** How long a client may leave the end of its answer unread without taking a byte. */
const unreadMs = 120_000

/** A class because one is made for each request; it is its own reply to spare a second object. */
export class HttpCall implements ClientCall, ClientReply {
  readonly endpoint: Endpoint
  readonly address: Address
  readonly method: string
  readonly headers: IncomingHttpHeaders
  bytesSent = 0
  readonly #options: HttpCallOptions
  #bodyGone: (() => void) | null = null
  #gone: (() => void) | null = null

  constructor(options: HttpCallOptions) {
    this.#options = options
    this.endpoint = options.endpoint
    this.address = options.address
    this.method = options.request.method ?? ''
    this.headers = options.request.headers
    options.response.on('close', () => {
      if (options.response.writableFinished) return
      this.#bodyGone?.()
      this.#gone?.()
    })
  }

  get reply(): ClientReply {
    return this
  }

  get target(): string {
    return originForm(this.#options.request.url ?? '/')
  }

  get remoteAddress(): string | undefined {
    return this.#options.request.socket.remoteAddress
  }

  readBody(bounds: BodyBounds): Promise<Buffer> {
    const { request, alarms, clock } = this.#options
    const refusal = this.#refuseByHeaders(bounds)
    if (refusal !== null) return Promise.reject(refusal)
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = []
      let size = 0
      const finish = (failure: GatewayError | null): void => {
        alarm.close()
        this.#bodyGone = null
        request.removeListener('data', onData)
        request.removeListener('end', onEnd)
        if (failure !== null) reject(failure)
        else resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size))
      }
      const onData = (chunk: Buffer): void => {
        size += chunk.length
        if (size > bounds.maxBytes) finish(bodyTooLarge(bounds.maxBytes))
        else chunks.push(chunk)
      }
      const onEnd = (): void => finish(null)
      const alarm = alarms.open(() => finish(bodyTooSlow(bounds.timeoutMs)))
      alarm.set(clock.now() + bounds.timeoutMs)
      // By way of a constant: V8 puts a function literal that is assigned to a property at once into its old space,
      // where it would keep this request and all that hangs on it until the next full collection.
      const bodyGone = (): void => finish(new GatewayError('client_disconnected'))
      this.#bodyGone = bodyGone
      request.on('data', onData)
      request.on('end', onEnd)
    })
  }

  /** The body as it comes, in place of `readBody`. */
  openBody(bounds: BodyBounds): BodyStream {
    const { request, alarms, clock } = this.#options
    const refusal = this.#refuseByHeaders(bounds)
    if (refusal !== null) throw refusal
    const stream = openBodyStream(request, {
      alarms,
      clock,
      timeoutMs: bounds.timeoutMs,
      maxBytes: bounds.maxBytes,
      tooLarge: () => bodyTooLarge(bounds.maxBytes),
      tooSlow: () => bodyTooSlow(bounds.timeoutMs),
    })
    this.#bodyGone = stream.cut
    return stream
  }

  #refuseByHeaders({ maxBytes, encoded }: BodyBounds): GatewayError | null {
    const { headers } = this
    const encoding = headers['content-encoding']
    if (encoding !== undefined && encoding !== 'identity' && encoded !== true)
      return new GatewayError('unsupported_media_type', { param: 'content-encoding' })
    const length = headers['content-length']
    return length !== undefined && Number(length) > maxBytes ? bodyTooLarge(maxBytes) : null
  }

  // The reply.

  get opened(): boolean {
    return this.#options.response.headersSent
  }

  sendFull(answer: { status: number; headers: readonly string[]; body: Buffer }): void {
    const { request, response } = this.#options
    if (response.destroyed) return
    // A body that is still coming is read away by the server, unless it came too slowly to wait for its end.
    if (answer.status === 408 && !request.complete) response.shouldKeepAlive = false
    this.bytesSent += answer.body.length
    response.writeHead(answer.status, [...answer.headers, 'content-length', String(answer.body.length)])
    // As text of one byte a character, Node joins it to the headers: one write, where a buffer would make two.
    if (answer.body.length <= maxJoinedBytes) response.end(answer.body.toString('latin1'), 'latin1')
    else response.end(answer.body)
    this.#mindUnread()
  }

  openStream(headers: readonly string[], status = 200): void {
    const { response } = this.#options
    if (!response.destroyed) response.writeHead(status, headers as string[])
  }

  write(bytes: Buffer): boolean {
    const { response } = this.#options
    if (response.destroyed) return true
    this.bytesSent += bytes.length
    return response.write(bytes)
  }

  onDrain(listener: () => void): void {
    this.#options.response.on('drain', listener)
  }

  endStream(last: Buffer): void {
    const { response } = this.#options
    if (response.destroyed) return
    this.bytesSent += last.length
    response.end(last)
    this.#mindUnread()
  }

  drop(): void {
    this.#options.response.destroy()
  }

  /** The answer is whole, but its client does not read it: not for ever. */
  #mindUnread(): void {
    const { response } = this.#options
    if (response.writableLength > 0) response.setTimeout(unreadMs, () => response.destroy())
  }

  onGone(listener: () => void): void {
    this.#gone = listener
  }
}

/** A proxy may name the whole address in the request line (RFC 9112, 3.2.2). */
export function originForm(target: string): string {
  return /^https?:\/\//i.test(target) ? target.replace(/^[^:]+:\/\/[^/?]*/, '') || '/' : target
}

function bodyTooLarge(maxBytes: number): GatewayError {
  return new GatewayError('body_too_large', {
    message: `The body is larger than the ${maxBytes} bytes that this gateway takes (server.max_body_mb).`,
    param: 'body',
  })
}

function bodyTooSlow(timeoutMs: number): GatewayError {
  return new GatewayError('request_timeout', {
    message: `The body did not arrive whole within ${timeoutMs} ms.`,
    param: 'body',
  })
}

/** A call whose body and answer are passed on as they come. */
export class HttpRelayCall extends HttpCall implements RelayCall {
  override readonly endpoint: RelayEndpoint
  override readonly method: Method
  readonly path: string
  readonly rawQuery: string

  constructor(options: HttpCallOptions & { readonly endpoint: RelayEndpoint; readonly path: string }) {
    super(options)
    const { request, endpoint, path } = options
    this.endpoint = endpoint
    this.method = request.method as Method
    this.path = path
    const url = request.url ?? ''
    this.rawQuery = url.includes('?') ? url.slice(url.indexOf('?') + 1) : ''
  }

  get query(): URLSearchParams {
    return new URLSearchParams(this.rawQuery)
  }

  get bodyLength(): number | null {
    const length = this.headers['content-length']
    if (length !== undefined) return Number(length)
    return this.headers['transfer-encoding'] === undefined ? 0 : null
  }
}
