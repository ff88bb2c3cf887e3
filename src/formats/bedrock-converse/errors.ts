// Errors in the shape of AWS: a type in a header or in the body, a message beside it, exceptions within a stream.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html

import type { ReplyHeaders } from '../../call.ts'
import { type ErrorCode, GatewayError } from '../../errors.ts'
import { encodeAwsEvent, errorMark, exceptionMark } from '../../lib/aws-event-stream.ts'
import { isObject, isText } from '../../lib/json-value.ts'
import type { UpstreamFailure, WireEvent } from '../format.ts'
import { parseLeniently } from '../shared/answer-body.ts'
import { showableText } from '../shared/error-text.ts'

/** Names without `Exception`, in lower case: streams write them otherwise than answers. */
const codesByType: ReadonlyMap<string, ErrorCode> = new Map([
  ['validation', 'upstream_invalid_request'],
  ['accessdenied', 'upstream_authentication'],
  ['unrecognizedclient', 'upstream_authentication'],
  ['invalidsignature', 'upstream_authentication'],
  ['incompletesignature', 'upstream_authentication'],
  ['missingauthenticationtoken', 'upstream_authentication'],
  ['expiredtoken', 'upstream_authentication'],
  ['invalidclienttokenid', 'upstream_authentication'],
  ['notauthorized', 'upstream_authentication'],
  ['resourcenotfound', 'upstream_model_not_found'],
  ['throttling', 'upstream_rate_limited'],
  ['toomanyrequests', 'upstream_rate_limited'],
  ['servicequotaexceeded', 'upstream_quota_exceeded'],
  ['modeltimeout', 'upstream_timeout'],
  ['modelnotready', 'upstream_overloaded'],
  ['serviceunavailable', 'upstream_overloaded'],
  ['modelerror', 'upstream_error'],
  ['modelstreamerror', 'upstream_error'],
  ['internalserver', 'upstream_error'],
  ['internalfailure', 'upstream_error'],
])

const codesByStatus: ReadonlyMap<number, ErrorCode> = new Map([
  [401, 'upstream_authentication'],
  [403, 'upstream_authentication'],
  [404, 'upstream_model_not_found'],
  [408, 'upstream_timeout'],
  [413, 'context_length_exceeded'],
  [424, 'upstream_error'],
  [429, 'upstream_rate_limited'],
  [503, 'upstream_overloaded'],
  [504, 'upstream_timeout'],
])

/** Statuses that AWS gives to these exceptions: in a stream there is none. */
const statusesByType: ReadonlyMap<string, number> = new Map([
  ['validation', 400],
  ['accessdenied', 403],
  ['resourcenotfound', 404],
  ['modeltimeout', 408],
  ['modelerror', 424],
  ['modelstreamerror', 424],
  ['throttling', 429],
  ['internalserver', 500],
  ['serviceunavailable', 503],
])

export function decodeError(answer: {
  status: number
  headers: ReplyHeaders
  body: Buffer
}): UpstreamFailure {
  const text = answer.body.toString()
  const said = parseLeniently(text)
  const header = answer.headers['x-amzn-errortype']
  const type = readType(typeof header === 'string' ? header : typeInBody(said))
  const words = showableText(isObject(said) ? messageOf(said) : text)
  return {
    code: codeOf(type, answer.status),
    message: words === '' ? `The provider answered with status ${answer.status} and gave no reason.` : words,
    upstreamCode: type === null ? null : showableText(type),
    param: null,
  }
}

/** The failure that a frame of a stream tells of; null for a frame that tells of none. */
export function failureInStream({ name, data }: WireEvent): GatewayError | null {
  const mark = [exceptionMark, errorMark].find(candidate => name.startsWith(candidate))
  if (mark === undefined) return null
  const type = name.slice(mark.length)
  const said = parseLeniently(data)
  const told = isObject(said) ? messageOf(said) : data
  const words = showableText(told)
  const status = statusesByType.get(plainType(type)) ?? originalStatus(said)
  return new GatewayError(codeOf(type, status ?? 500), {
    message: words === '' ? `The provider ended the stream with ${showableText(type)}.` : words,
    upstreamCode: showableText(type),
    ...(status !== null && { upstreamStatus: status }),
  })
}

function originalStatus(said: unknown): number | null {
  const status = isObject(said) ? said['originalStatusCode'] : null
  return typeof status === 'number' && status >= 400 && status <= 599 ? status : null
}

function codeOf(type: string | null, status: number): ErrorCode {
  const known = type === null ? undefined : codesByType.get(plainType(type))
  if (known !== undefined) return known
  return codesByStatus.get(status) ?? (status < 500 ? 'upstream_invalid_request' : 'upstream_error')
}

function plainType(type: string): string {
  return type.replace(/(?:Exception|Error)$/i, '').toLowerCase()
}

function typeInBody(said: unknown): string | null {
  if (!isObject(said)) return null
  return [said['__type'], said['code']].find(isText) ?? null
}

/** `com.amazon.coral.service#ThrottlingException:http://…` is `ThrottlingException`. */
function readType(text: string | null): string | null {
  return text?.replace(/^.*#/, '').split(':')[0]?.trim() || null
}

function messageOf(said: Readonly<Record<string, unknown>>): string {
  for (const name of ['message', 'Message', 'errorMessage', 'originalMessage']) {
    const words = said[name]
    if (isText(words)) return words
  }
  return ''
}

/** The exception that an SDK of AWS raises for an error of ours; a stream knows only some of them. */
const exceptions: Readonly<Partial<Record<ErrorCode, string>>> = {
  missing_api_key: 'AccessDeniedException',
  invalid_api_key: 'AccessDeniedException',
  permission_denied: 'AccessDeniedException',
  not_found: 'ResourceNotFoundException',
  model_not_found: 'ResourceNotFoundException',
  upstream_model_not_found: 'ResourceNotFoundException',
  request_timeout: 'ModelTimeoutException',
  upstream_timeout: 'ModelTimeoutException',
  deadline_exceeded: 'ModelTimeoutException',
  rate_limit_exceeded: 'ThrottlingException',
  upstream_rate_limited: 'ThrottlingException',
  upstream_quota_exceeded: 'ServiceQuotaExceededException',
  upstream_error: 'ModelErrorException',
  upstream_malformed: 'ModelErrorException',
  upstream_truncated: 'ModelErrorException',
  internal_error: 'InternalServerException',
}

const streamExceptions: Readonly<Record<string, string>> = {
  ValidationException: 'validationException',
  ThrottlingException: 'throttlingException',
  ServiceQuotaExceededException: 'throttlingException',
  ModelTimeoutException: 'modelStreamErrorException',
  ModelErrorException: 'modelStreamErrorException',
  ServiceUnavailableException: 'serviceUnavailableException',
  InternalServerException: 'internalServerException',
}

function exceptionFor({ code, entry }: GatewayError): string {
  return exceptions[code] ?? (entry.status >= 500 ? 'ServiceUnavailableException' : 'ValidationException')
}

/** The header in which the SDKs of AWS look for the type first. */
export function errorHeaders(error: GatewayError): readonly string[] {
  return ['x-amzn-errortype', exceptionFor(error)]
}

/** `__type` is where they look where the header is missing. */
export function encodeError(error: GatewayError): Buffer {
  return Buffer.from(JSON.stringify({ __type: exceptionFor(error), message: error.message }))
}

export function errorEvent(error: GatewayError): WireEvent {
  const exception = streamExceptions[exceptionFor(error)] ?? 'validationException'
  return { name: exceptionMark + exception, data: JSON.stringify({ message: error.message }) }
}

export function encodeStreamError(error: GatewayError): Buffer {
  return encodeAwsEvent(errorEvent(error))
}
