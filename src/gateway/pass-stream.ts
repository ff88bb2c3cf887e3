// Passes the stream of an upstream to the client as it comes, no faster than it is taken, until one of the two ends it.

import type { ReplyStream, StreamSink } from '../call.ts'
import { GatewayError } from '../errors.ts'
import type { Exchange } from './exchange.ts'
import { attemptsAsEnded } from './settle.ts'

export interface Passing {
  /** Every piece, before it goes to the client. */
  heard(chunk: Buffer): void
  /**
   * Called once: the books are to be closed.
   * @param error null for a stream that came to its end
   * @param last the bytes that make the answer whole; empty for one that failed
   */
  close(error: GatewayError | null, last: Buffer): void
}

const nothing = Buffer.alloc(0)

/** Nothing is allocated for a chunk here. */
export function passStream(exchange: Exchange, stream: ReplyStream, passing: Passing): void {
  const { call, gateway, page } = exchange
  const { clock, streams } = gateway
  const began = clock.now()
  let open = true
  streams.open++
  const close = (error: GatewayError | null, last: Buffer): void => {
    // A client that leaves is noticed by the upstream's side and by ours: the first one closes the books.
    if (!open) return
    open = false
    streams.open--
    page.upstreamMs += clock.now() - began
    passing.close(error, last)
  }
  const sink: StreamSink = {
    data(chunk) {
      passing.heard(chunk)
      if (!call.reply.write(chunk)) stream.pause()
    },
    end: last => close(null, last ?? nothing),
    fail(error) {
      error.attempts = attemptsAsEnded(exchange.attempts, { error, answered: true })
      close(error, nothing)
    },
  }
  call.reply.onDrain(() => stream.resume())
  exchange.cancellation.onCancel(() => {
    stream.abort()
    sink.fail(new GatewayError('client_disconnected'))
  })
  stream.read(sink)
}
