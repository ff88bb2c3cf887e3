// What a reader needs to know of the machine, and nothing that would tell which one it is.

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, release, totalmem, type } from 'node:os'
import { succeeds } from './launcher.ts'

export interface Environment {
  readonly cpu: string
  readonly cores: number
  readonly memoryGb: number
  readonly kernel: string
  readonly node: string
  readonly undici: string
  readonly upstream: string
  readonly pinning: string
}

/** Which core does what; null: any, where there is only one, or no taskset. */
export interface Cores {
  readonly subject: number | null
  readonly load: number | null
  readonly upstream: number | null
}

/** The subject has a core to itself; load and upstream share the second unless there is a third. */
export function chooseCores(): Cores {
  const status = readFileSync('/proc/self/status', 'utf8')
  const allowed = expandList(/^Cpus_allowed_list:\s+(.*)$/m.exec(status)?.[1] ?? '')
  const [subject, load, upstream] = allowed
  if (subject === undefined || load === undefined || !succeeds('taskset', ['-c', String(subject), 'true']))
    return { subject: null, load: null, upstream: null }
  return { subject, load, upstream: upstream ?? load }
}

/** `0-2,5` -> 0, 1, 2, 5 */
export function expandList(list: string): number[] {
  return [...list.matchAll(/(\d+)(?:-(\d+))?/g)].flatMap(([, first, last = first]) => {
    const length = Number(last) - Number(first) + 1
    return Array.from({ length }, (_, index) => Number(first) + index)
  })
}

/** Moves this process off the subject's core. */
export function pinSelf(core: number | null): void {
  if (core !== null)
    execFileSync('taskset', ['-a', '-c', '-p', String(core), String(process.pid)], { stdio: 'ignore' })
}

export function describeEnvironment(cores: Cores, upstream: string): Environment {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL('../../node_modules/undici/package.json', import.meta.url), 'utf8'),
  )
  const undici = manifest instanceof Object && 'version' in manifest ? String(manifest.version) : 'unknown'
  return {
    cpu: cpus()[0]?.model ?? 'unknown processor',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 1e9),
    kernel: `${type()} ${release().split('-')[0]}`,
    node: process.version,
    undici,
    upstream,
    pinning: describePinning(cores),
  }
}

function describePinning({ subject, load, upstream }: Cores): string {
  if (subject === null) return 'nothing is pinned to a core: the figures are rough'
  if (load === upstream) return 'the subject alone on one core, load and upstream together on another'
  return 'subject, load and upstream each on a core of its own'
}
