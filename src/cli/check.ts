// `llm-proxy check`: prints the same mistakes as a start would, and starts nothing.

import { findModelProblems } from '../app/build-snapshot.ts'
import { formatProblem } from '../config/describe.ts'
import { findConfigurationFile, loadConfiguration, readEnvironment } from '../config/load.ts'
import { systemClock } from '../lib/clock.ts'
import { providerKinds } from '../providers/kinds.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import type { CheckOptions } from './program.ts'
import type { Terminal } from './serve.ts'

export function check({ file: named }: CheckOptions, terminal: Terminal): ExitCode {
  const environment = readEnvironment()
  const file = findConfigurationFile(named, environment)
  const loaded = loadConfiguration({ file, environment, knownProviders: providerKinds })
  const subject = file ?? 'the environment'
  if (!loaded.ok) {
    for (const problem of loaded.problems) terminal.complain(formatProblem(problem))
    const count = loaded.problems.length
    terminal.complain(`${subject}: ${count} ${count === 1 ? 'mistake' : 'mistakes'}`)
    return exitCodes.invalidConfiguration
  }
  const problems = findModelProblems(loaded.configuration, systemClock)
  for (const notice of [...loaded.notices, ...problems]) terminal.print(`note: ${notice}`)
  const { notBuilt } = loaded.configuration
  if (notBuilt.length > 0) terminal.print(`understood, but not built yet: ${notBuilt.join(', ')}`)
  terminal.print(`${subject}: valid`)
  return exitCodes.ok
}
