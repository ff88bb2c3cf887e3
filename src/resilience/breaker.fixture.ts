// A circuit breaker whose calls a test ends as it likes.

import { fullReply, requestOf, targetOf } from '../../test/support/upstream-request.ts'
import type { Reply, UpstreamRequest } from '../call.ts'
import { type ErrorCode, GatewayError } from '../errors.ts'
import type { GatewayEvent } from '../events.ts'
import { type CancellationSource, createCancellation } from '../lib/cancellation.ts'
import { createManualClock } from '../lib/clock.ts'
import { createCircuitBreaker } from './circuit-breaker.ts'

export const settings = {
  failureThreshold: 5,
  recoveryMs: 60_000,
  halfOpenMaxCalls: 3,
  maxRecoveryMs: 300_000,
}
export const target = targetOf()

/** A call that the test ends as it likes. */
export interface OpenCall {
  readonly cancellation: CancellationSource
  readonly outcome: Promise<Reply | GatewayError>
  reply(reply?: Reply): Promise<void>
  fail(code: ErrorCode): Promise<void>
}

export function breakerOf(overrides: Partial<typeof settings> = {}) {
  const clock = createManualClock()
  const events: GatewayEvent[] = []
  const upstream = { inFlight: 0, calls: 0 }
  const breaker = createCircuitBreaker({
    settings: { ...settings, ...overrides },
    clock,
    observe: event => events.push(event),
    random: () => 0.5,
  })

  function begin(deadline = Number.POSITIVE_INFINITY, more: Partial<UpstreamRequest> = {}): OpenCall {
    const cancellation = createCancellation()
    const ending = Promise.withResolvers<Reply>()
    const send = breaker.layer(() => {
      upstream.calls++
      upstream.inFlight++
      return ending.promise.finally(() => upstream.inFlight--)
    })
    ending.promise.catch(() => {})
    const outcome = send(requestOf({ target, cancellation, deadline, ...more })).catch(
      (thrown: unknown) => thrown as GatewayError,
    )
    return {
      cancellation,
      outcome,
      async reply(reply = fullReply()) {
        ending.resolve(reply)
        await outcome
      },
      async fail(code) {
        ending.reject(new GatewayError(code))
        await outcome
      },
    }
  }

  async function failTimes(times: number, code: ErrorCode = 'upstream_error') {
    for (let time = 0; time < times; time++) await begin().fail(code)
  }

  return {
    clock,
    events,
    upstream,
    breaker,
    begin,
    failTimes,
    state: () => breaker.stateOf(target.id),
    /** Opens it and lets the rest pass. */
    openAndRest: async () => {
      await failTimes(5)
      clock.advance(settings.recoveryMs)
    },
  }
}

export function leave(call: OpenCall): Promise<void> {
  call.cancellation.cancel()
  return call.fail('upstream_unreachable')
}

export const isRefused = (outcome: Reply | GatewayError) =>
  outcome instanceof GatewayError && outcome.code === 'circuit_open'
