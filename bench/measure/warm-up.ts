// Loads a subject until what a request costs it has settled: code that is still being compiled is not what users run.

import type { ClosedLoopJob } from '../load/closed-loop.ts'
import { type PartContext, reportFailures, withProcessorTime } from './part.ts'

/** Looks in a row that have to agree. */
const looks = 3
/** How far apart they may be: less than rounds are from one another. */
const settledShare = 0.08

/** @param costs of each look, the newest last */
export function hasSettled(costs: readonly number[]): boolean {
  const newest = costs.slice(-looks)
  return newest.length === looks && Math.max(...newest) <= Math.min(...newest) * (1 + settledShare)
}

/** Every subject is warmed up in the same way, and none for longer than `longestWarmUpMs`. */
export async function warmUpUntilSettled(
  context: PartContext,
  size: { readonly name: string; readonly job: Omit<ClosedLoopJob, 'durationMs'> },
): Promise<void> {
  const { plan, load, report } = context
  const costs: number[] = []
  let spentMs = 0
  while (!hasSettled(costs)) {
    if (spentMs >= plan.longestWarmUpMs) {
      report(`${size.name}: not settled after ${plan.longestWarmUpMs / 1000} s of full load`)
      return
    }
    const job = { ...size.job, durationMs: plan.warmUpLookMs }
    const { result, processorMs } = await withProcessorTime(context, () => load('runClosedLoop', job))
    spentMs += plan.warmUpLookMs
    // What fails here fails in the measurement as well, and is told there.
    if (result.answered === 0) return reportFailures(context, size.name, result.failures)
    costs.push(processorMs / result.answered)
  }
}
