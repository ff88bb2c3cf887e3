// Programs that a test starts as a user would: their output is kept, their end awaited, and none outlives the tests.

import { type ChildProcess, spawn } from 'node:child_process'

export interface ChildExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface RunningChild {
  readonly pid: number
  /** Everything that it wrote so far. */
  stdout(): string
  stderr(): string
  readonly exited: Promise<ChildExit>
  readonly hasExited: boolean
  send(signal: NodeJS.Signals): void
  /**
   * Resolves with the match as soon as the standard output has it.
   * @throws where the program ends, or 30 s pass, without it
   */
  waitForOutput(pattern: RegExp): Promise<RegExpExecArray>
  /** Asks it to end, and after 40 s makes it. */
  stop(): Promise<ChildExit>
}

export interface ChildOptions {
  readonly folder?: string
  readonly environment?: Readonly<Record<string, string>>
  /** Its own process group, as a program has that a terminal's shell starts. */
  readonly ownGroup?: boolean
}

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** What a program needs of the environment to run at all: no key of a provider, no setting of the gateway. */
const neededVariables = ['PATH', 'HOME', 'LANG', 'TMPDIR'] as const

function cleanEnvironment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  const kept = neededVariables.flatMap(name => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return { ...Object.fromEntries(kept), ...more }
}

/** Where packages come from is a matter of the machine: the settings of pip and npm, for a program that installs some. */
export function packageSettings(): Record<string, string> {
  const settings = Object.entries(process.env).filter(([name]) =>
    /^(pip_|npm_config_(registry|.*(proxy|cafile))$|(https?|no)_proxy$|ssl_cert|node_extra_ca_certs$)/i.test(
      name,
    ),
  )
  return Object.fromEntries(settings.map(([name, value]) => [name, value ?? '']))
}

/** @param options.environment beside what every program needs; nothing else of this process's own is handed on */
export function startChild(
  command: string,
  parameters: readonly string[],
  options: ChildOptions = {},
): RunningChild {
  const child = spawn(command, parameters, {
    cwd: options.folder,
    env: cleanEnvironment(options.environment),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: options.ownGroup ?? false,
  })
  running.add(child)
  const listeners = new Set<() => void>()
  let stdout = ''
  let stderr = ''
  let hasExited = false
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    for (const listener of listeners) listener()
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const exited = new Promise<ChildExit>(resolve => {
    // `close` and not `exit`: the last words have arrived by then.
    child.on('close', (code, signal) => resolve({ code, signal }))
    child.on('error', error => {
      stderr += error.message
      resolve({ code: null, signal: null })
    })
  })
  const ended = exited.then(end => {
    hasExited = true
    running.delete(child)
    for (const listener of listeners) listener()
    return end
  })

  return {
    pid: child.pid ?? -1,
    stdout: () => stdout,
    stderr: () => stderr,
    exited: ended,
    get hasExited() {
      return hasExited
    },
    send: signal => void child.kill(signal),
    waitForOutput(pattern) {
      return new Promise((resolve, reject) => {
        const finish = (conclude: () => void): void => {
          listeners.delete(look)
          clearTimeout(timeout)
          conclude()
        }
        const fail = (why: string): void =>
          finish(() => reject(new Error(`${command} ${why} without ${pattern}:\n${stdout}\n${stderr}`)))
        const look = (): void => {
          const match = pattern.exec(stdout)
          if (match !== null) finish(() => resolve(match))
          else if (hasExited) fail('ended')
        }
        const timeout = setTimeout(() => fail('ran for 30 s'), 30_000)
        listeners.add(look)
        look()
      })
    },
    async stop() {
      child.kill('SIGTERM')
      const timeout = setTimeout(() => child.kill('SIGKILL'), 40_000)
      const end = await ended
      clearTimeout(timeout)
      return end
    },
  }
}

export interface Finished extends ChildExit {
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end. */
export async function run(
  command: string,
  parameters: readonly string[],
  options: ChildOptions = {},
): Promise<Finished> {
  const child = startChild(command, parameters, options)
  return { ...(await child.exited), stdout: child.stdout(), stderr: child.stderr() }
}
