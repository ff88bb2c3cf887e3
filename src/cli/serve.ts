// `llm-proxy serve`: loads the configuration, starts the gateway, says what it found, and waits for its end.

import { FilesInvalid } from '../app/model-files.ts'
import { loadPlugins } from '../app/plugins.ts'
import { type App, startApp } from '../app.ts'
import { formatProblem } from '../config/describe.ts'
import { findConfigurationFile, type LoadResult, loadConfiguration, readEnvironment } from '../config/load.ts'
import { findPlugins } from '../config/plugins.ts'
import { systemClock } from '../lib/clock.ts'
import { kindsWith } from '../providers/kinds.ts'
import { StoreError } from '../store/index.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import type { ServeOptions } from './program.ts'
import { describeStart } from './start-report.ts'

export interface Terminal {
  print(text: string): void
  complain(text: string): void
}

export async function serve(options: ServeOptions, terminal: Terminal, version: string): Promise<ExitCode> {
  const environment = readEnvironment()
  const file = findConfigurationFile(options.config, environment)
  const plugins = await loadPlugins(findPlugins({ file, environment }))
  if (plugins.problems.length > 0) {
    for (const problem of plugins.problems) terminal.complain(formatProblem(problem))
    return exitCodes.invalidConfiguration
  }
  const load = (): LoadResult =>
    loadConfiguration({
      file,
      environment: withOptions(readEnvironment(), options),
      knownProviders: kindsWith(plugins.providers),
      programVersion: version,
    })
  const loaded = load()
  if (!loaded.ok) {
    for (const problem of loaded.problems) terminal.complain(formatProblem(problem))
    return exitCodes.invalidConfiguration
  }
  const { configuration, notices, reload } = loaded
  const dataDirectory = options.data ?? 'data'
  try {
    const watchFile = reload ? file : null
    const app = await startApp({
      configuration,
      load,
      watchFile,
      dataDirectory,
      version,
      plugins: plugins.providers,
    })
    // Whoever waits for the line with the address may end the gateway as soon as it is there.
    const end = waitForEnd(app, terminal)
    terminal.print(describeStart({ app, file, notices, dataDirectory, version }))
    return await end
  } catch (thrown) {
    return explainFailure(thrown, terminal)
  }
}

/** The command line wins over the environment, which wins over the file. */
function withOptions(
  environment: Readonly<Record<string, string | undefined>>,
  { host, port }: ServeOptions,
): Readonly<Record<string, string | undefined>> {
  return {
    ...environment,
    ...(host === undefined ? {} : { HOST: host }),
    ...(port === undefined ? {} : { PORT: String(port) }),
  }
}

/**
 * A Ctrl-C reaches the programs that started this one as well, npm for instance, and they pass it on: what follows a
 * signal so closely is its echo.
 */
const echoMs = 500

/**
 * SIGTERM and SIGINT end the gateway gently; a second one cuts what is in flight, a third does not wait for the books.
 * SIGHUP reads the configuration anew.
 */
function waitForEnd(app: App, terminal: Terminal): Promise<ExitCode> {
  return new Promise(resolve => {
    let endingSince: number | null = null
    let hurried = false
    const end = (signal: NodeJS.Signals): void => {
      if (endingSince !== null) {
        if (systemClock.now() - endingSince < echoMs) return
        if (hurried) resolve(exitCodes.failed)
        hurried = true
        app.hurry()
        return
      }
      endingSince = systemClock.now()
      terminal.print(`${signal}: finishing what is in flight; once more to cut it`)
      app.stop().then(
        ({ cut }) => resolve(cut || hurried ? exitCodes.failed : exitCodes.ok),
        () => resolve(exitCodes.failed),
      )
    }
    process.on('SIGTERM', end)
    process.on('SIGINT', end)
    process.on('SIGHUP', () => void app.reload())
  })
}

function explainFailure(thrown: unknown, terminal: Terminal): ExitCode {
  if (thrown instanceof FilesInvalid) {
    for (const problem of thrown.problems) terminal.complain(formatProblem(problem))
    return exitCodes.invalidConfiguration
  }
  if (thrown instanceof StoreError) {
    terminal.complain(thrown.message)
    return exitCodes.dataDirectoryUnusable
  }
  const { code, address, port, message } = thrown as NodeJS.ErrnoException & {
    address?: string
    port?: number
  }
  if (code === 'EADDRINUSE' || code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    terminal.complain(
      `cannot listen on ${[address, port].filter(part => part !== undefined).join(':')}: ${listenFailure(code)}`,
    )
    return exitCodes.addressUnavailable
  }
  terminal.complain(`cannot start: ${message}`)
  return exitCodes.failed
}

function listenFailure(code: string): string {
  if (code === 'EADDRINUSE') return 'another program listens there; choose another with --port'
  if (code === 'EACCES') return 'this user may not'
  return 'this is no address of this machine; choose another with --host'
}
