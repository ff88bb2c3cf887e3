// What the kernel knows about a process and its descendants: processor time and memory, from /proc.

import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

export interface ProcessTimes {
  readonly parent: number
  /** Of the process, and of those of its children that have ended; in clock ticks. */
  readonly ticks: number
}

/** Takes the text of /proc/PID/stat. The name, in parentheses, may itself hold spaces and parentheses. */
export function parseProcessStat(stat: string): ProcessTimes {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const number = (index: number) => Number(fields[index])
  // Fields 4 and 14 to 17 of proc(5); what is left of the line begins with field 3.
  return { parent: number(1), ticks: number(11) + number(12) + number(13) + number(14) }
}

/** Takes the text of /proc/PID/status; 0 where the process has no memory any more. */
export function parseResidentKb(status: string): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0)
}

/** Milliseconds of processor time (user and system) spent by a process and all its descendants until now. */
export function readProcessorMs(root: number): number {
  let ticks = 0
  for (const entry of readTree(root)) ticks += entry.ticks
  return (ticks * 1000) / ticksPerSecond()
}

/** Resident memory of a process and all its descendants; pages that they share count for each. */
export function readResidentBytes(root: number): number {
  let kilobytes = 0
  for (const { pid } of readTree(root)) kilobytes += parseResidentKb(readProcFile(pid, 'status') ?? '')
  return kilobytes * 1024
}

/** The process and its descendants. */
export function listTree(root: number): number[] {
  return readTree(root).map(entry => entry.pid)
}

function readTree(root: number): Array<{ pid: number; ticks: number }> {
  const all = new Map<number, ProcessTimes>()
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? readProcFile(Number(name), 'stat') : null
    if (stat !== null) all.set(Number(name), parseProcessStat(stat))
  }
  const belongs = (pid: number): boolean => {
    if (pid === root) return true
    const entry = all.get(pid)
    return entry !== undefined && entry.parent > 1 && belongs(entry.parent)
  }
  return [...all].filter(([pid]) => belongs(pid)).map(([pid, { ticks }]) => ({ pid, ticks }))
}

/** null where the process has ended meanwhile. */
function readProcFile(pid: number, name: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8')
  } catch {
    return null
  }
}

let knownTicksPerSecond: number | undefined

function ticksPerSecond(): number {
  knownTicksPerSecond ??= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))
  return knownTicksPerSecond
}
