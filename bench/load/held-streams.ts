// Many streams held open at once, some of whose clients leave: what a stream costs in memory, and how soon the
// upstream hears that nobody listens any more.

import { setTimeout as delay } from 'node:timers/promises'
import { monotonicMs } from '../lib/monotonic.ts'
import { Connection } from './connection.ts'
import { encodeRequest, type Target } from './request.ts'
import { createStreamReader, type StreamReader } from './stream-reader.ts'

export interface OpenStreamsJob {
  readonly target: Target
  /** One for each stream; each carries its number in a mark. */
  readonly bodies: readonly string[]
  /** Streams opened a second. */
  readonly rate: number
  readonly endMark: string
}

export interface Leave {
  readonly number: number
  /** Of monotonicMs. */
  readonly atMs: number
}

interface HeldStream {
  readonly number: number
  readonly connection: Connection
  readonly reader: StreamReader
  state: 'open' | 'ended' | 'failed' | 'left'
  reason: string | null
}

export interface HeldStreams {
  /** Resolves when every stream has content, or has failed, or 30 s have passed. */
  readonly open: (job: OpenStreamsJob) => Promise<{ readonly open: number }>
  /** Every so-manieth client leaves, one each millisecond. */
  readonly leave: (every: number) => Promise<readonly Leave[]>
  /** Resolves when all that stayed have ended, or 30 s have passed. */
  readonly finish: () => Promise<{
    readonly completed: number
    readonly failures: Readonly<Record<string, number>>
  }>
}

const patienceMs = 30_000

export function createHeldStreams(): HeldStreams {
  let streams: HeldStream[] = []
  return {
    async open(job) {
      streams = []
      const batch = Math.max(1, Math.round(job.rate / 100))
      for (const [number, body] of job.bodies.entries()) {
        streams.push(openStream({ job, number, body }))
        if (number % batch === batch - 1) await delay(10)
      }
      await waitUntil(() => streams.every(stream => stream.state !== 'open' || stream.reader.hasContent))
      return { open: streams.filter(stream => stream.state === 'open').length }
    },
    async leave(every) {
      const leaves: Leave[] = []
      for (const stream of streams) {
        if (stream.number % every !== 0 || stream.state !== 'open') continue
        stream.state = 'left'
        leaves.push({ number: stream.number, atMs: monotonicMs() })
        stream.connection.leave()
        await delay(1)
      }
      return leaves
    },
    async finish() {
      await waitUntil(() => streams.every(stream => stream.state !== 'open'))
      const failures: Record<string, number> = {}
      for (const stream of streams) {
        const reason = stream.state === 'open' ? 'no end' : stream.reason
        if (reason !== null) failures[reason] = (failures[reason] ?? 0) + 1
        stream.connection.leave()
      }
      const completed = streams.filter(stream => stream.state === 'ended').length
      streams = []
      return { completed, failures }
    },
  }
}

function openStream({
  job,
  number,
  body,
}: {
  job: OpenStreamsJob
  number: number
  body: string
}): HeldStream {
  const stream: HeldStream = {
    number,
    connection: new Connection(job.target),
    reader: createStreamReader(job.endMark),
    state: 'open',
    reason: null,
  }
  const fail = (reason: string) => {
    stream.state = 'failed'
    stream.reason = reason
  }
  let status = 0
  stream.connection.send(encodeRequest(job.target, body), {
    onHead: received => {
      status = received
    },
    onBody: bytes => stream.reader.read(bytes),
    onEnd: () => {
      if (status !== 200) fail(`status ${status}`)
      else if (!stream.reader.isComplete) fail('a stream without end')
      else stream.state = 'ended'
    },
    onFail: fail,
  })
  return stream
}

async function waitUntil(condition: () => boolean): Promise<void> {
  const giveUpMs = monotonicMs() + patienceMs
  while (!condition() && monotonicMs() < giveUpMs) await delay(20)
}
