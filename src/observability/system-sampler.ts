// The load of the machine and of the process, sampled every few seconds off the request path.

import type { Clock } from '../lib/clock.ts'
import type { SystemProbe } from './system-probe.ts'

/** Percentages are 0..100, sizes bytes, times milliseconds. */
export interface SystemSample {
  /** Of all processors of the machine, busy with anything. */
  readonly cpuPercent: number
  /** Of this process, where 100 is one processor fully used. */
  readonly processCpuPercent: number
  /** Of the container where it has a limit, of the machine otherwise; file cache is not counted as used. */
  readonly memoryPercent: number
  readonly memoryUsedBytes: number
  readonly memoryLimitBytes: number
  readonly residentBytes: number
  readonly heapUsedBytes: number
  /** Of the file system that holds the data; 0 where it cannot be told. */
  readonly diskPercent: number
  /** How late the event loop was during the last interval: what a request waits before anybody looks at it. */
  readonly eventLoopLagMs: number
  readonly eventLoopLagP99Ms: number
}

export interface SystemSampler {
  current(): SystemSample
  /** Takes a sample now; done by itself every interval. */
  sample(): Promise<void>
  stop(): void
}

export interface SystemSamplerDeps {
  readonly clock: Clock
  readonly probe: SystemProbe
  readonly intervalMs?: number
}

export function createSystemSampler({ clock, probe, intervalMs = 5_000 }: SystemSamplerDeps): SystemSampler {
  const measureLoad = createLoadMeter(clock, probe)
  let stopped = false
  let cancelTimer = () => {}
  let current: SystemSample = {
    cpuPercent: 0,
    processCpuPercent: 0,
    memoryPercent: 0,
    memoryUsedBytes: 0,
    memoryLimitBytes: 0,
    ...probe.processMemory(),
    diskPercent: 0,
    eventLoopLagMs: 0,
    eventLoopLagP99Ms: 0,
  }

  async function sample(): Promise<void> {
    const load = measureLoad()
    const lag = probe.eventLoopLag()
    const [memory, diskPercent] = await Promise.all([
      probe.memory().catch(() => ({ usedBytes: 0, limitBytes: 0 })),
      probe.diskPercent().catch(() => 0),
    ])
    current = {
      ...load,
      memoryPercent: memory.limitBytes > 0 ? (100 * memory.usedBytes) / memory.limitBytes : 0,
      memoryUsedBytes: memory.usedBytes,
      memoryLimitBytes: memory.limitBytes,
      ...probe.processMemory(),
      diskPercent,
      eventLoopLagMs: lag.medianMs,
      eventLoopLagP99Ms: lag.p99Ms,
    }
  }

  function schedule(delayMs: number): void {
    if (stopped) return
    cancelTimer = clock.after(delayMs, () => void sample().finally(() => schedule(intervalMs)))
  }

  // The first sample soon, so that memory and disk are known at the first question, but not during the start itself.
  schedule(Math.min(500, intervalMs))
  return {
    current: () => current,
    sample,
    stop() {
      stopped = true
      cancelTimer()
      probe.stop()
    },
  }
}

/** Processor load between one call and the next. */
function createLoadMeter(clock: Clock, probe: SystemProbe) {
  let machine = probe.cpuTimes()
  let processMs = probe.processCpuMs()
  let measuredAt = clock.now()

  return () => {
    const machineNow = probe.cpuTimes()
    const processNow = probe.processCpuMs()
    const now = clock.now()
    const load = {
      cpuPercent: percentOf(machineNow.busy - machine.busy, machineNow.total - machine.total),
      processCpuPercent: percentOf(processNow - processMs, now - measuredAt),
    }
    machine = machineNow
    processMs = processNow
    measuredAt = now
    return load
  }
}

function percentOf(part: number, whole: number): number {
  return whole > 0 ? (100 * part) / whole : 0
}
