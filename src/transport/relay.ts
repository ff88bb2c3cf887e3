// Passes a request on as it came: any method, a body that is a stream, an answer that is one.

import type { Authorize, RelayReply, RelayRequest, RelaySend } from '../call.ts'
import { GatewayError } from '../errors.ts'
import type { Alarms } from '../lib/alarms.ts'
import type { Clock } from '../lib/clock.ts'
import type { Pools } from './pools.ts'
import { UpstreamExchange } from './upstream-exchange.ts'

export interface RelayDeps {
  readonly clock: Clock
  readonly alarms: Alarms
  readonly pools: Pools
}

export function createRelay({ pools, ...deps }: RelayDeps): RelaySend {
  async function relay(request: RelayRequest): Promise<RelayReply> {
    const { connection } = request.target
    if (connection.answer !== undefined)
      throw new GatewayError('invalid_request', { message: `${connection.provider} takes no raw requests.` })
    const headers = [...connection.headersFor(request.key), ...request.headers]
    if (connection.authorize === undefined) return dispatch(request, headers)
    return dispatch(request, [...headers, ...(await sign(request, headers, connection.authorize))])
  }

  function dispatch(request: RelayRequest, headers: string[]): Promise<RelayReply> {
    const { method, path, body } = request
    const carried = { ...request, streaming: false, relayed: true } as const
    return new Promise((resolve, reject) => {
      let triesLeft = body === null || Buffer.isBuffer(body) ? 1 : 0
      const send = (): void => {
        const again = (): boolean => {
          if (triesLeft === 0 || request.cancellation.cancelled) return false
          triesLeft--
          send()
          return true
        }
        const exchange: UpstreamExchange = new UpstreamExchange({
          ...deps,
          request: carried,
          resolve: reply => resolve({ ...reply, body: exchange }),
          reject,
          again,
        })
        pools.of(request.target.connection).dispatch({ method, path, headers, body }, exchange)
      }
      send()
    })
  }

  return relay
}

async function sign(
  { method, path, body, target }: RelayRequest,
  headers: readonly string[],
  authorize: Authorize,
): Promise<readonly string[]> {
  if (body !== null && !Buffer.isBuffer(body)) throw new Error('a stream cannot be signed')
  const { origin } = target.connection
  return await authorize({ method, origin, path, headers, body: body ?? Buffer.alloc(0) })
}
