// The door of every request: who asks, and whether they may now.

import { GatewayError } from '../errors.ts'
import type { Exchange } from './exchange.ts'
import type { RequestLine } from './snapshot.ts'

/** @throws GatewayError 401 */
export type CheckBody = (body: Buffer) => void

/**
 * Who asks. 401
 * @param line where the body will be read whole; without it, signed requests are refused
 * @returns for a signed request: nobody is known before its body has passed
 */
export function authenticate({ call, snapshot, page }: Exchange, line?: RequestLine): CheckBody | null {
  const { keyId, tenant, checkBody } = snapshot.authenticate(call.headers, call.remoteAddress, line)
  const admitHolder = (): void => {
    page.keyId = keyId
    page.tenant = tenant
  }
  if (checkBody === undefined) {
    admitHolder()
    return null
  }
  return body => {
    checkBody(body)
    admitHolder()
  }
}

/** Whether they may ask now. 429; 503 where no record of the request could be kept. */
export function admit({ gateway, snapshot, page, headers }: Exchange): void {
  if (!gateway.ledger.accepting) throw new GatewayError('storage_full')
  const rate = page.keyId === null ? null : snapshot.takeRate(page.keyId)
  if (rate === null) return
  // They say how long to wait, too: the error does not repeat it.
  headers.push(...rate.headers)
  if (rate.decision.allowed) return
  const seconds = (rate.decision.retryAfterMs / 1000).toFixed(1)
  const message = `The API key has used up its rate limit; the next request is taken in ${seconds} s.`
  throw new GatewayError('rate_limit_exceeded', { message })
}
