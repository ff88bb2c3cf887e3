// Thousands of streams at once: what each keeps in memory, whether all come to their end, and how soon the
// upstream's connection is closed when a client leaves.

import { setTimeout as delay } from 'node:timers/promises'
import { readResidentBytes } from '../lib/process-table.ts'
import { median } from '../lib/statistics.ts'
import type { Leave } from '../load/held-streams.ts'
import { bodySizes, createBodies, createNumberedStream } from '../requests/bodies.ts'
import { openAiEndMark } from '../requests/marks.ts'
import type { Closing } from '../upstream/stream-server.ts'
import { type Part, type PartContext, reportFailures } from './part.ts'
import { verifyStream } from './verify.ts'

const intervalMs = 1000

export const open: Part = {
  name: 'open',
  upstream: 'stream',
  async measure(context) {
    const { plan, running, load, upstreams } = context
    const { target } = running
    const [size] = bodySizes
    if (size === undefined) return
    await upstreams.stream.call('setPace', { chunks: 60, intervalMs: 0 })
    await verifyStream(target, 60)
    const warm = { target, bodies: createBodies(size, true), concurrency: 8, endMark: openAiEndMark }
    await load('runStreamLoop', { ...warm, durationMs: plan.warmUpMs })
    await delay(plan.settleMs)
    const idleBytes = readResidentBytes(running.launched.pid)

    await upstreams.stream.call('setPace', { chunks: null, intervalMs })
    const count = plan.held.streams
    const bodies = Array.from({ length: count }, (_, number) => createNumberedStream(number))
    const variant = count.toLocaleString('en')
    const rate = plan.held.opensPerSecond
    const opened = await load('openStreams', { target, bodies, rate, endMark: openAiEndMark })
    await delay(plan.held.holdMs)
    const heldBytes = readResidentBytes(running.launched.pid)
    context.record('open.memory', variant, (heldBytes - idleBytes) / 1024 / Math.max(1, opened.open))

    const leaves = await load('leaveStreams', plan.held.leaveEvery)
    const closings = await waitForClosings(context, leaves.length)
    recordLeaves(context, { variant, leaves, closings })

    await upstreams.stream.call('release', undefined as never)
    const { completed, failures } = await load('finishStreams', undefined as never)
    reportFailures(context, `${variant} open streams`, failures)
    context.record('open.completed', variant, (completed * 100) / (count - leaves.length))
  },
}

async function waitForClosings(context: PartContext, expected: number): Promise<readonly Closing[]> {
  const { call } = context.upstreams.stream
  for (let tries = 0; tries < 100; tries += 1) {
    const closings = await call('readClosings', undefined as never)
    if (closings.length >= expected) return closings
    await delay(50)
  }
  return call('readClosings', undefined as never)
}

function recordLeaves(
  context: PartContext,
  { variant, leaves, closings }: { variant: string; leaves: readonly Leave[]; closings: readonly Closing[] },
): void {
  const closedAt = new Map(closings.map(closing => [closing.number, closing.atMs]))
  const waits: number[] = []
  for (const leave of leaves) {
    const atMs = closedAt.get(leave.number)
    if (atMs !== undefined) waits.push(atMs - leave.atMs)
  }
  const unheard = leaves.length - waits.length
  if (unheard > 0)
    context.report(`${unheard} of ${leaves.length} upstream streams not closed 5 s after their client`)
  if (waits.length === 0) return
  context.record('leave.p50', variant, median(waits))
  context.record('leave.max', variant, Math.max(...waits))
}
