import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { configurationOf, loadText, problemsOf } from '../../test/fixtures/load-configuration.ts'

const redisOf = (text: string, environment: Record<string, string> = {}) =>
  configurationOf(loadText(text, environment)).redis

test('without the section and the variable, nothing is shared', () => {
  expect(redisOf('')).toBeNull()
})

test('the address may be all that is written', () => {
  expect(redisOf('redis: {url: "redis://cache:6380/2"}')).toEqual({
    url: 'redis://cache:6380/2',
    tls: null,
    username: null,
    password: null,
    prefix: 'llm-proxy',
    timeoutMs: 50,
  })
})

test('user and password are taken out of the address, and are not shown', () => {
  const redis = redisOf('', { REDIS_URL: 'rediss://us%40er:pass%2Fw0rd@cache' })
  expect(redis).toMatchObject({ url: 'rediss://cache', username: 'us@er' })
  expect(redis?.password?.reveal()).toBe('pass/w0rd')
  expect(JSON.stringify(redis) + inspect(redis)).not.toMatch(/w0rd/)
})

test('the variable wins over the address of the file, and keeps the rest of the section', () => {
  const text = 'redis: {url: "redis://file", password: of-the-file, prefix: house, timeout: 20ms}'
  const redis = redisOf(text, { REDIS_URL: 'redis://variable' })
  expect(redis).toMatchObject({ url: 'redis://variable', prefix: 'house', timeoutMs: 20 })
  expect(redis?.password?.reveal()).toBe('of-the-file')
  const own = redisOf(text, { REDIS_URL: 'redis://:of-the-variable@variable' })
  expect(own?.password?.reveal()).toBe('of-the-variable')
})

test.each([
  'http://cache',
  'cache:6379',
  'redis://',
  'redis://cache/name',
  'redis://cache?x=1',
  'redis://%zz@cache',
])('%s is no address, and is not repeated', url => {
  const message = 'must be a redis:// or rediss:// address: redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]'
  expect(problemsOf(loadText(`redis: {url: "${url}"}`))).toEqual([`config.yaml:1:14 redis.url: ${message}`])
  expect(problemsOf(loadText('', { REDIS_URL: url }))).toEqual([`environment REDIS_URL: ${message}`])
})

test('an encrypted connection trusts whom the section names', () => {
  const text =
    'redis: {url: "rediss://cache", tls: {ca_file: ca.pem, cert_file: c.pem, key_file: k.pem, server_name: r}}'
  const certificate = { file: 'c.pem', keyFile: 'k.pem' }
  expect(redisOf(text)?.tls).toEqual({ caFile: 'ca.pem', certificate, serverName: 'r' })
  const none = { caFile: null, certificate: null, serverName: null }
  expect(redisOf('redis: {url: "rediss://cache"}')?.tls).toEqual(none)
})

test.each([
  ['url: "redis://cache", tls: {ca_file: ca.pem}', 'redis.tls: needs an address that begins with rediss://'],
  [
    'url: "rediss://cache", tls: {cert_file: c.pem}',
    'redis.tls: needs `cert_file` and `key_file`, or neither',
  ],
  [
    'url: "rediss://cache", tls: {key_file: k.pem}',
    'redis.tls: needs `cert_file` and `key_file`, or neither',
  ],
])('%s is a mistake', (written, message) => {
  expect(problemsOf(loadText(`redis: {${written}}`))).toEqual([expect.stringContaining(message)])
})

test('a section without an address is a mistake', () => {
  expect(problemsOf(loadText('redis: {prefix: x}'))).toEqual([
    expect.stringContaining('redis.url: is missing'),
  ])
})
