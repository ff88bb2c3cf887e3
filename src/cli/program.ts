// The command line: commands, options and their help. What they do is handed in.

import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { type ExitCode, exitCodes, exitCodesHelp } from './exit-codes.ts'

export interface ServeOptions {
  readonly config?: string
  readonly host?: string
  readonly port?: number
  readonly data?: string
}

export interface CheckOptions {
  readonly file?: string
}

export interface ReplayOptions {
  readonly config?: string
  readonly data?: string
  readonly days: number
  readonly json?: boolean
}

export interface KeysOptions {
  readonly data?: string
  readonly name?: string
  readonly id?: string
}

export type KeysAction = 'create' | 'list' | 'revoke'

export interface Actions {
  serve(options: ServeOptions): Promise<ExitCode>
  check(options: CheckOptions): Promise<ExitCode>
  replay(options: ReplayOptions): Promise<ExitCode>
  keys(action: KeysAction, options: KeysOptions): Promise<ExitCode>
}

/** Runs the command of these arguments (without the program's own path) and gives its exit code. */
export async function runProgram(
  argv: readonly string[],
  actions: Actions,
  version: string,
): Promise<ExitCode> {
  let code: ExitCode = exitCodes.ok
  const program = new Command('llm-proxy')
    .description(
      'One endpoint, compatible with the SDKs that you already use, in front of every LLM provider.',
    )
    .version(version)
    .exitOverride()
    .addHelpText('after', exitCodesHelp)

  program
    .command('serve', { isDefault: true })
    .description('run the gateway (the default command)')
    .option(
      '-c, --config <file>',
      'configuration file (LLM_PROXY_CONFIG); without one, the environment decides',
    )
    .option('--host <address>', 'address to listen on (HOST); default 127.0.0.1')
    .option('-p, --port <number>', 'port to listen on (PORT), 0 for a free one; default 8000', parsePort)
    .option('--data <directory>', 'directory for everything that the gateway writes; default ./data')
    .addHelpText('after', exitCodesHelp)
    .action(async (options: ServeOptions) => {
      code = await actions.serve(options)
    })

  program
    .command('check [file]')
    .description('check a configuration file and print its mistakes with line and column')
    .action(async (file: string | undefined) => {
      code = await actions.check(file === undefined ? {} : { file })
    })

  program
    .command('replay')
    .description('decide the requests of the last days again, by another configuration, and compare')
    .option('-c, --config <file>', 'the other configuration')
    .option('--data <directory>', 'the data directory of the gateway; default ./data')
    .option('--days <number>', 'how many days back; default 7', parseDays, 7)
    .option('--json', 'as JSON')
    .action(async (options: ReplayOptions) => {
      code = await actions.replay(options)
    })

  addKeysCommands(program, async (action, options) => {
    code = await actions.keys(action, options)
  })

  for (const command of program.commands) command.exitOverride()
  try {
    await program.parseAsync(argv, { from: 'user' })
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown
    return thrown.exitCode === 0 ? exitCodes.ok : exitCodes.usage
  }
  return code
}

function addKeysCommands(
  program: Command,
  run: (action: KeysAction, options: KeysOptions) => Promise<void>,
): void {
  const keys = program.command('keys').description("this gateway's own API keys")
  const dataOption = ['--data <directory>', 'the data directory of the gateway; default ./data'] as const
  keys
    .command('create')
    .description('make a key and print it, once')
    .option('--name <name>', 'what the key is for')
    .option(...dataOption)
    .action((options: KeysOptions) => run('create', options))
  keys
    .command('list')
    .description('list the keys, without the keys themselves')
    .option(...dataOption)
    .action((options: KeysOptions) => run('list', options))
  keys
    .command('revoke <id>')
    .description('make a key invalid')
    .option(...dataOption)
    .action((id: string, options: KeysOptions) => run('revoke', { ...options, id }))
  for (const command of keys.commands) command.exitOverride()
}

function parseDays(text: string): number {
  const days = Number(text)
  if (!(days > 0 && days <= 36_500)) throw new InvalidArgumentError('days are a number above 0.')
  return days
}

function parsePort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new InvalidArgumentError('a port is a number from 0 to 65535.')
  return port
}
