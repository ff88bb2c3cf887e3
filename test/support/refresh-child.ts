// A gateway whose event loop is watched while it takes over other lists of models. Usage: node refresh-child.ts URL…,
// one for each upstream that lists models. Prints what it saw as one line of JSON.

import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as delayed } from 'node:timers/promises'
import { startTestGateway, type TestGateway } from './test-gateway.ts'
import { type WatchedTurns, watchTurns } from './watch-turns.ts'

export interface WatchedRefreshes extends WatchedTurns {
  readonly models: number
  /** How long a timer waited, by the clock on the wall. */
  readonly delayMs: { readonly p50: number; readonly p99: number; readonly max: number }
}

const warmUps = 3
const refreshes = 5

async function refreshAndSearch(gateway: TestGateway): Promise<number> {
  await gateway.app.discovery.refresh()
  const answer = await fetch(`${gateway.url}/api/models?limit=1`, {
    headers: { authorization: 'Bearer test-key-of-the-suite' },
  })
  const { total } = (await answer.json()) as { total: number }
  return total
}

const providers = process.argv.slice(2).map((url, index) => ({
  name: `host-${index}`,
  type: 'openrouter',
  base_url: url,
  api_key: 'key',
}))
const gateway = await startTestGateway(
  `discovery: { interval: 1h }\nproviders: ${JSON.stringify(providers)}\nserver: { port: 0, shutdown_timeout: 20ms }`,
)
for (let count = 0; count < warmUps; count++) await refreshAndSearch(gateway)
const stopTurns = watchTurns()
const delay = monitorEventLoopDelay({ resolution: 1 })
delay.enable()
let models = 0
for (let count = 0; count < refreshes; count++) models = await refreshAndSearch(gateway)
delay.disable()
// Collections are told afterwards.
await delayed(50)
const inMs = (nanoseconds: number) => Math.round(nanoseconds / 1e4) / 100
const seen: WatchedRefreshes = {
  models,
  ...stopTurns(),
  delayMs: { p50: inMs(delay.percentile(50)), p99: inMs(delay.percentile(99)), max: inMs(delay.max) },
}
await gateway.stop()
process.stdout.write(`${JSON.stringify(seen)}\n`)
