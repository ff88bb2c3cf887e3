// The only code that opens sockets to upstreams: a request in, bytes out. It knows no format and no policy.

import type { Connection, RawReply, RawSend, UpstreamRequest } from '../call.ts'
import { GatewayError } from '../errors.ts'
import type { Alarms } from '../lib/alarms.ts'
import type { Clock } from '../lib/clock.ts'
import { createPools } from './pools.ts'
import { UpstreamExchange } from './upstream-exchange.ts'

export interface Transport {
  readonly send: RawSend
  /** Tells which connections the configuration now has; others close when their last request has ended. */
  retain(connections: readonly Connection[]): void
  counts(): { readonly running: number; readonly connected: number }
  close(): Promise<void>
}

export function createTransport(deps: { readonly clock: Clock; readonly alarms: Alarms }): Transport {
  const pools = createPools(deps.clock)

  function send(request: UpstreamRequest): Promise<RawReply> {
    const { connection, model } = request.target
    if (connection.answer !== undefined) return connection.answer(request)
    const path = connection.pathFor(request.operation, model)
    if (path === null)
      return Promise.reject(
        new GatewayError('invalid_request', {
          message: `${connection.provider} does not offer this operation.`,
          param: 'model',
        }),
      )
    const options = {
      path,
      method: 'POST',
      headers: requestHeaders(request),
      body: request.body,
    } as const
    return new Promise((resolve, reject) => {
      let triesLeft = 1
      const dispatch = (): void => {
        const again = (): boolean => {
          if (triesLeft === 0 || request.cancellation.cancelled) return false
          triesLeft--
          dispatch()
          return true
        }
        const exchange = new UpstreamExchange({ ...deps, request, resolve, reject, again })
        pools.of(connection).dispatch(options, exchange)
      }
      dispatch()
    })
  }

  return { send, retain: pools.retain, counts: pools.counts, close: pools.close }
}

function requestHeaders(request: UpstreamRequest): string[] {
  return [
    'content-type',
    'application/json',
    'accept',
    request.streaming ? 'text/event-stream' : 'application/json',
    // Compressed answers would have to be unpacked here to be read, at a cost above that of the bytes saved.
    'accept-encoding',
    'identity',
    ...request.target.connection.headersFor(request.key),
    ...request.clientHeaders,
  ]
}
