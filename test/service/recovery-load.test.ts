// Upstreams that are killed and frozen under a steady load: as long as another one is healthy, no client hears of it; and
// one that comes back is tried out with a few requests before it gets them all.

import { afterEach, expect, test } from 'vitest'
import { makeFolder, removeFolder, startGateway, withKey } from '../support/gateway-process.ts'
import { createLoadClient, type Load, type Outcome } from '../support/load-client.ts'
import { startUpstream, type UpstreamProcess, type UpstreamSettings } from '../support/upstream-process.ts'
import { waitUntil } from '../support/wait-until.ts'

const cleanups: Array<() => unknown> = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const requestsPerSecond = 200
const probes = 3
const timers = `
timeouts: { connect: 1s, headers: 1s, first_token: 1s, idle: 1s, total: 15s }
circuit_breaker: { recovery_timeout: 700ms, half_open_max_calls: ${probes} }
`

/** Streams have one event and come at once, so that none of them is ever half sent. */
async function startBrief(more: Partial<UpstreamSettings> = {}): Promise<UpstreamProcess> {
  const upstream = await startUpstream({ delayMs: 20, events: 1, ...more })
  cleanups.push(() => upstream.send('SIGKILL'))
  return upstream
}

interface Scene {
  readonly first: UpstreamProcess
  readonly load: Load
}

/** Everything goes to the first, at a steady pace. */
async function openScene(): Promise<Scene> {
  const folder = makeFolder()
  cleanups.push(() => removeFolder(folder))
  const [first, second] = [await startBrief(), await startBrief()]
  const entry = (name: string, { baseUrl }: UpstreamProcess): string => `
  - name: ${name}
    type: openai_compatible
    base_url: ${baseUrl}
    models: [gpt-4o-mini]`
  const providers = `providers:${entry('first', first)}${entry('second', second)}\n`
  const gateway = await startGateway({ folder, yaml: withKey(providers + timers) })
  const client = createLoadClient(gateway)
  cleanups.push(
    () => gateway.send('SIGKILL'),
    () => client.close(),
  )
  const load = client.keepPace(requestsPerSecond)
  await answersFrom(load, 'first', requestsPerSecond)
  return { first, load }
}

function countFrom({ outcomes }: Load, provider: string): number {
  return outcomes.filter(outcome => outcome.whole && outcome.provider === provider).length
}

/** Waits for so many more. */
async function answersFrom(load: Load, provider: string, more: number): Promise<void> {
  const before = countFrom(load, provider)
  await waitUntil(`the ${provider} answers`, () => countFrom(load, provider) >= before + more)
}

function failed({ outcomes }: Load): readonly Outcome[] {
  return outcomes.filter(outcome => !outcome.whole)
}

test('killed, it costs no client an answer; back again, it is tried out with a few requests', async () => {
  const { first, load } = await openScene()
  first.send('SIGKILL')
  await answersFrom(load, 'second', 2 * requestsPerSecond)

  // Slow enough for the whole load to come meanwhile, if it were let.
  const again = await startBrief({ port: first.port, delayMs: 300 })
  await answersFrom(load, 'first', requestsPerSecond)
  await load.stop()
  expect(failed(load)).toEqual([])

  const { arrivedAt, answeredAt } = await again.readState()
  const closedAt = answeredAt[probes - 1] ?? 0
  expect(closedAt).toBeGreaterThan(0)
  expect(arrivedAt.filter(at => at < closedAt).length).toBeLessThanOrEqual(probes)
})

test('frozen, it costs no client an answer; thawed, it is used again', async () => {
  const { first, load } = await openScene()
  first.send('SIGSTOP')
  await answersFrom(load, 'second', 3 * requestsPerSecond)
  first.send('SIGCONT')
  await answersFrom(load, 'first', requestsPerSecond)
  await load.stop()
  expect(failed(load)).toEqual([])
})
