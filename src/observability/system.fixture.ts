// A machine at rest, for tests.

import type { SystemSample } from './system-sampler.ts'

export const idleSystem: SystemSample = {
  cpuPercent: 10,
  processCpuPercent: 5,
  memoryPercent: 40,
  memoryUsedBytes: 400 * 1_048_576,
  memoryLimitBytes: 1_000 * 1_048_576,
  residentBytes: 80_000_000,
  heapUsedBytes: 20_000_000,
  diskPercent: 30,
  eventLoopLagMs: 0.1,
  eventLoopLagP99Ms: 0.4,
}
