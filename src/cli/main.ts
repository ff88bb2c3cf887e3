// The program: arguments, and the exit code.

import { readFileSync } from 'node:fs'
import { check } from './check.ts'
import { exitCodes } from './exit-codes.ts'
import { manageKeys } from './keys.ts'
import { runProgram } from './program.ts'
import { replay } from './replay.ts'
import { serve, type Terminal } from './serve.ts'

const terminal: Terminal = {
  print: text => void process.stdout.write(`${text}\n`),
  complain: text => void process.stderr.write(`${text}\n`),
}

// Whoever reads the output may leave first (`| head`): that ends neither requests nor the process.
process.stdout.on('error', () => {})
process.stderr.on('error', () => {})

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}

/** Runs until the program ends, and ends the process. */
export async function main(): Promise<never> {
  try {
    process.exitCode = await runProgram(
      process.argv.slice(2),
      {
        serve: options => serve(options, terminal, version),
        check: async options => check(options, terminal),
        replay: async options => replay(options, terminal),
        keys: (action, options) => manageKeys(action, options, terminal),
      },
      version,
    )
  } catch (thrown) {
    terminal.complain(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown))
    process.exitCode = exitCodes.failed
  }
  // What is still open (a socket that a client keeps, a worker that hangs) must not hold the process.
  process.exit()
}
