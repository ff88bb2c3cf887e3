// CPU per request and requests a second, under full load, for bodies from a question to an agent's context.

import type { ClosedLoopJob } from '../load/closed-loop.ts'
import { bodySizes, createBodies } from '../requests/bodies.ts'
import { type Part, type PartContext, reportFailures, withProcessorTime } from './part.ts'
import { verifyPlain } from './verify.ts'

export const cpu: Part = {
  name: 'cpu',
  upstream: 'plain',
  async measure(context) {
    const { plan, running, load } = context
    await verifyPlain(running.target)
    for (const size of bodySizes) {
      const job = { target: running.target, bodies: createBodies(size, false), connections: plan.connections }
      await load('runClosedLoop', { ...job, durationMs: plan.warmUpMs / (size === bodySizes[0] ? 1 : 3) })
      await measureSize(context, { name: size.name, job: { ...job, durationMs: plan.closedLoopMs } })
    }
    await verifyPlain(running.target)
  },
}

async function measureSize(context: PartContext, size: { name: string; job: ClosedLoopJob }): Promise<void> {
  const askedBefore = await context.upstreams.plain.countRequests()
  const { result, processorMs } = await withProcessorTime(context, () =>
    context.load('runClosedLoop', size.job),
  )
  const asked = (await context.upstreams.plain.countRequests()) - askedBefore
  reportFailures(context, size.name, result.failures)
  if (result.answered === 0) return
  if (asked < result.answered)
    context.report(`${size.name}: answered ${result.answered - asked} requests without asking the upstream`)
  context.record('cpu.request', size.name, (processorMs * 1000) / result.answered)
  context.record('rate', size.name, (result.answered * 1000) / result.elapsedMs)
  context.record('busy', size.name, (processorMs * 100) / result.elapsedMs)
}
