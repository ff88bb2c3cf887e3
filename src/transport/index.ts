// The only code that opens sockets to upstreams: a request in, bytes out. It knows no format and no policy.

import type {
  Authorize,
  Connection,
  Destination,
  RawReply,
  RawSend,
  RelaySend,
  UpstreamRequest,
} from '../call.ts'
import { GatewayError } from '../errors.ts'
import type { Alarms } from '../lib/alarms.ts'
import type { Clock } from '../lib/clock.ts'
import { whileWanted } from '../lib/while-wanted.ts'
import { createDispatch, type Dispatch } from './dispatch.ts'
import { createPools } from './pools.ts'
import { createRelay } from './relay.ts'

interface TransportDeps {
  readonly clock: Clock
  readonly alarms: Alarms
}

export interface Transport {
  readonly send: RawSend
  /** On sockets of its own: however many such requests wait for an answer, none of the others waits for a socket. */
  readonly sendApart: RawSend
  readonly relay: RelaySend
  /** Tells which connections the configuration now has; others close when their last request has ended. */
  retain(connections: readonly Connection[]): void
  counts(): { readonly running: number; readonly connected: number }
  close(): Promise<void>
}

export function createTransport(deps: TransportDeps): Transport {
  const pools = createPools(deps.clock)
  const poolsApart = createPools(deps.clock)
  const both = [pools, poolsApart]
  const dispatch = createDispatch({ ...deps, pools })
  return {
    send: createSend(dispatch, deps),
    sendApart: createSend(createDispatch({ ...deps, pools: poolsApart }), deps),
    relay: createRelay(dispatch),
    retain(connections) {
      for (const { retain } of both) retain(connections)
    },
    counts() {
      const [one, other] = [pools.counts(), poolsApart.counts()]
      return { running: one.running + other.running, connected: one.connected + other.connected }
    },
    async close() {
      await Promise.all(both.map(({ close }) => close()))
    },
  }
}

function createSend(dispatch: Dispatch, deps: TransportDeps): RawSend {
  function dispatchTo(request: UpstreamRequest, path: string, headers: string[]): Promise<RawReply> {
    const method = request.method ?? 'POST'
    return dispatch(request, { path, method, headers, body: method === 'POST' ? request.body : null })
  }

  async function authorized(
    request: UpstreamRequest,
    { path, headers, authorize }: { path: string; headers: string[]; authorize: Authorize },
  ): Promise<RawReply> {
    const { method = 'POST', body, target } = request
    const coming = authorize({ method, origin: target.connection.origin, path, headers, body })
    const proof = coming instanceof Promise ? await inTime(coming, request, deps) : coming
    return await dispatchTo(request, path, [...headers, ...proof])
  }

  return request => {
    const { connection } = request.target
    if (connection.answer !== undefined) return connection.answer(request)
    const base = connection.pathFor(destinationOf(request))
    if (base === null)
      return Promise.reject(
        new GatewayError('invalid_request', {
          message: `${connection.provider} does not offer this operation.`,
          param: 'model',
        }),
      )
    const path = request.resource === undefined ? base : below(base, request.resource)
    const headers = requestHeaders(request)
    if (connection.authorize === undefined) return dispatchTo(request, path, headers)
    return authorized(request, { path, headers, authorize: connection.authorize })
  }
}

function destinationOf(request: UpstreamRequest): Destination {
  const { operation, format, streaming, target, continues } = request
  return { operation, format, streaming, model: target.model, continues }
}

/** The query stays behind the path. */
function below(path: string, resource: string): string {
  const query = path.indexOf('?')
  return query === -1 ? path + resource : path.slice(0, query) + resource + path.slice(query)
}

/** Where the proof has to be fetched first, its source is part of what is connected to. */
function inTime(
  coming: Promise<readonly string[]>,
  request: UpstreamRequest,
  { clock, alarms }: TransportDeps,
): Promise<readonly string[]> {
  const { cancellation, deadline, patienceMs = Number.POSITIVE_INFINITY, target } = request
  const { provider, timers } = target.connection
  const waitMs = Math.min(timers.connectMs, patienceMs)
  const until = Math.min(deadline, clock.now() + waitMs)
  return whileWanted(coming, {
    alarms,
    cancellation,
    until,
    late: () =>
      until === deadline
        ? new GatewayError('deadline_exceeded', { provider })
        : new GatewayError('upstream_timeout', {
            message: `There was no token for ${provider} within ${waitMs} ms (timer: connect).`,
            provider,
          }),
    left: () => new GatewayError('client_disconnected', { provider }),
  })
}

function requestHeaders(request: UpstreamRequest): string[] {
  return [
    'content-type',
    request.contentType ?? 'application/json',
    'accept',
    request.anyAnswer === true ? '*/*' : request.streaming ? 'text/event-stream' : 'application/json',
    // Compressed answers would have to be unpacked here to be read, at a cost above that of the bytes saved.
    'accept-encoding',
    'identity',
    ...withoutRepeated(request.target.connection.headersFor(request.key), request.clientHeaders),
    ...request.clientHeaders,
  ]
}

/** What goes with the request itself wins over what goes with every request. */
function withoutRepeated(fixed: readonly string[], own: readonly string[]): readonly string[] {
  if (own.length === 0) return fixed
  const kept: string[] = []
  for (let index = 0; index + 1 < fixed.length; index += 2) {
    const [name = '', value = ''] = fixed.slice(index, index + 2)
    if (!own.includes(name)) kept.push(name, value)
  }
  return kept
}
