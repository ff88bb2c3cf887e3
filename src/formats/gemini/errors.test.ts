import { expect, test } from 'vitest'
import { GatewayError } from '../../errors.ts'
import { gemini } from './index.ts'

const decode = (status: number, body: unknown) =>
  gemini.decodeError({
    status,
    headers: {},
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  })
const error = (status: string, message: string, details: unknown[] = []) => ({
  error: { message, status, details },
})

test.each([
  [400, error('INVALID_ARGUMENT', 'Bad.'), 'upstream_invalid_request'],
  [400, error('INVALID_ARGUMENT', 'x', [{ reason: 'API_KEY_INVALID' }]), 'upstream_authentication'],
  [
    400,
    error('INVALID_ARGUMENT', 'The input token count (2000000) exceeds the maximum number of tokens.'),
    'context_length_exceeded',
  ],
  [400, error('FAILED_PRECONDITION', 'User location is not supported.'), 'upstream_invalid_request'],
  [401, error('UNAUTHENTICATED', 'No.'), 'upstream_authentication'],
  [403, error('PERMISSION_DENIED', 'No.'), 'upstream_authentication'],
  [404, error('NOT_FOUND', 'models/x is not found'), 'upstream_model_not_found'],
  [404, error('NOT_FOUND', 'Not found: cached content metadata 1.'), 'upstream_invalid_request'],
  [429, error('RESOURCE_EXHAUSTED', 'Slow.'), 'upstream_rate_limited'],
  [
    429,
    error('RESOURCE_EXHAUSTED', 'Slow.', [{ violations: [{ quotaId: 'RequestsPerDay-FreeTier' }] }]),
    'upstream_quota_exceeded',
  ],
  [499, error('CANCELLED', 'Cancelled.'), 'upstream_error'],
  [500, error('INTERNAL', 'Oops.'), 'upstream_error'],
  [503, error('UNAVAILABLE', 'Busy.'), 'upstream_overloaded'],
  [504, error('DEADLINE_EXCEEDED', 'Late.'), 'upstream_timeout'],
  [503, 'Service temporarily unavailable', 'upstream_overloaded'],
  [404, '', 'upstream_model_not_found'],
  [413, '<html>too large</html>', 'context_length_exceeded'],
])('%i with %j', (status, body, code) => {
  expect(decode(status, body)).toMatchObject({ code })
})

test('an error in a list is read like one alone, with how long to wait and which field was wrong', () => {
  const details = [
    { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34.4s' },
    { fieldViolations: [{ field: 'contents[0].parts', description: 'x' }] },
  ]
  expect(decode(429, [error('RESOURCE_EXHAUSTED', 'Slow.', details)])).toEqual({
    code: 'upstream_rate_limited',
    message: 'Slow.',
    upstreamCode: 'RESOURCE_EXHAUSTED',
    param: 'contents[0].parts',
    retryAfterMs: 34_400,
  })
})

test('keys in an error are not shown', () => {
  const { message } = decode(400, error('INVALID_ARGUMENT', 'Invalid API key: AIzv00G7VmUCUeC-5OglO3hcXM'))
  expect(message).not.toContain('AIzv00G7VmUCUeC')
})

test.each([
  ['invalid_request', 400, 'INVALID_ARGUMENT'],
  ['invalid_api_key', 401, 'UNAUTHENTICATED'],
  ['permission_denied', 403, 'PERMISSION_DENIED'],
  ['model_not_found', 404, 'NOT_FOUND'],
  ['rate_limit_exceeded', 429, 'RESOURCE_EXHAUSTED'],
  ['upstream_error', 502, 'INTERNAL'],
  ['no_provider', 503, 'UNAVAILABLE'],
  ['upstream_timeout', 504, 'DEADLINE_EXCEEDED'],
] as const)('%s is told as %i %s', (code, status, name) => {
  const failure = new GatewayError(code, { message: 'm', param: 'p', provider: 'v' })
  failure.attempts = [{ provider: 'v', model: 'm', status: 500, code: 'upstream_error', durationMs: 1.4 }]
  expect(JSON.parse(gemini.encodeError(failure).toString())).toMatchObject({
    error: {
      code: status,
      status: name,
      message: 'm',
      details: [{ reason: code.toUpperCase(), metadata: { param: 'p', provider: 'v' } }],
    },
  })
})
