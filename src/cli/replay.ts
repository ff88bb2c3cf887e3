// `llm-proxy replay`: what another configuration would have decided on the traffic of the last days.

import { loadPlugins } from '../app/plugins.ts'
import { type ReplayReport, replayRows } from '../app/replay.ts'
import { readModelSnapshot } from '../catalog/model-snapshot.ts'
import { createModelTable } from '../catalog/model-table.ts'
import { formatProblem } from '../config/describe.ts'
import { findConfigurationFile, loadConfiguration, readEnvironment } from '../config/load.ts'
import { findPlugins } from '../config/plugins.ts'
import { systemClock } from '../lib/clock.ts'
import { once } from '../lib/once.ts'
import { kindsWith } from '../providers/kinds.ts'
import { readLedger, StoreError } from '../store/index.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import type { ReplayOptions } from './program.ts'
import type { Terminal } from './serve.ts'

const dayMs = 86_400_000

export async function replay(options: ReplayOptions, terminal: Terminal): Promise<ExitCode> {
  const environment = readEnvironment()
  const file = findConfigurationFile(options.config, environment)
  const plugins = await loadPlugins(findPlugins({ file, environment }))
  const loaded = loadConfiguration({ file, environment, knownProviders: kindsWith(plugins.providers) })
  if (!loaded.ok || plugins.problems.length > 0) {
    const problems = [...plugins.problems, ...(loaded.ok ? [] : loaded.problems)]
    for (const problem of problems) terminal.complain(formatProblem(problem))
    return exitCodes.invalidConfiguration
  }
  if (file === null)
    terminal.complain('note: no configuration is named; decided by the environment and the defaults')
  const since = systemClock.wall() - options.days * dayMs
  const deps = {
    clock: systemClock,
    plugins: plugins.providers,
    modelTable: once(() => createModelTable(readModelSnapshot())),
    fetchMedia: () => Promise.reject(new Error('nothing is asked here')),
  }
  try {
    const rows = () => readLedger(options.data ?? 'data', since)
    const report = replayRows(loaded.configuration, rows, deps)
    terminal.print(options.json === true ? JSON.stringify(report, null, 2) : describeReport(report))
    return exitCodes.ok
  } catch (thrown) {
    if (!(thrown instanceof StoreError)) throw thrown
    terminal.complain(thrown.message)
    return exitCodes.dataDirectoryUnusable
  }
}

function describeReport(report: ReplayReport): string {
  const { requests, moved, cost, unserved, withoutDecision } = report
  const share = requests === 0 ? '0.0' : ((moved / requests) * 100).toFixed(1)
  const width = Math.max(6, ...report.targets.map(({ target }) => target.length))
  const difference = cost.after - cost.before
  return [
    `${requests} requests, of which ${moved} (${share} %) would have gone elsewhere first`,
    '',
    `${'target'.padEnd(width)}  ${'before'.padStart(9)}  ${'after'.padStart(9)}`,
    ...report.targets.map(
      ({ target, before, after }) =>
        `${target.padEnd(width)}  ${String(before).padStart(9)}  ${String(after).padStart(9)}`,
    ),
    '',
    `cost: ${usd(cost.before)} before, ${usd(cost.after)} after: ${difference < 0 ? '' : '+'}${usd(difference)}`,
    ...(cost.unpriced > 0 ? [`without a price on either side: ${cost.unpriced}`] : []),
    ...(unserved > 0 ? [`served by nobody: ${unserved}`] : []),
    ...(withoutDecision > 0 ? [`without a decision in the ledger: ${withoutDecision}`] : []),
    ...report.assumptions.map(
      ({ rule, absent }) =>
        `note: the rule \`${rule}\` looks at ${absent.join(', ')}, which the ledger does not hold: taken as absent`,
    ),
  ].join('\n')
}

function usd(amount: number): string {
  return `${amount.toFixed(6)} USD`
}
