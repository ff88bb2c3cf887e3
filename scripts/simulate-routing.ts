// `npm run simulate:routing`: replays workloads against every routing strategy in virtual time, and prints what each
// would have cost in regret, money and time. docs/strategies.md says what the columns mean.

import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type StrategyName, strategies } from '../src/routing/index.ts'
import { drawWorkload, families } from './simulate-routing/families.ts'
import { renderReport, type WorkloadReport } from './simulate-routing/report.ts'
import { meanOutcome, simulate } from './simulate-routing/simulate.ts'
import { parseWorkloads, type Workload } from './simulate-routing/workload.ts'

const usage = `npm run simulate:routing -- [options]
  --workload FILE    a workload, or a list of them, as JSON; else families drawn by chance
  --family NAME      one of ${Object.keys(families).join(', ')}
  --seeds N          how often each is replayed (default 5)
  --first-seed N     (default 1)
  --json             the numbers instead of a table`

const { values } = parseArgs({
  options: {
    workload: { type: 'string' },
    family: { type: 'string' },
    seeds: { type: 'string', default: '5' },
    'first-seed': { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

/** The workloads by name; a family draws another one for each seed. */
function findWorkloads(): ReadonlyMap<string, (seed: number) => Workload> {
  if (values.workload !== undefined) {
    const written: unknown = JSON.parse(readFileSync(values.workload, 'utf8'))
    return new Map(parseWorkloads(written).map(workload => [workload.name, () => workload]))
  }
  const names = values.family === undefined ? Object.keys(families) : [values.family]
  return new Map(names.map(name => [name, seed => drawWorkload(name, seed)]))
}

function replay(name: string, workloadFor: (seed: number) => Workload): WorkloadReport {
  const first = Number(values['first-seed'])
  const seeds = Array.from({ length: Number(values.seeds) }, (_, index) => first + index)
  const outcomes = (Object.keys(strategies) as StrategyName[]).map(strategy =>
    meanOutcome(seeds.map(seed => simulate(workloadFor(seed), strategy, seed))),
  )
  outcomes.sort((left, right) => left.regret - right.regret)
  return { workload: name, kind: workloadFor(first).kind, seeds: seeds.length, outcomes }
}

if (values.help) console.log(usage)
else {
  const reports = [...findWorkloads()].map(([name, workloadFor]) => replay(name, workloadFor))
  console.log(values.json ? JSON.stringify(reports, null, 2) : reports.map(renderReport).join('\n'))
}
