// `npm run simulate:routing`: replays workloads against every routing strategy in virtual time, and prints what each
// would have cost in regret, money and time. docs/strategies.md says what the columns mean.

import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { ZodError, z } from 'zod'
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

const options = {
  workload: { type: 'string' },
  family: { type: 'string' },
  seeds: { type: 'string', default: '5' },
  'first-seed': { type: 'string', default: '1' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values']

/** The workloads by name; a family draws another one for each seed. */
function findWorkloads({ workload, family }: Values): ReadonlyMap<string, (seed: number) => Workload> {
  if (workload !== undefined) return new Map(readWorkloads(workload).map(each => [each.name, () => each]))
  const names = family === undefined ? Object.keys(families) : [family]
  return new Map(names.map(name => [name, seed => drawWorkload(name, seed)]))
}

function readWorkloads(file: string): readonly Workload[] {
  try {
    return parseWorkloads(JSON.parse(readFileSync(file, 'utf8')))
  } catch (thrown) {
    const reason =
      thrown instanceof ZodError ? `\n${z.prettifyError(thrown)}` : ` ${(thrown as Error).message}`
    throw new Error(`${file}:${reason}`, { cause: thrown })
  }
}

function replay(
  name: string,
  workloadFor: (seed: number) => Workload,
  seeds: readonly number[],
): WorkloadReport {
  const outcomes = (Object.keys(strategies) as StrategyName[]).map(strategy =>
    meanOutcome(seeds.map(seed => simulate(workloadFor(seed), strategy, seed))),
  )
  outcomes.sort((left, right) => left.regret - right.regret)
  return { workload: name, kind: workloadFor(seeds[0] ?? 1).kind, seeds: seeds.length, outcomes }
}

function readCount(option: string, written: string): number {
  if (!/^[1-9]\d{0,5}$/.test(written)) throw new Error(`--${option} takes a whole number from 1 on`)
  return Number(written)
}

function run(values: Values): void {
  const first = readCount('first-seed', values['first-seed'])
  const seeds = Array.from({ length: readCount('seeds', values.seeds) }, (_, index) => first + index)
  const reports = [...findWorkloads(values)].map(([name, workloadFor]) => replay(name, workloadFor, seeds))
  console.log(values.json ? JSON.stringify(reports, null, 2) : reports.map(renderReport).join('\n'))
}

try {
  const { values } = parseArgs({ options })
  if (values.help) console.log(usage)
  else run(values)
} catch (thrown) {
  console.error((thrown as Error).message)
  process.exitCode = 2
}
