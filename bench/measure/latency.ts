// Latency at fixed rates, far below what a subject could do: what a user feels of a gateway that is not overloaded.

import { bodySizes, createBodies } from '../requests/bodies.ts'
import { type Part, reportFailures } from './part.ts'
import { verifyPlain } from './verify.ts'

export const latency: Part = {
  name: 'latency',
  upstream: 'plain',
  async measure(context) {
    const { plan, running, load } = context
    const [size] = bodySizes
    if (size === undefined) return
    const { target } = running
    const bodies = createBodies(size, false)
    await verifyPlain(target)
    await load('runClosedLoop', { target, bodies, connections: 8, durationMs: plan.warmUpMs })
    for (const rate of plan.rates) {
      const job = { target, bodies, rate, until: { answer: 'end' } } as const
      await load('runOpenLoop', { ...job, durationMs: plan.openLoopMs / 8 })
      const result = await load('runOpenLoop', { ...job, durationMs: plan.openLoopMs })
      const variant = `${rate.toLocaleString('en')}/s`
      reportFailures(context, variant, result.failures)
      if (result.answered < result.sent) continue
      context.record('latency.p50', variant, result.p50)
      context.record('latency.p99', variant, result.p99)
    }
    await verifyPlain(target)
  },
}
