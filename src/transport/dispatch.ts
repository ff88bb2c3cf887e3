// Sends one request on a socket of its provider's pool; where that one was closed already, once more on another.

import type { Readable } from 'node:stream'
import type { Method, RawReply } from '../call.ts'
import type { Alarms } from '../lib/alarms.ts'
import type { Clock } from '../lib/clock.ts'
import type { Pools } from './pools.ts'
import { type CarriedRequest, UpstreamExchange } from './upstream-exchange.ts'

export interface DispatchDeps {
  readonly clock: Clock
  readonly alarms: Alarms
  readonly pools: Pools
}

/** What goes on the wire. */
export interface WireRequest {
  readonly method: Method
  readonly path: string
  readonly headers: string[]
  /** A stream cannot be sent twice. */
  readonly body: Buffer | Readable | null
}

export type Dispatch = (request: CarriedRequest, wire: WireRequest) => Promise<RawReply>

export function createDispatch({ pools, ...deps }: DispatchDeps): Dispatch {
  return (request, wire) =>
    new Promise((resolve, reject) => {
      let triesLeft = wire.body === null || Buffer.isBuffer(wire.body) ? 1 : 0
      const dispatch = (): void => {
        const again = (): boolean => {
          if (triesLeft === 0 || request.cancellation.cancelled) return false
          triesLeft--
          dispatch()
          return true
        }
        const exchange = new UpstreamExchange({ ...deps, request, resolve, reject, again })
        if (request.underway !== undefined) request.underway.call = exchange
        pools.of(request.target.connection).dispatch(wire, exchange)
      }
      dispatch()
    })
}
