// Our errors in OpenAI's shape, for an answer and for a stream that has begun.

import type { ErrorCode, GatewayError } from '../../errors.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import { describeAttempt } from '../shared/errors.ts'

/** Where OpenAI has a code of its own for the matter, so that clients recognise it. */
const openAiCodes: Readonly<Partial<Record<ErrorCode, string>>> = {
  upstream_model_not_found: 'model_not_found',
  upstream_rate_limited: 'rate_limit_exceeded',
  upstream_quota_exceeded: 'insufficient_quota',
}

/** `{"error": {"message", "type", "param", "code"}}`, with `provider` and `attempts` where an upstream was asked. */
export function encodeError(error: GatewayError): Buffer {
  return Buffer.from(errorText(error))
}

/** The error as the last event of a stream. No end marker follows: that would make it a success. */
export function encodeStreamError(error: GatewayError): Buffer {
  return Buffer.from(`data: ${errorText(error)}\n\n`)
}

/** A comment: it keeps a connection open and no client reads it. */
export const keepAliveComment = Buffer.from(': keep-alive\n\n')

/** The error as JSON text. */
export function errorText(error: GatewayError): string {
  return JSON.stringify({ error: describeError(error) })
}

export function describeError(error: GatewayError): JsonObject {
  return {
    message: error.message,
    type: error.entry.type,
    param: error.param,
    code: codeFor(error),
    ...(error.provider !== null && { provider: error.provider }),
    ...(error.attempts.length > 0 && { attempts: error.attempts.map(describeAttempt) }),
  }
}

/** A refusal keeps the upstream's own code where that is a name, such as `unsupported_parameter`. */
function codeFor(error: GatewayError): string {
  const { code, upstreamCode } = error
  if (code === 'upstream_invalid_request' && upstreamCode !== null && /^[a-z][a-z_]+$/.test(upstreamCode))
    return upstreamCode
  return openAiCodes[code] ?? code
}
