// The door: one HTTP server. Requests of the data plane go straight to the gateway, all others to the control plane.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, Server as NetServer } from 'node:net'
import { GatewayError } from '../errors.ts'
import type { Clock } from '../lib/clock.ts'
import { originForm } from './http-call.ts'
import { answerBrokenRequest, sendError } from './write-error.ts'

/** Answers a request; the path comes without the query. */
export type Handler = (request: IncomingMessage, response: ServerResponse, path: string) => void

/** Method -> handler. */
export type Methods = Readonly<Record<string, Handler>>

export interface ListenerOptions {
  readonly headersTimeoutMs: number
  readonly bodyTimeoutMs: number
  readonly keepAliveMs: number
  /** Path -> method -> handler: the data plane. */
  readonly routes: ReadonlyMap<string, Methods>
  /** The same for all paths that begin so: names of models have slashes in them. */
  readonly prefixes: ReadonlyArray<{ readonly prefix: string; readonly methods: Methods }>
  /** Everything else. */
  readonly fallback: Handler
  readonly clock: Clock
}

export interface Listener {
  /** @throws the system's error where the address is taken or not ours */
  listen(host: string, port: number): Promise<AddressInfo>
  readonly connections: Promise<number>
  /**
   * Takes no new connections, answers what is in flight and what still comes on open ones, and resolves when the last
   * has ended or the time is up; then the rest is cut.
   */
  close(graceMs: number): Promise<{ readonly cut: boolean }>
  /** Cuts every connection now; a `close` that is waiting then ends. */
  cut(): void
}

export function createListener(options: ListenerOptions): Listener {
  let closing = false

  function serve(request: IncomingMessage, response: ServerResponse): void {
    if (closing) response.shouldKeepAlive = false
    if (request.headers.host === undefined && request.httpVersion === '1.1') {
      sendError(
        response,
        new GatewayError('invalid_request', { message: 'The header `host` is missing.', param: 'host' }),
      )
      return
    }
    const url = originForm(request.url ?? '/')
    const query = url.indexOf('?')
    const path = query === -1 ? url : url.slice(0, query)
    const methods =
      options.routes.get(path) ?? options.prefixes.find(({ prefix }) => path.startsWith(prefix))?.methods
    if (methods === undefined) {
      options.fallback(request, response, path)
      return
    }
    const handler = Object.hasOwn(methods, request.method ?? '') ? methods[request.method ?? ''] : undefined
    if (handler !== undefined) handler(request, response, path)
    else sendMethodNotAllowed(response, Object.keys(methods))
  }

  const server = createServer(
    {
      headersTimeout: options.headersTimeoutMs,
      // The body has a timer of its own, which answers in the client's format; this one is the net below it.
      requestTimeout: options.headersTimeoutMs + options.bodyTimeoutMs + 5000,
      connectionsCheckingInterval: Math.min(5000, Math.max(100, options.headersTimeoutMs / 4)),
      keepAliveTimeout: options.keepAliveMs,
      maxHeaderSize: 32_768,
      noDelay: true,
      // Checked above, to answer in the client's format.
      requireHostHeader: false,
    },
    serve,
  )
  server.on('clientError', answerBrokenRequest)
  server.on('checkExpectation', (_request, response: ServerResponse) => {
    const message = 'The header `expect` may only be `100-continue`.'
    sendError(response, new GatewayError('invalid_request', { message, param: 'expect' }))
  })

  return {
    listen: (host, port) => listen(server, { host, port }),
    get connections() {
      return new Promise<number>((resolve, reject) =>
        server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
      )
    },
    cut: () => server.closeAllConnections(),
    close(graceMs) {
      closing = true
      return closeGently(server, { graceMs, clock: options.clock })
    },
  }
}

function sendMethodNotAllowed(response: ServerResponse, allowed: readonly string[]): void {
  response.setHeader('allow', allowed.join(', '))
  const message = `This address takes ${allowed.join(', ')} alone.`
  sendError(response, new GatewayError('method_not_allowed', { message }))
}

function listen(server: Server, { host, port }: { host: string; port: number }): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port, backlog: 2048 }, () => {
      server.removeListener('error', reject)
      resolve(server.address() as AddressInfo)
    })
  })
}

/** How long an idle connection is left open at the end: a request may be on its way on it. */
const idleGraceMs = 500

function closeGently(
  server: Server,
  { graceMs, clock }: { graceMs: number; clock: Clock },
): Promise<{ cut: boolean }> {
  return new Promise(resolve => {
    let cut = false
    const cutOff = clock.after(graceMs, () => {
      cut = true
      server.closeAllConnections()
    })
    const sweep = (): void => {
      server.closeIdleConnections()
      stopSweeping = clock.after(100, sweep)
    }
    let stopSweeping = clock.after(Math.min(idleGraceMs, graceMs / 2), sweep)
    // http.Server.close would cut idle connections at once; the plain one only stops listening.
    NetServer.prototype.close.call(server, () => {
      cutOff()
      stopSweeping()
      afterLastWords(() => resolve({ cut }))
    })
  })
}

/**
 * A server has closed before the connections that it cut say so: their `close` comes at the end of this turn of the
 * event loop, behind the immediates. Who waits for the end must come after those who write down how they ended.
 */
function afterLastWords(callback: () => void): void {
  setImmediate(() => setImmediate(callback))
}
