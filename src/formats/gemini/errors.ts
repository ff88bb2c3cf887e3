// Errors in Google's shape, both ways: `{"error": {"code", "message", "status", "details"}}`, in a list at times.
// https://cloud.google.com/apis/design/errors

import type { ReplyHeaders } from '../../call.ts'
import type { ErrorCode, GatewayError } from '../../errors.ts'
import { isObject, isText, type JsonObject } from '../../lib/json-value.ts'
import type { UpstreamFailure } from '../format.ts'
import { parseLeniently } from '../shared/answer-body.ts'
import { showableText } from '../shared/error-text.ts'
import { describeAttempt, errorOf } from '../shared/errors.ts'
import { defined, objectsIn, textIn } from './wire.ts'

const codesByStatusName: Readonly<Record<string, ErrorCode>> = {
  INVALID_ARGUMENT: 'upstream_invalid_request',
  FAILED_PRECONDITION: 'upstream_invalid_request',
  OUT_OF_RANGE: 'upstream_invalid_request',
  UNAUTHENTICATED: 'upstream_authentication',
  PERMISSION_DENIED: 'upstream_authentication',
  NOT_FOUND: 'upstream_model_not_found',
  RESOURCE_EXHAUSTED: 'upstream_rate_limited',
  UNAVAILABLE: 'upstream_overloaded',
  DEADLINE_EXCEEDED: 'upstream_timeout',
}

const codesByStatus: Readonly<Record<number, ErrorCode>> = {
  401: 'upstream_authentication',
  403: 'upstream_authentication',
  404: 'upstream_model_not_found',
  408: 'upstream_timeout',
  413: 'context_length_exceeded',
  429: 'upstream_rate_limited',
  503: 'upstream_overloaded',
  504: 'upstream_timeout',
}

const promptTooLong = /token count .{0,60}exceeds|exceeds the maximum number of tokens|input .{0,20}too long/i

const missingThing = /cached? ?content|\bfile\b/i

/** Names the failure behind a status of 400 and above. */
export function decodeError(answer: {
  status: number
  headers: ReplyHeaders
  body: Buffer
}): UpstreamFailure {
  return failureOf(parseLeniently(answer.body.toString()), answer.status)
}

/** Whether a parsed success is an error in truth, alone or in a list. */
export function holdsError(value: unknown): boolean {
  const said: unknown = Array.isArray(value) ? value[0] : value
  return isObject(said) && (isObject(said['error']) || isText(said['error']))
}

/** The failure that an upstream reported inside a success, as an error to throw. */
export function failureInSuccess(said: unknown): GatewayError {
  const status = errorObject(said)['code']
  return errorOf(failureOf(said, 200), typeof status === 'number' ? status : null)
}

function failureOf(said: unknown, status: number): UpstreamFailure {
  const error = errorObject(said)
  const words = showableText(textIn(error, 'message') ?? '')
  const upstreamCode = textIn(error, 'status') ?? null
  const details = objectsIn(error, 'details')
  const wait = retryDelayOf(details)
  return {
    code: codeOf({ error, status, words, details }),
    message: words === '' ? `The provider answered with status ${status} and gave no reason.` : words,
    upstreamCode,
    param: violatedField(details),
    ...(wait === null ? {} : { retryAfterMs: wait }),
  }
}

interface Told {
  readonly error: JsonObject
  readonly status: number
  readonly words: string
  readonly details: readonly JsonObject[]
}

function codeOf({ error, status, words, details }: Told): ErrorCode {
  const name = textIn(error, 'status') ?? ''
  const byName = Object.hasOwn(codesByStatusName, name) ? codesByStatusName[name] : undefined
  const inner = typeof error['code'] === 'number' ? error['code'] : 0
  const real = status >= 400 ? status : inner
  const code =
    byName ??
    codesByStatus[real] ??
    (real >= 400 && real < 499 ? 'upstream_invalid_request' : 'upstream_error')
  // Not the model is missing, but something that the client named.
  if (code === 'upstream_model_not_found' && missingThing.test(words)) return 'upstream_invalid_request'
  if (code === 'upstream_invalid_request') {
    if (details.some(({ reason }) => reason === 'API_KEY_INVALID')) return 'upstream_authentication'
    if (promptTooLong.test(words)) return 'context_length_exceeded'
  }
  return code === 'upstream_rate_limited' && isSpentForToday(details) ? 'upstream_quota_exceeded' : code
}

/** A quota by the day does not come back while a request waits. */
function isSpentForToday(details: readonly JsonObject[]): boolean {
  return details.some(detail =>
    objectsIn(detail, 'violations').some(({ quotaId }) => /PerDay/.test(String(quotaId))),
  )
}

/** `"retryDelay": "34.4s"` */
function retryDelayOf(details: readonly JsonObject[]): number | null {
  for (const detail of details) {
    const seconds = /^(\d+(?:\.\d+)?)s$/.exec(textIn(detail, 'retryDelay') ?? '')?.[1]
    if (seconds !== undefined) return Math.ceil(Number(seconds) * 1000)
  }
  return null
}

function violatedField(details: readonly JsonObject[]): string | null {
  for (const detail of details)
    for (const violation of objectsIn(detail, 'fieldViolations'))
      if (isText(violation['field'])) return violation['field']
  return null
}

function errorObject(said: unknown): JsonObject {
  const first: unknown = Array.isArray(said) ? said[0] : said
  if (isText(first)) return { message: first }
  if (!isObject(first)) return {}
  const { error } = first
  if (isObject(error)) return error
  return isText(error) ? { message: error } : first
}

/** Google's name for each status that this gateway answers with. */
const statusNames: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  405: 'INVALID_ARGUMENT',
  408: 'DEADLINE_EXCEEDED',
  413: 'INVALID_ARGUMENT',
  415: 'INVALID_ARGUMENT',
  429: 'RESOURCE_EXHAUSTED',
  431: 'INVALID_ARGUMENT',
  499: 'CANCELLED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
}

export function encodeError(error: GatewayError): Buffer {
  return Buffer.from(errorText(error))
}

/** Google's SDKs look for an error in the data of each event, and no end marker follows. */
export function encodeStreamError(error: GatewayError): Buffer {
  return Buffer.from(`data: ${errorText(error)}\n\n`)
}

export function errorText(error: GatewayError): string {
  const { message, entry, retryAfterMs } = error
  const info = {
    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
    reason: error.code.toUpperCase(),
    domain: 'llm-proxy-api',
    metadata: metadataOf(error),
  }
  const retry = {
    '@type': 'type.googleapis.com/google.rpc.RetryInfo',
    retryDelay: `${((retryAfterMs ?? 0) / 1000).toFixed(3)}s`,
  }
  return JSON.stringify({
    error: {
      code: entry.status,
      message,
      status: statusNames[entry.status] ?? 'INTERNAL',
      details: retryAfterMs === null ? [info] : [info, retry],
    },
  })
}

/** Its values are texts, by Google's definition. */
function metadataOf(error: GatewayError): JsonObject {
  const { provider, param, upstreamCode, attempts } = error
  return defined({
    param: param ?? undefined,
    provider: provider ?? undefined,
    upstreamStatus: upstreamCode ?? undefined,
    attempts: attempts.length === 0 ? undefined : JSON.stringify(attempts.map(describeAttempt)),
  })
}
