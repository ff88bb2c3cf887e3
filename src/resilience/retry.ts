// Asks the same target again where that may help: full-jitter exponential back-off, the upstream's own wait first,
// all under the deadline of the request. Where waiting does not pay, the failure goes up at once to the next target.
// Limits are not waited for here: whoever knows all targets of the request knows whether one of them is free.

import type { Layer, UpstreamRequest } from '../call.ts'
import { asGatewayError, type ErrorCode, GatewayError } from '../errors.ts'
import type { Clock } from '../lib/clock.ts'
import { pause } from '../lib/pause.ts'

export interface RetryOptions {
  readonly clock: Clock
  /** A number from 0 up to, but not including, 1. */
  readonly random: () => number
  /** Bound of the first wait; it doubles with each retry. */
  readonly baseMs: number
  /** Bound of every wait. */
  readonly maxMs: number
}

/** Where another target is at hand, these are not worth a second question: the target itself is in trouble. */
const leftToOthers: ReadonlySet<ErrorCode> = new Set(['upstream_unreachable', 'upstream_overloaded'])

/**
 * Sends up to `maxRetries` times more after failures of retry class `retry`.
 * Throws `client_disconnected` or `deadline_exceeded` instead of sending when the request is over.
 */
export function createRetry(options: RetryOptions): Layer {
  return send => async request => {
    for (let retries = 0; ; retries++) {
      refuseIfOver(request, options.clock)
      try {
        return await send(request)
      } catch (thrown) {
        const failure = asGatewayError(thrown)
        if (retries >= retriesAllowed(failure, request)) throw failure
        const waitMs = failure.retryAfterMs ?? backOff(retries, options)
        if (waitMs > options.maxMs || options.clock.now() + waitMs >= request.deadline) throw failure
        await pause(waitMs, options.clock, request.cancellation)
      }
    }
  }
}

function retriesAllowed(failure: GatewayError, request: UpstreamRequest): number {
  const { maxRetries } = request.target.connection
  if (failure.entry.retry !== 'retry' || request.healthCheck === true) return 0
  if (!request.alternatives) return maxRetries
  return leftToOthers.has(failure.code) ? 0 : Math.min(1, maxRetries)
}

function backOff(retries: number, { random, baseMs, maxMs }: RetryOptions): number {
  return random() * Math.min(maxMs, baseMs * 2 ** retries)
}

function refuseIfOver(request: UpstreamRequest, clock: Clock): void {
  if (request.cancellation.cancelled) throw new GatewayError('client_disconnected')
  if (clock.now() >= request.deadline) throw new GatewayError('deadline_exceeded')
}
