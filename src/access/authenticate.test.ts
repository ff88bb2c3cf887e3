import type { IncomingHttpHeaders } from 'node:http'
import { describe, expect, test } from 'vitest'
import { GatewayError } from '../errors.ts'
import { createAuthenticator, isLocalPeer } from './authenticate.ts'
import type { Principal } from './keys.ts'

const far = '203.0.113.7'
const anonymous = { keyId: 'anonymous', tenant: 'default' }

function authenticatorOf({ required = true, header = 'x-api-key' } = {}) {
  const asked: string[] = []
  const find = (presented: string): Principal | null => {
    asked.push(presented)
    return presented.startsWith('good') ? { keyId: `key_of_${presented}`, tenant: 'default' } : null
  }
  return { authenticate: createAuthenticator({ ring: { find }, required, header }), asked }
}

function failureOf(call: () => unknown): GatewayError {
  try {
    call()
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown
  }
  throw new Error('no GatewayError was thrown')
}

describe('where a key is looked for', () => {
  const cases: Array<[title: string, headers: IncomingHttpHeaders]> = [
    ['a bearer token', { authorization: 'Bearer good' }],
    ['a scheme in other letters', { authorization: 'bEARER   good ' }],
    ['the key header', { 'x-api-key': 'good' }],
    ['the header of Azure clients', { 'api-key': 'good' }],
    ['the header of Google clients', { 'x-goog-api-key': 'good' }],
    ['a key beside credentials of another kind', { authorization: 'Basic eDp5', 'x-api-key': 'good' }],
    ['a key beside an empty bearer token', { authorization: 'Bearer ', 'api-key': 'good' }],
  ]
  test.each(cases)('%s is accepted', (_title, headers) => {
    expect(authenticatorOf().authenticate(headers, far)).toEqual({ keyId: 'key_of_good', tenant: 'default' })
  })

  test('the configured header is read beside those of the SDKs, and named first', () => {
    const { authenticate } = authenticatorOf({ header: 'x-team-key' })
    expect(authenticate({ 'x-team-key': 'good', 'x-api-key': 'bad' }, far).keyId).toBe('key_of_good')
    expect(authenticate({ 'x-api-key': 'good' }, far).keyId).toBe('key_of_good')
    const failure = failureOf(() => authenticate({}, far))
    expect(failure.code).toBe('missing_api_key')
    expect(failure.message).toContain('x-team-key')
  })

  test('of several keys the first in order counts, even if only a later one is known', () => {
    const { authenticate, asked } = authenticatorOf()
    const all = { authorization: 'Bearer good-1', 'x-api-key': 'good-2', 'api-key': 'good-3' }
    expect(authenticate(all, far).keyId).toBe('key_of_good-1')
    const failure = failureOf(() => authenticate({ ...all, authorization: 'Bearer bad' }, far))
    expect(failure).toMatchObject({ code: 'invalid_api_key', param: 'authorization' })
    expect(asked).toEqual(['good-1', 'bad'])
  })
})

describe('what is refused', () => {
  test.each([
    ['nothing', {}],
    ['a bare key', { authorization: 'good' }],
    ['another scheme', { authorization: 'Basic good' }],
    ['empty headers', { authorization: 'Bearer ', 'x-api-key': '' }],
  ])('%s is a missing key', (_title, headers) => {
    const failure = failureOf(() => authenticatorOf().authenticate(headers, far))
    expect(failure).toMatchObject({ code: 'missing_api_key', param: 'authorization' })
  })

  test('an unknown key is invalid, and the error names its header but not the key', () => {
    const failure = failureOf(() => authenticatorOf().authenticate({ 'api-key': 'bad-key' }, far))
    expect(failure).toMatchObject({ code: 'invalid_api_key', param: 'api-key' })
    expect(failure.message).not.toContain('bad-key')
  })

  test.each([
    ['overlong', 'good'.repeat(129)],
    ['non-ASCII', 'goodé'],
    ['holds a control character', 'good\t'],
  ])('a key that is %s is invalid without a look at the ring', (_title, key) => {
    const { authenticate, asked } = authenticatorOf()
    expect(failureOf(() => authenticate({ 'x-api-key': key }, far)).code).toBe('invalid_api_key')
    expect(asked).toEqual([])
  })
})

describe('without required keys', () => {
  const { authenticate } = authenticatorOf({ required: false })

  test.each(['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1'])('a peer at %s needs none', address => {
    expect(authenticate({}, address)).toEqual(anonymous)
  })

  test.each(['10.0.0.1', '::ffff:10.0.0.1', 'fe80::1', '::', undefined])('a peer at %s does', address => {
    expect(failureOf(() => authenticate({}, address)).code).toBe('missing_api_key')
    expect(failureOf(() => authenticate({ 'x-api-key': 'bad' }, address)).code).toBe('invalid_api_key')
    expect(authenticate({ 'x-api-key': 'good' }, address).keyId).toBe('key_of_good')
  })

  test.each(['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'])(
    'a near proxy that says %s speaks for a stranger',
    header => {
      expect(failureOf(() => authenticate({ [header]: '203.0.113.9' }, '127.0.0.1')).code).toBe(
        'missing_api_key',
      )
    },
  )

  test('a near peer may send any key, and a known one keeps its name', () => {
    expect(authenticate({ authorization: 'Bearer not-needed' }, '::1')).toEqual(anonymous)
    expect(authenticate({ authorization: `Bearer ${'x'.repeat(600)}` }, '::1')).toEqual(anonymous)
    expect(authenticate({ authorization: 'Bearer good' }, '::1').keyId).toBe('key_of_good')
  })
})

test('with required keys a near peer needs one like everybody else', () => {
  expect(failureOf(() => authenticatorOf().authenticate({}, '127.0.0.1')).code).toBe('missing_api_key')
})

describe('who is local', () => {
  test.each<IncomingHttpHeaders>([
    { host: 'evil.example' },
    { host: 'localhost.evil.example' },
    { host: '127.0.0.1.evil.example:8000' },
    { host: 'evil.example:8000' },
    { host: '' },
    { host: 'localhost:8000', origin: 'http://evil.example' },
    { host: 'localhost:8000', origin: 'https://localhost.evil.example' },
    { host: 'localhost:8000', origin: 'null' },
    { host: 'localhost:8000', 'x-real-ip': '203.0.113.9' },
    { host: 'localhost:8000', via: '1.1 proxy' },
  ])('a near peer that sends %j is a stranger', headers => {
    expect(isLocalPeer(headers, '127.0.0.1')).toBe(false)
  })

  test.each<IncomingHttpHeaders>([
    {},
    { host: 'localhost' },
    { host: 'localhost:8000' },
    { host: 'LocalHost:8000' },
    { host: '127.0.0.1' },
    { host: '127.8.9.10:80' },
    { host: '[::1]' },
    { host: '[::1]:1' },
    { host: 'localhost:8000', origin: 'http://localhost:3000' },
    { host: 'localhost:8000', origin: 'https://127.0.0.1' },
  ])('a near peer that sends %j is local', headers => {
    expect(isLocalPeer(headers, '127.0.0.1')).toBe(true)
  })

  test('a far peer is none, by whatever name it asks', () => {
    expect(isLocalPeer({ host: 'localhost' }, far)).toBe(false)
  })
})
