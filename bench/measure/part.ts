// What a part of the benchmark is given, and what it hands back: figures, each with a name and a variant.

import { setTimeout as delay } from 'node:timers/promises'
import { readProcessorMs } from '../lib/process-table.ts'
import type { Remote } from '../lib/remote.ts'
import type { LoadMethods } from '../load/main.ts'
import type { MetricId } from '../report/metrics.ts'
import type { RunningSubject, Subject } from '../subjects/subject.ts'
import type { Upstreams } from '../upstream/upstream.ts'
import type { Plan } from './plan.ts'

export interface PartContext {
  readonly subject: Subject
  readonly running: RunningSubject
  readonly load: Remote<LoadMethods>
  readonly upstreams: Upstreams
  readonly plan: Plan
  readonly record: (metric: MetricId, variant: string, value: number) => void
  /** Something that makes the figures of this subject doubtful, said beside them. */
  readonly report: (problem: string) => void
}

export interface Part {
  readonly name: PartName
  readonly upstream: 'plain' | 'stream'
  readonly measure: (context: PartContext) => Promise<void>
}

export type PartName = 'cpu' | 'latency' | 'streams' | 'open' | 'start'

/** Runs some work and tells what the subject spent on it, with what it had put off for a moment. */
export async function withProcessorTime<Result>(
  context: PartContext,
  work: () => Promise<Result>,
): Promise<{ result: Result; processorMs: number }> {
  const { pid } = context.running.launched
  const before = readProcessorMs(pid)
  const result = await work()
  await delay(context.plan.settleMs)
  return { result, processorMs: readProcessorMs(pid) - before }
}

export function reportFailures(
  context: PartContext,
  where: string,
  failures: Readonly<Record<string, number>>,
): void {
  const reasons = Object.entries(failures).map(([reason, count]) => `${count} × ${reason}`)
  if (reasons.length > 0) context.report(`${where}: failed requests: ${reasons.join(', ')}`)
}
