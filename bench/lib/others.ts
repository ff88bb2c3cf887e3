// How much of the machine others took meanwhile: above a few percent the figures are not to be trusted.

import { readFileSync } from 'node:fs'
import { readProcessorMs } from './process-table.ts'

export interface MachineTicks {
  /** Spent at work, by whomever, or taken away by the host of this machine. */
  readonly busy: number
  readonly all: number
}

/** Takes the text of /proc/stat. */
export function parseMachineStat(stat: string): MachineTicks {
  const [user = 0, nice = 0, system = 0, idle = 0, waiting = 0, irq = 0, softIrq = 0, stolen = 0] = (
    stat.split('\n')[0] ?? ''
  )
    .split(/\s+/)
    .slice(1)
    .map(Number)
  const busy = user + nice + system + irq + softIrq + stolen
  return { busy, all: busy + idle + waiting }
}

/**
 * Begins to watch; the returned function tells which share (0-1) of all cores was spent outside of this process
 * and its descendants since.
 */
export function watchOthers(): () => number {
  const read = () => ({
    ...parseMachineStat(readFileSync('/proc/stat', 'utf8')),
    ownMs: readProcessorMs(process.pid),
  })
  const before = read()
  return () => {
    const after = read()
    // The kernel counts both in hundredths of a second.
    const ownTicks = (after.ownMs - before.ownMs) / 10
    const others = after.busy - before.busy - ownTicks
    return Math.max(0, others / Math.max(1, after.all - before.all))
  }
}
