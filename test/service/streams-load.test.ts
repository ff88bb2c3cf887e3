// Two thousand streams at once, a fifth of whose clients leave: afterwards nothing is held any more, by anybody.

import { afterEach, expect, test } from 'vitest'
import {
  chatBody,
  type GatewayProcess,
  makeFolder,
  readLedger,
  removeFolder,
  startGateway,
  withKey,
} from '../support/gateway-process.ts'
import { createLoadClient } from '../support/load-client.ts'
import { countSockets, readMemory } from '../support/process-facts.ts'
import { startUpstream, type UpstreamProcess } from '../support/upstream-process.ts'
import { waitUntil } from '../support/wait-until.ts'

const streams = 2_000
const leaving = streams / 5

const cleanups: Array<() => unknown> = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function setUp() {
  const folder = makeFolder()
  const upstream = await startUpstream({ hold: true })
  const yaml = withKey(`providers:
  - name: slow
    type: openai_compatible
    base_url: ${upstream.baseUrl}
    models: [gpt-4o-mini]
    max_connections: ${streams * 2}`)
  const gateway = await startGateway({ folder, yaml })
  const client = createLoadClient(gateway)
  cleanups.push(
    () => removeFolder(folder),
    () => upstream.send('SIGKILL'),
    () => gateway.send('SIGKILL'),
    () => client.close(),
  )
  return { folder, upstream, gateway, client }
}

interface Held {
  readonly inFlight: number | undefined
  readonly open: number | undefined
  readonly sockets: number
  readonly upstream: number
}

async function readHeld(gateway: GatewayProcess, upstream: UpstreamProcess): Promise<Held> {
  const metrics = await gateway.readMetrics()
  return {
    inFlight: metrics.get('llm_proxy_requests_in_flight'),
    open: metrics.get('llm_proxy_streams_open'),
    sockets: countSockets(gateway.pid),
    upstream: (await upstream.readState()).open,
  }
}

test(`${streams} streams are open at once, ${leaving} clients leave, and all that was held is given back`, async () => {
  const { folder, upstream, gateway, client } = await setUp()
  expect((await gateway.post('/v1/chat/completions', chatBody())).status).toBe(200)
  // The connection of that request to the upstream is kept for a second.
  await waitUntil('it is idle', async () => (await upstream.readState()).open === 0)
  const start = await readHeld(gateway, upstream)
  expect(start).toMatchObject({ inFlight: 0, open: 0, upstream: 0 })
  const memory = [readMemory(gateway.pid)]

  const requests = Array.from({ length: streams }, () => client.open(true))
  await Promise.all(requests.map(request => request.began))
  expect(await readHeld(gateway, upstream)).toMatchObject({
    inFlight: streams,
    open: streams,
    upstream: streams,
  })
  memory.push(readMemory(gateway.pid))

  const staying = requests.filter((_, number) => number % 5 !== 0)
  for (const request of requests.filter((_, number) => number % 5 === 0)) request.leave()
  const left = { inFlight: streams - leaving, open: streams - leaving, upstream: streams - leaving }
  await waitUntil('those who left are forgotten', async () => {
    const { inFlight, open, upstream: asked } = await readHeld(gateway, upstream)
    return inFlight === left.inFlight && open === left.open && asked === left.upstream
  })
  expect((await upstream.readState()).abandoned).toBe(leaving)

  await upstream.release()
  const outcomes = await Promise.all(staying.map(request => request.outcome))
  expect(outcomes.filter(outcome => !outcome.whole)).toEqual([])
  client.close()
  await waitUntil('nothing is held', async () => {
    const held = await readHeld(gateway, upstream)
    return held.inFlight === 0 && held.open === 0 && held.upstream === 0 && held.sockets <= start.sockets
  })
  memory.push(readMemory(gateway.pid))
  console.log(
    `memory in MB: ${memory[0]} before, ${memory[1]} with ${streams} streams, ${memory[2]} afterwards`,
  )

  expect((await gateway.post('/v1/chat/completions', chatBody())).status).toBe(200)
  expect((await gateway.stop()).code).toBe(0)
  const rows = readLedger(folder).filter(row => row.outcome === 'client_disconnected')
  expect(rows).toHaveLength(leaving)
  expect(readLedger(folder)).toHaveLength(streams + 2)
})
