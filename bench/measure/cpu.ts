// CPU per request and requests a second, under full load, for bodies from a question to an agent's context.

import type { ClosedLoopJob } from '../load/closed-loop.ts'
import { bodySizes, createAnthropicBodies, createBodies } from '../requests/bodies.ts'
import { type Part, type PartContext, reportFailures, withProcessorTime } from './part.ts'
import { verifyAnthropic, verifyPlain } from './verify.ts'
import { warmUpUntilSettled } from './warm-up.ts'

export const cpu: Part = {
  name: 'cpu',
  upstream: 'plain',
  async measure(context) {
    const { plan, running } = context
    await verifyPlain(running.target)
    for (const size of bodySizes) {
      const job = { target: running.target, bodies: createBodies(size, false), connections: plan.connections }
      await warmUpUntilSettled(context, { name: size.name, job })
      await measureSize(context, { name: size.name, job: { ...job, durationMs: plan.closedLoopMs } })
    }
    await measureTranslated(context)
    await verifyPlain(running.target)
  },
}

/** Asked in Anthropic's format and forwarded in OpenAI's, against the floor with the same conversation. */
async function measureTranslated(context: PartContext): Promise<void> {
  const { plan, running, subject } = context
  const size = bodySizes.find(({ name }) => name === '10 kB')
  if (size === undefined || (subject.name !== 'floor' && subject.anthropic === null)) return
  const translates = subject.name !== 'floor' && subject.anthropic !== null
  const target = translates ? { ...running.target, ...subject.anthropic } : running.target
  const bodies = translates ? createAnthropicBodies(size) : createBodies(size, false)
  if (translates) await verifyAnthropic(target, bodies[0] ?? '')
  const job = { target, bodies, connections: plan.connections }
  const name = '10 kB, translated'
  await warmUpUntilSettled(context, { name, job })
  await measureSize(context, { name, job: { ...job, durationMs: plan.closedLoopMs } })
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
