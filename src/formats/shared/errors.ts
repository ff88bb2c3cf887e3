// What the errors of several formats have in common, both ways.

import { type AttemptRecord, GatewayError } from '../../errors.ts'
import type { UpstreamFailure } from '../format.ts'

/**
 * A failure that an upstream told of inside a success, as an error to throw.
 * @param status that the upstream would have answered with, where it says that
 */
export function errorOf(failure: UpstreamFailure, status: number | null = null): GatewayError {
  const { code, message, upstreamCode, param, retryAfterMs } = failure
  return new GatewayError(code, {
    message,
    ...(param !== null && { param }),
    ...(upstreamCode !== null && { upstreamCode }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(status !== null && { upstreamStatus: status }),
  })
}

/** An upstream that was asked before, as a client is told of it. */
export function describeAttempt({ provider, model, status, code, durationMs }: AttemptRecord) {
  return { provider, model, status, code, duration_ms: Math.round(durationMs) }
}
