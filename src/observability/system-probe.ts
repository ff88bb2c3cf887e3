// Asks the operating system how loaded the machine and the process are.

import { readFile, statfs } from 'node:fs/promises'
import { cpus, freemem, totalmem } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'

export interface SystemProbe {
  /** Sums since the start of the machine, in any unit. */
  cpuTimes(): { readonly busy: number; readonly total: number }
  /** Milliseconds of processor time that this process has used. */
  processCpuMs(): number
  memory(): Promise<{ readonly usedBytes: number; readonly limitBytes: number }>
  processMemory(): { readonly residentBytes: number; readonly heapUsedBytes: number }
  diskPercent(): Promise<number>
  /** Since the last call. */
  eventLoopLag(): { readonly medianMs: number; readonly p99Ms: number }
  stop(): void
}

const lagResolutionMs = 20

/** @param diskPath a folder on the file system whose fill is reported */
export function createSystemProbe(diskPath: string): SystemProbe {
  const lag = monitorEventLoopDelay({ resolution: lagResolutionMs })
  lag.enable()
  // The histogram holds the time between two ticks of its own timer: the timer's period is not lateness.
  const lateness = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - lagResolutionMs)
  return {
    cpuTimes: readCpuTimes,
    processCpuMs() {
      const used = process.cpuUsage()
      return (used.user + used.system) / 1000
    },
    memory: readMemory,
    processMemory() {
      const { rss, heapUsed } = process.memoryUsage()
      return { residentBytes: rss, heapUsedBytes: heapUsed }
    },
    async diskPercent() {
      const disk = await statfs(diskPath)
      const used = disk.blocks - disk.bfree
      // As `df` counts: the share that is kept for the superuser is neither used nor free.
      return used + disk.bavail > 0 ? (100 * used) / (used + disk.bavail) : 0
    },
    eventLoopLag() {
      const reading =
        lag.count === 0
          ? { medianMs: 0, p99Ms: 0 }
          : { medianMs: lateness(lag.percentile(50)), p99Ms: lateness(lag.percentile(99)) }
      lag.reset()
      return reading
    },
    stop: () => lag.disable(),
  }
}

function readCpuTimes(): { busy: number; total: number } {
  let busy = 0
  let idle = 0
  for (const { times } of cpus()) {
    busy += times.user + times.nice + times.sys + times.irq
    idle += times.idle
  }
  return { busy, total: busy + idle }
}

async function readMemory(): Promise<{ usedBytes: number; limitBytes: number }> {
  const machine = totalmem()
  // Without a limit this is 0 or larger than any machine.
  const limit = process.constrainedMemory()
  if (limit <= 0 || limit >= machine) return { usedBytes: machine - freemem(), limitBytes: machine }
  const used = await readContainerMemory().catch(() => limit - process.availableMemory())
  return { usedBytes: used, limitBytes: limit }
}

/** The working set of the container as orchestrators count it: all memory less the file cache that can be dropped. */
async function readContainerMemory(): Promise<number> {
  const groups = await readFile('/proc/self/cgroup', 'utf8')
  const path = /^0::(\/.*)$/m.exec(groups)?.[1] ?? '/'
  const folder = `/sys/fs/cgroup${path === '/' ? '' : path}`
  const [usage, statistics] = await Promise.all([
    readFile(`${folder}/memory.current`, 'utf8'),
    readFile(`${folder}/memory.stat`, 'utf8'),
  ])
  const droppable = /^inactive_file (\d+)$/m.exec(statistics)?.[1] ?? '0'
  return Math.max(0, Number(usage) - Number(droppable))
}
