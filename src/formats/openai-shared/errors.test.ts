import { describe, expect, test } from 'vitest'
import { GatewayError } from '../../errors.ts'
import { encodeError, encodeStreamError } from './error-body.ts'
import { decodeError } from './errors.ts'

function decode(status: number, body: unknown) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return decodeError({ status, headers: {}, body: Buffer.from(text) })
}

describe('an error of the upstream', () => {
  test.each([
    [400, 'upstream_invalid_request'],
    [401, 'upstream_authentication'],
    [402, 'upstream_quota_exceeded'],
    [403, 'upstream_authentication'],
    [404, 'upstream_model_not_found'],
    [408, 'upstream_timeout'],
    [409, 'upstream_invalid_request'],
    [410, 'upstream_model_not_found'],
    [413, 'context_length_exceeded'],
    [418, 'upstream_invalid_request'],
    [422, 'upstream_invalid_request'],
    [429, 'upstream_rate_limited'],
    [500, 'upstream_error'],
    [502, 'upstream_error'],
    [503, 'upstream_overloaded'],
    [504, 'upstream_timeout'],
    [529, 'upstream_overloaded'],
  ])('of status %i is %s', (status, code) => {
    expect(decode(status, { error: { message: 'no' } }).code).toBe(code)
  })

  test.each([
    [400, { error: { code: 'context_length_exceeded', message: 'a' } }, 'context_length_exceeded'],
    [400, { message: "This model's maximum context length is 8192 tokens." }, 'context_length_exceeded'],
    [400, { error: { code: 'content_filter', message: 'a' } }, 'content_filter'],
    [400, { error: { code: 'model_not_found', message: 'a' } }, 'upstream_model_not_found'],
    [429, { error: { code: 'insufficient_quota', message: 'a' } }, 'upstream_quota_exceeded'],
    [429, { error: { type: 'insufficient_quota', code: null, message: 'a' } }, 'upstream_quota_exceeded'],
  ])('of status %i with %o is %s', (status, body, code) => {
    expect(decode(status, body).code).toBe(code)
  })

  test.each([
    [{ error: { message: 'no', type: 't', code: 'c', param: 'p' } }, 'no', 'c', 'p'],
    [{ error: { message: 'no', type: 't', code: null, param: null } }, 'no', 't', null],
    [{ error: { message: 'no', code: 429 } }, 'no', '429', null],
    [{ error: 'no' }, 'no', null, null],
    [{ error: 'Not found', message: 'no' }, 'no', null, null],
    [{ object: 'error', message: 'no', type: 'invalid', code: 1100 }, 'no', '1100', null],
    [{ message: { detail: [{ loc: ['body', 'n'], msg: 'no' }] } }, 'n: no', null, null],
    [{ detail: 'no' }, 'no', null, null],
    [
      { detail: [{ loc: ['body', 'messages', 0, 'role'], msg: 'no' }] },
      'messages[0].role: no',
      null,
      'messages[0].role',
    ],
    [[{ error: { message: 'no', code: 400, status: 'INVALID_ARGUMENT' } }], 'no', '400', null],
    ['plain words\n  here', 'plain words here', null, null],
    [
      '<html><head><title>502 Bad Gateway</title><style>a{b:c}</style></head><body><h1>Sorry</h1></body>',
      '502 Bad Gateway Sorry',
      null,
      null,
    ],
    ['', 'The provider answered with status 400 and gave no reason.', null, null],
    [{}, 'The provider answered with status 400 and gave no reason.', null, null],
    ['null', 'The provider answered with status 400 and gave no reason.', null, null],
  ])('as %o is understood', (body, ...expected) => {
    const { message, upstreamCode, param } = decode(400, body)
    expect([message, upstreamCode, param]).toEqual(expected)
  })

  test('is shortened', () => {
    expect(decode(500, 'word '.repeat(10_000)).message.length).toBeLessThan(1010)
  })

  test.each([
    'Incorrect API key provided: sk-proj-abcDEF123456. You can find yours at example.com.',
    'Incorrect API key provided: sk-abc***************************xyz9.',
    'Incorrect API key provided: abcdefgh12345678.',
    'invalid key "abcd****wxyz"',
    'Authorization: Bearer abcdef.ghijkl.mnopqr is not valid',
    'Token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc was refused',
    'AIzaSyA1234567890abcdefghij has no access',
    'gsk_abcdefghijklmnop1234 has expired',
    'No access for 0123456789abcdef0123456789abcdef here',
  ])('does not show the key in %o', words => {
    const { message } = decode(401, { error: { message: words } })
    expect(message).toContain('[hidden]')
    for (const word of words.split(/[\s"]+/))
      if (/\d.*\d|\*|Bearer$/.test(word) && word.length > 8)
        expect(message).not.toContain(word.replace(/\.$/, ''))
  })

  test.each([
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    'Requested tokens: 128000 of 32000. The API key is required: see the docs.',
    'The model `llama-3.3-70b-versatile` does not exist (request req_0123456789ab).',
  ])('keeps harmless words: %s', words => {
    expect(decode(400, { error: { message: words } }).message).toBe(words)
  })
})

describe('an error for the client', () => {
  test('has the shape of the format, with the attempts that were made', () => {
    const error = new GatewayError('upstream_rate_limited', { message: 'Slow down.', provider: 'p' })
    error.attempts = [
      { provider: 'p', model: 'm', status: 429, code: 'upstream_rate_limited', durationMs: 12.6 },
    ]
    const body = {
      error: {
        message: 'Slow down.',
        type: 'rate_limit_error',
        param: null,
        code: 'rate_limit_exceeded',
        provider: 'p',
        attempts: [
          { provider: 'p', model: 'm', status: 429, code: 'upstream_rate_limited', duration_ms: 13 },
        ],
      },
    }
    expect(JSON.parse(encodeError(error).toString())).toEqual(body)
    const event = encodeStreamError(error).toString()
    expect(event).toMatch(/^data: \{.*\}\n\n$/)
    expect(JSON.parse(event.slice(6))).toEqual(body)
  })

  test.each([
    [
      new GatewayError('invalid_request', { param: 'n' }),
      { type: 'invalid_request_error', code: 'invalid_request', param: 'n' },
    ],
    [new GatewayError('upstream_quota_exceeded'), { type: 'insufficient_quota', code: 'insufficient_quota' }],
    [new GatewayError('upstream_model_not_found'), { code: 'model_not_found' }],
    [
      new GatewayError('upstream_invalid_request', { upstreamCode: 'unsupported_parameter' }),
      { code: 'unsupported_parameter' },
    ],
    [
      new GatewayError('upstream_invalid_request', { upstreamCode: '1100' }),
      { code: 'upstream_invalid_request' },
    ],
  ])('keeps the codes that clients of the format know', (error, expected) => {
    const { error: body } = JSON.parse(encodeError(error).toString())
    expect(body).toMatchObject(expected)
    expect(body).not.toHaveProperty('attempts')
  })
})
