// The body of a request on its way to somewhere else: counted, bounded and timed, no faster than it is taken.

import type { IncomingMessage } from 'node:http'
import { Transform } from 'node:stream'
import { GatewayError } from '../errors.ts'
import type { BodyStream } from '../gateway/exchange.ts'
import type { Alarms } from '../lib/alarms.ts'
import type { Clock } from '../lib/clock.ts'

export interface BodyStreamOptions {
  readonly alarms: Alarms
  readonly clock: Clock
  readonly maxBytes: number
  readonly timeoutMs: number
  tooLarge(): GatewayError
  tooSlow(): GatewayError
}

export interface ClientBodyStream extends BodyStream {
  /** The client has left. */
  readonly cut: () => void
}

export function openBodyStream(request: IncomingMessage, options: BodyStreamOptions): ClientBodyStream {
  const { alarms, clock, maxBytes } = options
  let bytes = 0
  const readable = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      if (bytes > maxBytes) done(options.tooLarge())
      else done(null, chunk)
    },
  })
  const late = (): void => {
    // What waits in full buffers is what the provider does not take.
    readable.destroy(readable.writableNeedDrain ? providerTooSlow(options.timeoutMs) : options.tooSlow())
  }
  const alarm = alarms.open(late)
  alarm.set(clock.now() + options.timeoutMs)
  request.on('end', () => alarm.close())
  readable.on('close', () => {
    alarm.close()
    request.unpipe(readable)
    // What nobody wants any more is read away, so that the client comes to read its answer.
    if (!request.complete) request.resume()
  })
  // Whoever sends the body hears of its failure; nobody does before it is sent.
  readable.on('error', () => {})
  request.pipe(readable)
  return {
    readable,
    get bytes() {
      return bytes
    },
    cut: () => readable.destroy(new GatewayError('client_disconnected')),
  }
}

function providerTooSlow(timeoutMs: number): GatewayError {
  return new GatewayError('upstream_timeout', {
    message: `The provider did not take the whole body within ${timeoutMs} ms (server.body_timeout).`,
  })
}
