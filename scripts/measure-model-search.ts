// `npm run measure:search`: how long the questions take that people ask of a catalogue of 10,000 models.

import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { drawCatalogue } from '../src/catalog/catalogue.fixture.ts'
import { readQuestion } from '../src/catalog/filters.ts'
import { type Moment, searchSteps } from '../src/catalog/search.ts'
import { runInSlices } from '../src/lib/slices.ts'

const models = 10_000
const times = 500

const questions = [
  '',
  'supports_vision=true&max_cost=0.01',
  'min_context=100000&supports_chat=true',
  'provider=provider-1&supports_completion=true',
  'supports_vision=true&min_context=100000&available=true&sort=cost',
  'q=falcon',
  'q=a',
  'q=hooli+kestrel+pro',
  'q=falcon&sort=-context&limit=1000',
  'sort=latency&available=true',
  'sort=-released&deprecated=false&limit=1000',
  'available=true',
  'supports_tools=true&facets=true',
]

const catalogue = drawCatalogue(models)
const providers = new Map(catalogue.entries.map(({ provider }) => [provider, provider]))
/** Every tenth model was asked lately, and a few of them rest. */
const figures = new Map(
  catalogue.entries.filter((_, row) => row % 10 === 0).map(({ key }, row) => [key, row]),
)
const moment: Moment = {
  at: Date.now(),
  resting: () => [...figures.keys()].filter((_, place) => place % 10 === 0),
  figures: () => figures,
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void
collectGarbage()
const before = process.memoryUsage().heapUsed
const began = performance.now()
let longest = 0
let pieceBegan = began
const search = await runInSlices(searchSteps(catalogue, moment.at), async () => {
  longest = Math.max(longest, performance.now() - pieceBegan)
  await setImmediate()
  pieceBegan = performance.now()
})
const took = (performance.now() - began).toFixed(1)
process.stdout.write(`${models} models, made ready in ${took} ms, ${longest.toFixed(1)} ms at a time\n\n`)
process.stdout.write(`${'first'.padStart(8)}${'p50'.padStart(8)}${'p99'.padStart(8)}  ms\n`)

for (const text of questions) {
  const ask = (): number => {
    const start = performance.now()
    search.search(readQuestion(new URLSearchParams(text), { providers }), moment)
    return performance.now() - start
  }
  const first = ask()
  const taken = Array.from({ length: times }, ask).sort((left, right) => left - right)
  const columns = [first, taken[Math.floor(times * 0.5)] ?? 0, taken[Math.floor(times * 0.99)] ?? 0]
  const shown = columns.map(milliseconds => milliseconds.toFixed(3).padStart(8)).join('')
  process.stdout.write(`${shown}  /api/models?${text}\n`)
}
collectGarbage()
const kept = (process.memoryUsage().heapUsed - before) / 2 ** 20
process.stdout.write(`\nthe search keeps ${kept.toFixed(1)} MB beside the catalogue\n`)
