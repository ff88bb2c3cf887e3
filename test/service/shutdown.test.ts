// The end of the process under load: asked gently, it finishes what it began; killed, it has lost no row of an answer
// that a client holds.

import { Agent, get } from 'node:http'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { startChild } from '../support/child-process.ts'
import {
  describeGateway,
  type GatewayProcess,
  makeFolder,
  readLedger,
  removeFolder,
  repository,
  startGateway,
  withKey,
} from '../support/gateway-process.ts'
import { createLoadClient } from '../support/load-client.ts'
import { startUpstream, type UpstreamProcess, type UpstreamSettings } from '../support/upstream-process.ts'
import { waitUntil } from '../support/wait-until.ts'

const cleanups: Array<() => unknown> = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function setUp(settings: Partial<UpstreamSettings>, shutdownTimeout = '30s') {
  const folder = makeFolder()
  const upstream = await startUpstream(settings)
  const gateway = await startGateway({ folder, yaml: configuration(upstream, shutdownTimeout) })
  const client = createLoadClient(gateway)
  cleanups.push(
    () => removeFolder(folder),
    () => upstream.stop(),
    () => gateway.send('SIGKILL'),
    () => client.close(),
  )
  return { folder, upstream, gateway, client }
}

function configuration(upstream: UpstreamProcess, shutdownTimeout: string): string {
  return withKey(`providers:
  - name: slow
    type: openai_compatible
    base_url: ${upstream.baseUrl}
    models: [gpt-4o-mini]`).replace('server:', `server:\n  shutdown_timeout: ${shutdownTimeout}`)
}

function whenBusy(upstream: UpstreamProcess, requests: number): Promise<void> {
  return waitUntil(
    `${requests} requests are in flight`,
    async () => (await upstream.readState()).open === requests,
  )
}

/** Asks on one connection, which stays open. */
function createProbe(gateway: GatewayProcess) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  cleanups.push(() => agent.destroy())
  return (path: string): Promise<number> =>
    new Promise((resolve, reject) => {
      get({ host: '127.0.0.1', port: gateway.port, path, agent }, response => {
        response.resume().on('end', () => resolve(response.statusCode ?? 0))
      }).on('error', reject)
    })
}

function countIds(folder: string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { id } of readLedger(folder)) counts.set(id, (counts.get(id) ?? 0) + 1)
  return counts
}

test('SIGTERM: what is in flight is finished and recorded, readiness is withdrawn, and the end is code 0', async () => {
  const { folder, upstream, gateway, client } = await setUp({ delayMs: 1_000, events: 40, betweenMs: 50 })
  const probe = createProbe(gateway)
  expect(await probe('/health/ready')).toBe(200)
  const requests = Array.from({ length: 120 }, (_, number) => client.open(number % 2 === 0))
  await whenBusy(upstream, 120)

  gateway.send('SIGTERM')
  await gateway.waitForOutput(/SIGTERM: finishing/)
  expect(await probe('/health/ready')).toBe(503)
  await expect(fetch(`${gateway.url}/health/live`)).rejects.toThrow()

  const outcomes = await Promise.all(requests.map(request => request.outcome))
  expect(outcomes.filter(outcome => !outcome.whole)).toEqual([])
  expect(await gateway.exited).toEqual({ code: 0, signal: null })
  const counts = countIds(folder)
  expect(outcomes.filter(({ id }) => counts.get(id ?? '') !== 1)).toEqual([])
  expect(counts.size).toBe(120)
})

test('Ctrl-C, which npm hears and passes on as well, is one signal: what is in flight is finished', async () => {
  const folder = makeFolder()
  const parameters = ['start', '--', '--port', '0', '--data', join(folder, 'data')]
  const environment = { API_KEYS_REQUIRED: 'false' }
  const child = startChild('npm', parameters, { folder: repository, environment, ownGroup: true })
  cleanups.push(() => removeFolder(folder))
  const gateway = await describeGateway(child, folder)
  const request = createLoadClient(gateway, 'simulator-slow').open(false)
  await waitUntil('the request is in flight', async () => {
    return (await gateway.readMetrics()).get('llm_proxy_requests_in_flight') === 1
  })
  process.kill(-child.pid, 'SIGINT')
  expect(await request.outcome).toMatchObject({ status: 200, whole: true })
  expect(await child.exited).toEqual({ code: 0, signal: null })
})

test('a second SIGTERM ends it at once', async () => {
  const { upstream, gateway, client } = await setUp({ delayMs: 3_600_000 }, '1h')
  const request = client.open(false)
  await whenBusy(upstream, 1)
  gateway.send('SIGTERM')
  await gateway.waitForOutput(/once more to/)
  // What follows the first within half a second is taken for its echo.
  await waitUntil('it has ended', () => {
    gateway.send('SIGTERM')
    return gateway.hasExited
  })
  expect(await gateway.exited).toEqual({ code: 1, signal: null })
  expect(await request.outcome).toMatchObject({ whole: false, status: null })
})

test('a second SIGTERM cuts a stream, and its row is in the ledger', async () => {
  const { folder, upstream, gateway, client } = await setUp({ hold: true }, '1h')
  const request = client.open(true)
  await request.began
  await whenBusy(upstream, 1)
  gateway.send('SIGTERM')
  await gateway.waitForOutput(/once more to/)
  // What follows the first within half a second is taken for its echo; a third would not wait for the books.
  await delay(600)
  gateway.send('SIGTERM')
  expect(await gateway.exited).toEqual({ code: 1, signal: null })
  const { id, whole } = await request.outcome
  expect(whole).toBe(false)
  expect(readLedger(folder)).toMatchObject([{ id, outcome: 'client_disconnected' }])
})

test('what is not finished in time is cut, recorded as such, and told by code 1', async () => {
  const { folder, upstream, gateway, client } = await setUp({ hold: true }, '500ms')
  const requests = Array.from({ length: 20 }, () => client.open(true))
  await Promise.all(requests.map(request => request.began))
  await whenBusy(upstream, 20)
  gateway.send('SIGTERM')
  const outcomes = await Promise.all(requests.map(request => request.outcome))
  expect(await gateway.exited).toEqual({ code: 1, signal: null })
  expect(outcomes.filter(outcome => outcome.whole)).toEqual([])
  const rows = readLedger(folder)
  expect(new Set(rows.map(row => row.id))).toEqual(new Set(outcomes.map(outcome => outcome.id)))
  expect(rows.filter(row => row.outcome === 'ok')).toEqual([])
})

test('kill -9: every answer that a client has whole is in the ledger after a restart, once', async () => {
  const { folder, upstream, ...first } = await setUp({ delayMs: 2, events: 4, betweenMs: 2 })
  let { gateway, client } = first
  const received: string[] = []
  for (const enough of [150, 600, 1_200]) {
    const load = client.keepAsking(40)
    await waitUntil(`${enough} answers`, () => load.outcomes.length >= enough)
    gateway.send('SIGKILL')
    await Promise.all([gateway.exited, load.stop()])
    client.close()
    received.push(...load.outcomes.filter(outcome => outcome.whole).map(outcome => outcome.id ?? 'no id'))
    gateway = await startGateway({ folder, yaml: configuration(upstream, '30s') })
    client = createLoadClient(gateway)
  }
  expect((await gateway.stop()).code).toBe(0)
  const counts = countIds(folder)
  expect(received.length).toBeGreaterThan(1_900)
  expect(received.filter(id => counts.get(id) !== 1)).toEqual([])
  expect([...counts].filter(([, count]) => count !== 1)).toEqual([])
})
