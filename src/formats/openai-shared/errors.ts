// Upstreams' error answers in the shapes that OpenAI-like servers give them, in our vocabulary.

import type { ReplyHeaders } from '../../call.ts'
import type { ErrorCode, GatewayError } from '../../errors.ts'
import { isObject, isText, type MutableJson } from '../../lib/json-value.ts'
import type { UpstreamFailure } from '../format.ts'
import { parseLeniently } from '../shared/answer-body.ts'
import { showableText } from '../shared/error-text.ts'
import { errorOf } from '../shared/errors.ts'
import { textOf } from './fields.ts'

/** OpenAI's own codes and types that say more than the status beside them. */
const codesByUpstreamCode: ReadonlyMap<string, ErrorCode> = new Map([
  ['context_length_exceeded', 'context_length_exceeded'],
  ['content_filter', 'content_filter'],
  ['content_policy_violation', 'content_filter'],
  ['model_not_found', 'upstream_model_not_found'],
  ['insufficient_quota', 'upstream_quota_exceeded'],
  ['billing_hard_limit_reached', 'upstream_quota_exceeded'],
  ['invalid_api_key', 'upstream_authentication'],
  ['rate_limit_exceeded', 'upstream_rate_limited'],
])

/** Read where no status tells: an error inside a success. */
const codesByType: ReadonlyMap<string, ErrorCode> = new Map([
  ['invalid_request_error', 'upstream_invalid_request'],
  ['BadRequestError', 'upstream_invalid_request'],
  ['authentication_error', 'upstream_authentication'],
  ['permission_error', 'upstream_authentication'],
  ['not_found_error', 'upstream_model_not_found'],
  ['rate_limit_error', 'upstream_rate_limited'],
  ['overloaded_error', 'upstream_overloaded'],
  ['timeout_error', 'upstream_timeout'],
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

const tooLong = /maximum context length|context window|prompt is too long|context_length/i

/** Names the failure behind a status of 400 and above. */
export function decodeError(answer: {
  status: number
  headers: ReplyHeaders
  body: Buffer
}): UpstreamFailure {
  const text = answer.body.toString()
  return failureOf(parseLeniently(text), answer.status)
}

/**
 * The failure that an upstream's words describe.
 * @param said the parsed body or event, or its text where it is not JSON
 * @param status HTTP status of the answer; below 400 the words themselves have to tell
 */
export function failureOf(said: unknown, status: number): UpstreamFailure {
  const error = errorObject(Array.isArray(said) ? said[0] : said)
  const upstreamCode = upstreamCodeOf(error)
  const words = showableText(messageOf(error) ?? '')
  const message = words === '' ? `The provider answered with status ${status} and gave no reason.` : words
  const told = status >= 400 ? status : statusInside(error)
  const code = errorCodeOf(error, { status: told, words: message, upstreamCode })
  return { code, message, upstreamCode, param: paramOf(error) }
}

/** The failure that an upstream reported inside a success, as an error to throw. */
export function failureInSuccess(said: unknown): GatewayError {
  const status = statusInside(errorObject(Array.isArray(said) ? said[0] : said))
  return errorOf(failureOf(said, 200), status)
}

/** Whether a parsed success is an error in truth: `{"error": …}`, and not the empty one that some vendors always send. */
export function holdsError(value: MutableJson): boolean {
  const error = value['error']
  return isText(error) || (isObject(error) && Object.keys(error).length > 0)
}

function errorCodeOf(
  error: MutableJson,
  facts: { status: number | null; words: string; upstreamCode: string | null },
): ErrorCode {
  const { status, words, upstreamCode } = facts
  for (const name of [upstreamCode, error['type']]) {
    const code = isText(name) ? codesByUpstreamCode.get(name) : undefined
    if (code !== undefined) return code
  }
  const isClientFault = status === null ? error['type'] === 'invalid_request_error' : status === 400
  if (isClientFault && tooLong.test(words)) return 'context_length_exceeded'
  if (status === null) return codesByType.get(textOf(error['type']) ?? '') ?? 'upstream_error'
  return codesByStatus.get(status) ?? (status < 500 ? 'upstream_invalid_request' : 'upstream_error')
}

/** The object that says what went wrong, wherever a vendor puts it. */
function errorObject(said: unknown): MutableJson {
  if (typeof said === 'string') return { message: said }
  if (!isObject(said)) return {}
  const inner = said['error']
  if (isObject(inner)) return inner
  return isText(inner) ? { ...said, message: said['message'] ?? inner } : said
}

function messageOf(error: MutableJson): string | null {
  const { message, detail } = error
  if (isText(message)) return message
  if (isObject(message)) return messageOf(message) ?? JSON.stringify(message)
  if (isText(detail)) return detail
  if (isObject(detail)) return messageOf(detail) ?? JSON.stringify(detail)
  if (!Array.isArray(detail)) return null
  return detail
    .map(problem => (isObject(problem) ? describeProblem(problem) : JSON.stringify(problem)))
    .join('; ')
}

/** One problem of FastAPI's list: `{"loc": ["body", "messages", 0], "msg": "…"}`. */
function describeProblem(problem: MutableJson): string {
  const path = pathOf(problem['loc'])
  const words = isText(problem['msg']) ? problem['msg'] : JSON.stringify(problem)
  return path === null ? words : `${path}: ${words}`
}

function paramOf(error: MutableJson): string | null {
  if (isText(error['param'])) return error['param']
  const { detail } = error
  return Array.isArray(detail) && isObject(detail[0]) ? pathOf(detail[0]['loc']) : null
}

function pathOf(location: unknown): string | null {
  if (!Array.isArray(location)) return null
  const steps = location[0] === 'body' ? location.slice(1) : location
  if (steps.length === 0) return null
  return steps
    .map(step => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '')
}

function upstreamCodeOf(error: MutableJson): string | null {
  for (const value of [error['code'], error['type'], error['status']])
    if (isText(value) || typeof value === 'number') return showableText(String(value))
  return null
}

function statusInside(error: MutableJson): number | null {
  for (const value of [error['status_code'], error['status'], error['code']]) {
    const status = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value
    if (typeof status === 'number' && status >= 400 && status <= 599) return status
  }
  return null
}
