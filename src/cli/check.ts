// `llm-proxy check`: prints the same mistakes as a start would, and starts nothing.

import { findModelProblems } from '../app/build-snapshot.ts'
import { findFileProblems } from '../app/model-files.ts'
import { loadPlugins } from '../app/plugins.ts'
import { readModelSnapshot } from '../catalog/model-snapshot.ts'
import { createModelTable } from '../catalog/model-table.ts'
import { formatProblem } from '../config/describe.ts'
import { findConfigurationFile, loadConfiguration, readEnvironment } from '../config/load.ts'
import { findPlugins } from '../config/plugins.ts'
import { systemClock } from '../lib/clock.ts'
import { once } from '../lib/once.ts'
import { kindsWith } from '../providers/kinds.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import type { CheckOptions } from './program.ts'
import type { Terminal } from './serve.ts'

export async function check({ file: named }: CheckOptions, terminal: Terminal): Promise<ExitCode> {
  const environment = readEnvironment()
  const file = findConfigurationFile(named, environment)
  const plugins = await loadPlugins(findPlugins({ file, environment }))
  const knownProviders = kindsWith(plugins.providers)
  const loaded = loadConfiguration({ file, environment, knownProviders })
  const subject = file ?? 'the environment'
  const mistakes = [
    ...plugins.problems,
    ...(loaded.ok ? findFileProblems(loaded.configuration) : loaded.problems),
  ]
  if (mistakes.length > 0 || !loaded.ok) {
    for (const problem of mistakes) terminal.complain(formatProblem(problem))
    const count = mistakes.length
    terminal.complain(`${subject}: ${count} ${count === 1 ? 'mistake' : 'mistakes'}`)
    return exitCodes.invalidConfiguration
  }
  const problems = findModelProblems(loaded.configuration, {
    clock: systemClock,
    plugins: plugins.providers,
    modelTable: once(() => createModelTable(readModelSnapshot())),
    fetchMedia: () => Promise.reject(new Error('nothing is asked here')),
  })
  for (const notice of [...loaded.notices, ...problems]) terminal.print(`note: ${notice}`)
  const { notBuilt } = loaded.configuration
  if (notBuilt.length > 0) terminal.print(`understood, but not built yet: ${notBuilt.join(', ')}`)
  terminal.print(`${subject}: valid`)
  return exitCodes.ok
}
