// What the packages of the AI SDK throw, in our vocabulary. Their errors are told by name: each package may bring its
// own copy of the classes.

import { asGatewayError, type ErrorCode, GatewayError } from '../../errors.ts'
import { isObject, isText } from '../../lib/json-value.ts'

/** An answer of the vendor with an error status: read like that of any other provider. */
export interface VendorRefusal {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** Null where the vendor gave no answer. */
export function readRefusal(thrown: unknown): VendorRefusal | null {
  if (!isObject(thrown) || typeof thrown['statusCode'] !== 'number' || thrown['statusCode'] < 400) return null
  const { statusCode, responseHeaders, responseBody, message } = thrown
  const body = isText(responseBody) ? responseBody : JSON.stringify({ error: { message } })
  return {
    status: statusCode,
    headers: isObject(responseHeaders) ? (responseHeaders as Record<string, string>) : {},
    body: Buffer.from(body),
  }
}

const codes: Readonly<Record<string, ErrorCode>> = {
  AI_APICallError: 'upstream_unreachable',
  AI_LoadAPIKeyError: 'upstream_authentication',
  AI_LoadSettingError: 'no_provider',
  AI_NoSuchModelError: 'upstream_model_not_found',
  AI_UnsupportedFunctionalityError: 'unsupported_parameter',
  AI_InvalidPromptError: 'invalid_request',
  AI_InvalidArgumentError: 'invalid_request',
  AI_TooManyEmbeddingValuesForCallError: 'invalid_request',
  AI_InvalidResponseDataError: 'upstream_malformed',
  AI_EmptyResponseBodyError: 'upstream_malformed',
  AI_JSONParseError: 'upstream_malformed',
  AI_TypeValidationError: 'upstream_malformed',
  AI_NoContentGeneratedError: 'upstream_error',
}

/** Of a failure without an answer, or in the middle of one. */
export function describeFailure(thrown: unknown, provider: string): GatewayError {
  if (thrown instanceof GatewayError) return thrown
  const status = isObject(thrown) && typeof thrown['statusCode'] === 'number' ? thrown['statusCode'] : null
  const told = isObject(thrown) && isText(thrown['message']) ? thrown['message'] : JSON.stringify(thrown)
  const name = isObject(thrown) && isText(thrown['name']) ? thrown['name'] : ''
  const code = Object.hasOwn(codes, name)
    ? codes[name]
    : isObject(thrown)
      ? codeOfWords(thrown)
      : 'upstream_error'
  if (code === undefined) return asGatewayError(thrown)
  return new GatewayError(code, {
    message: `${provider}: ${told ?? 'no reason was given'}`,
    provider,
    cause: thrown,
    ...(status === null ? {} : { upstreamStatus: status }),
  })
}

const codesByType: Readonly<Record<string, ErrorCode>> = {
  overloaded_error: 'upstream_overloaded',
  rate_limit_error: 'upstream_rate_limited',
  invalid_request_error: 'upstream_invalid_request',
  authentication_error: 'upstream_authentication',
}

/** An error within a stream is whatever object the vendor sent. */
function codeOfWords(thrown: Readonly<Record<string, unknown>>): ErrorCode {
  const type = String(thrown['type'])
  return Object.hasOwn(codesByType, type) ? (codesByType[type] ?? 'upstream_error') : 'upstream_error'
}
