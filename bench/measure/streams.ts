// Streams: CPU per chunk at a model's pace and at full speed, whether chunks arrive one by one as they were sent,
// and the time until the first content.

import type { Target } from '../load/request.ts'
import { bodySizes, createAnthropicStreams, createBodies } from '../requests/bodies.ts'
import { anthropicEndMark, openAiEndMark } from '../requests/marks.ts'
import type { Pace } from '../upstream/stream-server.ts'
import { type Part, type PartContext, reportFailures, withProcessorTime } from './part.ts'
import { verifyAnthropicStream, verifyStream } from './verify.ts'

interface Way {
  readonly variant: string
  readonly target: Target
  readonly bodies: readonly string[]
  readonly endMark: string
}

export const streams: Part = {
  name: 'streams',
  upstream: 'stream',
  async measure(context) {
    const { chunks, intervalMs } = context.plan.streams
    const { target } = context.running
    const way = { target, bodies: createStreamBodies(), endMark: openAiEndMark }
    await setPace(context, { chunks: 60, intervalMs: 0 })
    await verifyStream(target, 60)
    await warmUp(context, way)
    await measureChunks(context, { ...way, variant: 'paced' }, { chunks, intervalMs })
    await measureChunks(context, { ...way, variant: 'full speed' }, { chunks: chunks * 4, intervalMs: 0 })
    await measureTranslated(context, { chunks, intervalMs })
    await measureFirstContent(context)
    await setPace(context, { chunks: 60, intervalMs: 0 })
    await verifyStream(target, 60)
  },
}

function createStreamBodies(): string[] {
  const [size] = bodySizes
  return size === undefined ? [] : createBodies(size, true)
}

async function setPace(context: PartContext, pace: Pace): Promise<void> {
  await context.upstreams.stream.call('setPace', pace)
}

async function warmUp(context: PartContext, way: Omit<Way, 'variant'>): Promise<void> {
  await context.load('runStreamLoop', { ...way, concurrency: 8, durationMs: context.plan.warmUpMs })
}

async function measureChunks(context: PartContext, way: Way, pace: Pace & { chunks: number }): Promise<void> {
  await setPace(context, pace)
  const { concurrency, durationMs } = context.plan.streams
  const { result, processorMs } = await withProcessorTime(context, () =>
    context.load('runStreamLoop', { ...way, concurrency, durationMs }),
  )
  reportFailures(context, `streams, ${way.variant}`, result.failures)
  if (result.completed === 0) return
  context.record('stream.cpu', way.variant, (processorMs * 1000) / (result.completed * pace.chunks))
  if (way.variant === 'paced') {
    const eventsOfEach = result.events / result.completed
    // Role and first content come together, and so do end, usage and end mark: one arrival each.
    const expected = Math.min(pace.chunks, eventsOfEach) * result.completed
    context.record('stream.arrivals', way.variant, Math.min(100, (result.arrivals * 100) / expected))
  }
}

/** Asked in Anthropic's format and forwarded in OpenAI's, against the floor's pipe of the same events. */
async function measureTranslated(context: PartContext, pace: Pace & { chunks: number }): Promise<void> {
  const { subject, running } = context
  const variant = 'paced, translated'
  if (subject.name === 'floor') {
    const way = { target: running.target, bodies: createStreamBodies(), endMark: openAiEndMark }
    await measureChunks(context, { ...way, variant }, pace)
    return
  }
  if (subject.anthropic === null) return
  const target = { ...running.target, ...subject.anthropic }
  const way = { target, bodies: createAnthropicStreams(), endMark: anthropicEndMark }
  await setPace(context, { chunks: 60, intervalMs: 0 })
  try {
    await verifyAnthropicStream(target, 60)
  } catch (error) {
    context.report(`streams, translated: ${error instanceof Error ? error.message : String(error)}`)
    return
  }
  await warmUp(context, way)
  await measureChunks(context, { ...way, variant }, pace)
}

async function measureFirstContent(context: PartContext): Promise<void> {
  const { plan, running, load } = context
  await setPace(context, { chunks: 10, intervalMs: 5 })
  const job = {
    target: running.target,
    bodies: createStreamBodies(),
    rate: plan.streams.rate,
    until: { answer: 'first content', endMark: openAiEndMark },
  } as const
  await load('runOpenLoop', { ...job, durationMs: plan.openLoopMs / 8 })
  const result = await load('runOpenLoop', { ...job, durationMs: plan.openLoopMs })
  const variant = `${plan.streams.rate} streams/s`
  reportFailures(context, `first content, ${variant}`, result.failures)
  if (result.answered < result.sent) return
  context.record('first.p50', variant, result.p50)
  context.record('first.p99', variant, result.p99)
}
