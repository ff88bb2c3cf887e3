// Starts processes on a given core and sees to it that none of them outlives the benchmark.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { listTree } from './process-table.ts'

export interface Launch {
  readonly command: string
  readonly arguments: readonly string[]
  /** null: any. */
  readonly core: number | null
  readonly environment?: Readonly<Record<string, string>>
  readonly folder?: string
  /** With a channel for calls (remote.ts). */
  readonly channel?: boolean
}

export interface Launched {
  readonly pid: number
  readonly process: ChildProcess
  /** The last lines of what it wrote, both outputs together. */
  lastLines(): string[]
  readonly hasExited: boolean
  /** Calls back for each line of output from now on. */
  onLine(listener: (line: string) => void): void
  /** Asks it to end, and after 3 s ends it and all its descendants. */
  stop(): Promise<void>
}

export interface Launcher {
  launch(options: Launch): Launched
  stopAll(): Promise<void>
  /** At once and without waiting, for the last moment of the process. */
  killAll(): void
}

const keptLines = 20
const openFiles = 65_536

export function createLauncher(): Launcher {
  const running = new Set<Launched>()
  const prefix = findPrefix()
  return {
    launch(options) {
      const words = [...prefix, ...pin(options.core), options.command, ...options.arguments]
      const [command = options.command, ...rest] = words
      const child = spawn(command, rest, {
        cwd: options.folder,
        env: { ...process.env, ...options.environment },
        stdio: ['ignore', 'pipe', 'pipe', ...(options.channel === true ? ['ipc' as const] : [])],
      })
      const launched = follow(child)
      running.add(launched)
      child.on('exit', () => running.delete(launched))
      return launched
    },
    async stopAll() {
      await Promise.all([...running].map(launched => launched.stop()))
    },
    killAll() {
      for (const launched of running) killTree(launched.pid)
    },
  }
}

function pin(core: number | null): string[] {
  return core === null ? [] : ['taskset', '-c', String(core)]
}

/** Commands that run another in their own place: enough open files, and an end when the benchmark itself ends. */
function findPrefix(): string[] {
  const candidates = [
    ['prlimit', `--nofile=${openFiles}:${openFiles}`],
    ['setpriv', '--pdeathsig', 'TERM'],
  ]
  return candidates.filter(([command = '', ...rest]) => succeeds(command, [...rest, 'true'])).flat()
}

export function succeeds(command: string, parameters: readonly string[]): boolean {
  try {
    execFileSync(command, parameters, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

function follow(child: ChildProcess): Launched {
  const lines: string[] = []
  const listeners: Array<(line: string) => void> = []
  let hasExited = false
  for (const output of [child.stdout, child.stderr]) {
    let rest = ''
    output?.setEncoding('utf8').on('data', (text: string) => {
      const parts = (rest + text).split('\n')
      rest = parts.pop() ?? ''
      for (const line of parts) {
        lines.push(line)
        if (lines.length > keptLines) lines.shift()
        for (const listener of listeners) listener(line)
      }
    })
  }
  const exited = new Promise<void>(resolve => {
    child.on('error', error => {
      lines.push(error.message)
      hasExited = true
      resolve()
    })
    child.on('exit', () => {
      hasExited = true
      resolve()
    })
  })
  const pid = child.pid ?? -1
  return {
    pid,
    process: child,
    lastLines: () => [...lines],
    get hasExited() {
      return hasExited
    },
    onLine: listener => listeners.push(listener),
    async stop() {
      if (hasExited) return
      const tree = listTree(pid)
      child.kill('SIGTERM')
      await Promise.race([exited, delay(3000, undefined, { ref: false })])
      // The descendants were its own to end; those that it left behind are ended here.
      for (const left of tree.filter(other => other !== pid || !hasExited)) kill(left)
      await exited
    },
  }
}

function killTree(root: number): void {
  if (root > 0) for (const pid of listTree(root)) kill(pid)
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Gone already.
  }
}
