// What the catalogue costs: `npm run measure:catalogue`. Prints the time to read the bundle, the memory of 10,000
// models, the longest slice of building, and how long the event loop was kept waiting by it and by watching it.

import { monitorEventLoopDelay } from 'node:perf_hooks'
import { buildCatalogueInSlices, buildSteps } from '../src/catalog/build-catalogue.ts'
import { readModelSnapshot } from '../src/catalog/model-snapshot.ts'
import { watchCatalogueInSlices } from '../src/catalog/sentinel.ts'
import { heapMegabytes, largeCatalogueOptions, listingProviders } from '../test/support/large-catalogue.ts'

interface Cost {
  readonly wallMs: number
  /** Of this thread: what others do on the machine is not in it. */
  readonly cpuMs: number
}

function measure(work: () => void): Cost {
  const start = performance.now()
  const cpu = process.threadCpuUsage()
  work()
  const { user, system } = process.threadCpuUsage(cpu)
  return { wallMs: performance.now() - start, cpuMs: (user + system) / 1000 }
}

/** The longest piece between two pauses. */
function longestSlice(steps: Generator<void, unknown>): Cost {
  let longest: Cost = { wallMs: 0, cpuMs: 0 }
  for (let done = false; !done; ) {
    const { wallMs, cpuMs } = measure(() => {
      done = steps.next().done === true
    })
    longest = { wallMs: Math.max(longest.wallMs, wallMs), cpuMs: Math.max(longest.cpuMs, cpuMs) }
  }
  return longest
}

/** Its resolution of a millisecond is in it. */
async function longestWait(work: () => Promise<unknown>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  await work()
  delay.disable()
  return delay.max / 1e6
}

function show(what: string, value: string): void {
  console.log(`${what.padEnd(52)}${value}`)
}

const inMilliseconds = (value: number) => `${value.toFixed(1)} ms`
const describeCost = ({ wallMs, cpuMs }: Cost) =>
  `${inMilliseconds(wallMs)} (${inMilliseconds(cpuMs)} of CPU time)`

async function main(): Promise<void> {
  show('reading the bundle', describeCost(measure(() => void readModelSnapshot())))
  const options = largeCatalogueOptions()
  const before = heapMegabytes()
  const old = await buildCatalogueInSlices(options)
  const megabytes = heapMegabytes() - before
  show('models', String(old.entries.length))
  show('the catalogue in memory, beside bundle and lists', `${megabytes.toFixed(1)} MB`)
  show('longest slice of building', describeCost(longestSlice(buildSteps(options))))

  const refreshed = { ...options, providers: listingProviders() }
  let after = old
  const building = await longestWait(async () => {
    after = await buildCatalogueInSlices(refreshed)
  })
  show('longest wait of the event loop while building', inMilliseconds(building))
  const watch = { before: old, after, since: null, now: options.now }
  const watching = await longestWait(() => watchCatalogueInSlices(watch))
  show('longest wait of the event loop while watching', inMilliseconds(watching))
}

await main()
