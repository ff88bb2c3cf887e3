// A gateway whose event loop is watched while it takes over other lists of models. Usage: node refresh-child.ts URL…,
// one for each upstream that lists models. Prints what it saw as one line of JSON.

import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks'
import { setTimeout as delayed } from 'node:timers/promises'
import { startTestGateway, type TestGateway } from './test-gateway.ts'

export interface WatchedRefreshes {
  readonly models: number
  readonly turns: number
  /**
   * In one turn of the event loop, by the thread's own time, which leaves out what others do on the machine, or by the
   * clock, whichever is shorter: the thread's time is counted in steps of some milliseconds.
   */
  readonly longestTurnMs: number
  /** The same without the collections of garbage, which come when they like. */
  readonly longestWorkMs: number
  /** How long a timer waited, by the clock on the wall. */
  readonly delayMs: { readonly p50: number; readonly p99: number; readonly max: number }
}

const warmUps = 3
const refreshes = 5

interface Turn {
  readonly from: number
  readonly to: number
  readonly ownMs: number
}

/** Takes the thread's time in every turn of the event loop. */
function watchTurns() {
  const turns: Turn[] = []
  const collections: { readonly startTime: number; readonly duration: number }[] = []
  const observer = new PerformanceObserver(list => collections.push(...list.getEntries()))
  observer.observe({ entryTypes: ['gc'] })
  let watching = true
  let from = performance.now()
  let before = process.threadCpuUsage()
  const look = (): void => {
    const { user, system } = process.threadCpuUsage(before)
    const to = performance.now()
    turns.push({ from, to, ownMs: Math.min((user + system) / 1000, to - from) })
    before = process.threadCpuUsage()
    from = performance.now()
    if (watching) setImmediate(look)
  }
  setImmediate(look)
  const collectedIn = ({ from: start, to }: Turn): number =>
    collections
      .filter(({ startTime }) => startTime >= start && startTime <= to)
      .reduce((sum, { duration }) => sum + duration, 0)
  return () => {
    watching = false
    const longest = turns.toSorted((one, other) => other.ownMs - one.ownMs).slice(0, 200)
    return {
      turns: turns.length,
      longestTurnMs: Math.max(...longest.map(({ ownMs }) => ownMs)),
      longestWorkMs: Math.max(...longest.map(turn => turn.ownMs - collectedIn(turn))),
    }
  }
}

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
