import { expect, test } from 'vitest'
import { describeFailure } from './describe-failure.ts'

const failure = (code: string, message = 'the words of OpenSSL') =>
  Object.assign(new Error(message), { code })

test.each([
  [
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    /certificate is not trusted: the words of OpenSSL \(redis\.tls\.ca_file/,
  ],
  ['CERT_HAS_EXPIRED', /certificate is not trusted/],
  ['ERR_TLS_CERT_ALTNAME_INVALID', /redis\.tls\.server_name/],
  [
    'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
    /without a certificate that it trusts.*redis\.tls\.cert_file/,
  ],
  ['ERR_SSL_WRONG_VERSION_NUMBER', /it does not speak TLS/],
  ['ECONNREFUSED', /^the words of OpenSSL$/],
])('%s is told with what to do about it', (code, words) => {
  expect(describeFailure(failure(code))).toMatch(words)
})

test('of several addresses that were tried, the first failure is told', () => {
  expect(describeFailure(new AggregateError([new Error('one'), new Error('two')]))).toBe('one')
})

test.each(['MOVED 866 127.0.0.1:7000', 'CLUSTERDOWN Hash slot not served'])(
  '%s names the kind of server',
  words => {
    expect(describeFailure(new Error(words))).toContain('Redis Cluster is not supported')
  },
)

test('what is no error is told as it is', () => {
  expect(describeFailure('gone')).toBe('gone')
})
