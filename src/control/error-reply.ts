// Failures of the control plane in OpenAI's error shape, the same that the data plane's clients know.

import type { FastifyError, FastifyReply } from 'fastify'
import { asGatewayError, type ErrorCode, GatewayError } from '../errors.ts'

/** What a client reads; never a stack, never the words of an unexpected failure. */
function describeError(error: GatewayError) {
  return {
    error: {
      message: error.code === 'internal_error' ? error.entry.message : error.message,
      type: error.entry.type,
      param: error.param,
      code: error.code,
    },
  }
}

export function sendError(reply: FastifyReply, error: GatewayError): FastifyReply {
  if (error.retryAfterMs !== null) void reply.header('retry-after', Math.ceil(error.retryAfterMs / 1000))
  if (error.entry.status === 401) void reply.header('www-authenticate', 'Bearer')
  return reply.code(error.entry.status).send(describeError(error))
}

/** By the HTTP status that Fastify gives its own complaints about a request. */
const codeByStatus: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid_request',
  408: 'request_timeout',
  413: 'body_too_large',
  415: 'unsupported_media_type',
}

/** Whatever was thrown in a route, as an error of the gateway. */
export function nameFailure(thrown: unknown): GatewayError {
  if (!isFastifyError(thrown)) return asGatewayError(thrown)
  const code = codeByStatus[thrown.statusCode ?? 500]
  if (code === undefined) return new GatewayError('internal_error', { cause: thrown })
  return new GatewayError(code, code === 'invalid_request' ? { message: thrown.message } : {})
}

function isFastifyError(thrown: unknown): thrown is FastifyError {
  return thrown instanceof Error && 'code' in thrown && String(thrown.code).startsWith('FST_')
}
