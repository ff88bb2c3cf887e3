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
import { createDispatch } from './dispatch.ts'
import { createPools } from './pools.ts'
import { createRelay } from './relay.ts'

export interface Transport {
  readonly send: RawSend
  readonly relay: RelaySend
  /** Tells which connections the configuration now has; others close when their last request has ended. */
  retain(connections: readonly Connection[]): void
  counts(): { readonly running: number; readonly connected: number }
  close(): Promise<void>
}

export function createTransport(deps: { readonly clock: Clock; readonly alarms: Alarms }): Transport {
  const pools = createPools(deps.clock)
  const dispatch = createDispatch({ ...deps, pools })

  function send(request: UpstreamRequest): Promise<RawReply> {
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
    return authorized(request, { path, headers, authorize: connection.authorize }).then(signed =>
      dispatchTo(request, path, signed),
    )
  }

  function dispatchTo(request: UpstreamRequest, path: string, headers: string[]): Promise<RawReply> {
    const method = request.method ?? 'POST'
    return dispatch(request, { path, method, headers, body: method === 'POST' ? request.body : null })
  }

  const relay = createRelay(dispatch)
  return { send, relay, retain: pools.retain, counts: pools.counts, close: pools.close }
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

async function authorized(
  { target, body, method = 'POST' }: UpstreamRequest,
  request: { readonly path: string; readonly headers: string[]; readonly authorize: Authorize },
): Promise<string[]> {
  const { path, headers, authorize } = request
  const { origin } = target.connection
  return [...headers, ...(await authorize({ method, origin, path, headers, body }))]
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
