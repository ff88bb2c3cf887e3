// Errors in Anthropic's shape, both ways. https://platform.claude.com/docs/en/api/errors

import type { ReplyHeaders } from '../../call.ts'
import type { ErrorCode, GatewayError } from '../../errors.ts'
import { isObject, isText } from '../../lib/json-value.ts'
import type { UpstreamFailure } from '../format.ts'
import { parseLeniently } from '../shared/answer-body.ts'
import { showableText } from '../shared/error-text.ts'
import { describeAttempt, errorOf } from '../shared/errors.ts'

const codesByType: ReadonlyMap<unknown, ErrorCode> = new Map([
  ['invalid_request_error', 'upstream_invalid_request'],
  ['authentication_error', 'upstream_authentication'],
  ['permission_error', 'upstream_authentication'],
  ['billing_error', 'upstream_quota_exceeded'],
  ['not_found_error', 'upstream_model_not_found'],
  ['request_too_large', 'context_length_exceeded'],
  ['rate_limit_error', 'upstream_rate_limited'],
  ['timeout_error', 'upstream_timeout'],
  ['api_error', 'upstream_error'],
  ['overloaded_error', 'upstream_overloaded'],
])

const codesByStatus: ReadonlyMap<number, ErrorCode> = new Map([
  [401, 'upstream_authentication'],
  [402, 'upstream_quota_exceeded'],
  [403, 'upstream_authentication'],
  [404, 'upstream_model_not_found'],
  [408, 'upstream_timeout'],
  [410, 'upstream_model_not_found'],
  [413, 'context_length_exceeded'],
  [429, 'upstream_rate_limited'],
  [503, 'upstream_overloaded'],
  [504, 'upstream_timeout'],
  [529, 'upstream_overloaded'],
])

const tooLong =
  /prompt is too long|input length and .max_tokens. exceed|exceeds? the (?:maximum )?context (?:window|limit)/i
const noQuota = /credit balance is too low|reached your specified .{0,30}usage limits/i

/** Names the failure behind a status of 400 and above. */
export function decodeError({
  status,
  body,
}: {
  status: number
  headers: ReplyHeaders
  body: Buffer
}): UpstreamFailure {
  return failureOf(parseLeniently(body.toString()), status)
}

/** The failure that an error event, or an error inside a success, tells of. */
export function failureInSuccess(said: unknown): GatewayError {
  return errorOf(failureOf(said, null))
}

function failureOf(said: unknown, status: number | null): UpstreamFailure {
  const outer = isObject(said) ? said : {}
  const error = isObject(outer['error']) ? outer['error'] : outer
  const type = isText(error['type']) && error['type'] !== 'error' ? error['type'] : null
  const words = isText(error['message']) ? error['message'] : typeof said === 'string' ? said : ''
  const shown = showableText(words)
  const message =
    shown === '' ? `The provider answered with status ${status ?? 200} and gave no reason.` : shown
  const code = codeOf({ type, status, message })
  return { code, message, upstreamCode: type === null ? null : showableText(type), param: paramIn(message) }
}

interface Told {
  readonly type: string | null
  readonly status: number | null
  readonly message: string
}

/** The type says more than the status, and for refused requests the words say more than the type. */
function codeOf({ type, status, message }: Told): ErrorCode {
  const named = codesByType.get(type)
  if (named === undefined || named === 'upstream_invalid_request' || named === 'upstream_rate_limited') {
    if (noQuota.test(message)) return 'upstream_quota_exceeded'
  }
  if (named === 'upstream_invalid_request' && tooLong.test(message)) return 'context_length_exceeded'
  if (named !== undefined) return named
  if (status === null) return 'upstream_error'
  if (status === 400 && tooLong.test(message)) return 'context_length_exceeded'
  return codesByStatus.get(status) ?? (status < 500 ? 'upstream_invalid_request' : 'upstream_error')
}

/** `messages.0.content: …` is how refusals begin that name a field. */
function paramIn(message: string): string | null {
  const path = /^([a-z_]+(?:\.[\w-]+)*): /.exec(message)?.[1]
  return path === undefined ? null : path.replace(/\.(\d+)/g, '[$1]')
}

const typesByStatus: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  408: 'timeout_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  500: 'api_error',
  502: 'api_error',
  503: 'api_error',
  504: 'timeout_error',
}

/** The body of an error answer. */
export function encodeError(error: GatewayError, requestId?: string): Buffer {
  return Buffer.from(errorText(error, requestId))
}

/** An error inside a stream that has begun. Nothing follows it. */
export function encodeStreamError(error: GatewayError, requestId?: string): Buffer {
  return Buffer.from(`event: error\ndata: ${errorText(error, requestId)}\n\n`)
}

export function errorText(error: GatewayError, requestId?: string): string {
  const { entry, message, code, param, provider, attempts } = error
  const type =
    entry.type === 'overloaded_error' ? entry.type : (typesByStatus[entry.status] ?? 'invalid_request_error')
  return JSON.stringify({
    type: 'error',
    error: {
      type,
      message,
      code,
      ...(param !== null && { param }),
      ...(provider !== null && { provider }),
      ...(attempts.length > 0 && {
        attempts: attempts.map(describeAttempt),
      }),
    },
    request_id: requestId ?? null,
  })
}
