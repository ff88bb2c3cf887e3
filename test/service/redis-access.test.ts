// How a gateway gets at its Redis: over TLS, with a certificate, as a user of limited rights, and not at all where the
// server is of a kind that it cannot use. Skipped where redis-server and openssl are not installed.

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Authority, hasOpenssl, makeAuthority } from '../support/certificates.ts'
import { answerText, startFakeUpstream } from '../support/fake-upstream.ts'
import { hasRedis, type RedisManner, type RedisServer, startRedisAs } from '../support/redis-server.ts'
import { configurationText, providersFor } from '../support/scene.ts'
import { startTestGateway, type TestGateway, testKey } from '../support/test-gateway.ts'
import { waitUntil } from '../support/wait-until.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

let ours: Authority
let theirs: Authority
beforeAll(() => {
  if (!hasOpenssl) return
  ours = makeAuthority()
  theirs = makeAuthority()
})
afterAll(() => {
  ours?.remove()
  theirs?.remove()
})

async function openRedis(manner: Partial<RedisManner>): Promise<RedisServer> {
  const redis = await startRedisAs({ settings: [], ...manner })
  cleanups.push(() => redis.close())
  return redis
}

function openTlsRedis({ name = 'IP:127.0.0.1', settings = ['--tls-auth-clients', 'no'] } = {}) {
  return openRedis({ settings, tls: { ca: ours.file, ...ours.issue('server', [name]) } })
}

async function openGateway(redis: object): Promise<TestGateway> {
  const upstream = await startFakeUpstream(answerText('hello'))
  cleanups.push(() => upstream.close())
  const gateway = await startTestGateway(configurationText({ redis, providers: providersFor([upstream]) }))
  cleanups.push(() => gateway.stop())
  return gateway
}

const linesOf = (gateway: TestGateway) =>
  gateway.readLog().filter(line => JSON.stringify(line).includes('Redis'))

async function expectShared(redis: RedisServer, gateway: TestGateway): Promise<void> {
  const listeners = () => redis.run('PUBSUB', 'NUMSUB', 'llm-proxy:hints:told')
  await waitUntil('the gateway listens', () => listeners().endsWith('1'))
  expect((await gateway.chat()).status).toBe(200)
  expect(linesOf(gateway)).toEqual([])
}

/** It serves, and has said so once, after several attempts. */
async function expectRefused(gateway: TestGateway, reason: RegExp): Promise<void> {
  await waitUntil('it is told', () => linesOf(gateway).length > 0)
  const refusals = async (): Promise<number> => {
    const headers = { authorization: `Bearer ${testKey}` }
    const metrics = await fetch(`${gateway.url}/metrics/prometheus`, { headers })
    return Number(
      /redis_connections_total\{[^}]*refused[^}]*\} (\d+)/.exec(await metrics.text())?.[1] ?? Number.NaN,
    )
  }
  await waitUntil('it has been tried again', async () => (await refusals()) >= 3, { totalMs: 10_000 })
  expect((await gateway.chat()).status).toBe(200)
  const lines = linesOf(gateway)
  expect(lines).toHaveLength(1)
  expect(JSON.stringify(lines[0])).toMatch(reason)
}

describe.skipIf(!hasRedis || !hasOpenssl)('a Redis that speaks TLS', () => {
  test('is used where its authority is trusted', async () => {
    const redis = await openTlsRedis()
    await expectShared(redis, await openGateway({ url: redis.url, tls: { ca_file: ours.file } }))
  })

  test('is used under the name in its certificate', async () => {
    const redis = await openTlsRedis({ name: 'DNS:redis.internal' })
    const tls = { ca_file: ours.file, server_name: 'redis.internal' }
    await expectShared(redis, await openGateway({ url: redis.url, tls }))
  })

  test.each([
    ['an authority of strangers', () => ({ ca_file: theirs.file })],
    ['the public authorities alone', () => undefined],
  ])('is refused where the gateway trusts %s', async (_, tls) => {
    const redis = await openTlsRedis()
    const gateway = await openGateway({ url: redis.url, tls: tls() })
    await expectRefused(gateway, /its certificate is not trusted: .*redis\.tls\.ca_file/)
  })

  test('is refused where its certificate stands for another name', async () => {
    const redis = await openTlsRedis({ name: 'DNS:elsewhere.internal' })
    const gateway = await openGateway({ url: redis.url, tls: { ca_file: ours.file } })
    await expectRefused(gateway, /its certificate is not trusted: .*redis\.tls\.server_name/)
  })

  test('that asks for certificates gets the one of the gateway', async () => {
    const redis = await openTlsRedis({ settings: ['--tls-auth-clients', 'yes'] })
    const { certificate, key } = ours.issue('gateway', ['DNS:gateway'])
    const tls = { ca_file: ours.file, cert_file: certificate, key_file: key }
    await expectShared(redis, await openGateway({ url: redis.url, tls }))
  })

  test('that asks for certificates is done without where there is none, or one of strangers', async () => {
    const redis = await openTlsRedis({ settings: ['--tls-auth-clients', 'yes'] })
    const none = await openGateway({ url: redis.url, tls: { ca_file: ours.file } })
    await expectRefused(none, /without a certificate that it trusts: .*redis\.tls\.cert_file/)
    const { certificate, key } = theirs.issue('stranger', ['DNS:gateway'])
    const tls = { ca_file: ours.file, cert_file: certificate, key_file: key }
    const stranger = await openGateway({ url: redis.url, tls })
    await expectRefused(stranger, /without a certificate that it trusts: .*redis\.tls\.cert_file/)
  })

  test('is not what a server without TLS is: it waits for the end of a line', async () => {
    const redis = await openRedis({})
    const gateway = await openGateway({ url: redis.url.replace('redis:', 'rediss:') })
    await expectRefused(gateway, /Connection timeout/)
  })

  test('is done without where a file cannot be read, and the line of the log names it', async () => {
    const redis = await openTlsRedis()
    const gateway = await openGateway({ url: redis.url, tls: { ca_file: '/nowhere/authority.pem' } })
    await expectRefused(gateway, /\/nowhere\/authority\.pem/)
  })
})

describe.skipIf(!hasRedis)('a Redis with users', () => {
  const rights = '+@read +@write +@scripting +@pubsub +@connection +@fast ~llm-proxy:* &llm-proxy:*'

  test('lets the one of the address in, with no more rights than the documentation names', async () => {
    const redis = await openRedis({})
    redis.run('ACL', 'SETUSER', 'gateway', 'on', '>pass/w0rd', ...rights.split(' '))
    redis.run('ACL', 'SETUSER', 'default', 'nocommands', '+pubsub', '+acl')
    const gateway = await openGateway({ url: redis.url.replace('://', '://gateway:pass%2Fw0rd@') })
    await expectShared(redis, gateway)
    expect(redis.run('ACL', 'LOG')).toBe('')
  })

  test('is done without where it knows another password, which is not told', async () => {
    const redis = await openRedis({})
    redis.run('ACL', 'SETUSER', 'gateway', 'on', '>right', ...rights.split(' '))
    const gateway = await openGateway({ url: redis.url, username: 'gateway', password: 'a-wrong-word' })
    await expectRefused(gateway, /WRONGPASS/)
    expect(JSON.stringify(linesOf(gateway))).not.toContain('a-wrong-word')
  })
})

describe.skipIf(!hasRedis)('a server of a kind that cannot be used', () => {
  test.each([
    ['Redis Cluster', { settings: ['--cluster-enabled', 'yes'] }, /Redis Cluster is not supported/],
    ['Redis Sentinel', { sentinel: true }, /Redis Sentinel, which holds nothing itself/],
  ] as const)('is named, and done without: %s', async (_, manner, words) => {
    const redis = await openRedis(manner)
    await expectRefused(await openGateway({ url: redis.url }), words)
  })

  test('is named as well where it owns everything that is asked of it', async () => {
    const redis = await openRedis({ settings: ['--cluster-enabled', 'yes'] })
    redis.run('CLUSTER', 'ADDSLOTSRANGE', '0', '16383')
    await waitUntil('it serves', () => redis.run('SET', 'a', 'b') === 'OK')
    await expectRefused(await openGateway({ url: redis.url }), /Redis Cluster is not supported/)
  })
})
