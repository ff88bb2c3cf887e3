// Open loop: requests leave at a fixed rate whether the earlier ones are answered or not, and each is timed from
// the moment at which it was due. A subject that stalls is charged for all that had to wait meanwhile.

import { monotonicMs } from '../lib/monotonic.ts'
import { Connection } from './connection.ts'
import { createFailures } from './failures.ts'
import { createHistogram, type Histogram } from './histogram.ts'
import { beat } from './metronome.ts'
import { encodeRequest, type Target } from './request.ts'
import { createStreamReader } from './stream-reader.ts'

export interface OpenLoopJob {
  readonly target: Target
  readonly bodies: readonly string[]
  /** Requests a second. */
  readonly rate: number
  readonly durationMs: number
  /** Timed until the end of the answer, or until the first content of the stream with this end mark. */
  readonly until: { readonly answer: 'end' } | { readonly answer: 'first content'; readonly endMark: string }
}

export interface OpenLoopResult {
  readonly sent: number
  readonly answered: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  readonly failures: Readonly<Record<string, number>>
}

const patienceMs = 20_000

export async function runOpenLoop(job: OpenLoopJob): Promise<OpenLoopResult> {
  const requests = job.bodies.map(body => encodeRequest(job.target, body))
  const failures = createFailures()
  const histogram = createHistogram()
  const idle: Connection[] = []
  const all: Connection[] = []
  const sent = Math.round((job.rate * job.durationMs) / 1000)
  let settled = 0
  let answered = 0
  let allSettled: (() => void) | undefined
  await beat({ rate: job.rate, total: sent }, (index, dueMs) => {
    const request = requests[index % requests.length]
    if (request === undefined) throw new RangeError('no bodies to send')
    let connection = idle.pop()
    if (connection === undefined) {
      connection = new Connection(job.target)
      all.push(connection)
    }
    const used = connection
    const exchange = createTimedExchange(job.until, { dueMs, histogram }, failure => {
      settled += 1
      if (failure === null) answered += 1
      else failures.count(failure)
      idle.push(used)
      if (settled === sent) allSettled?.()
    })
    used.send(request, exchange)
  })
  const late = await waitFor(settled === sent, done => {
    allSettled = done
  })
  if (late) for (let missing = sent - settled; missing > 0; missing -= 1) failures.count('no answer')
  for (const connection of all) connection.leave()
  return {
    sent,
    answered,
    p50: histogram.quantile(0.5),
    p99: histogram.quantile(0.99),
    failures: failures.byReason,
  }
}

/** True if it took too long. */
async function waitFor(already: boolean, onDone: (done: () => void) => void): Promise<boolean> {
  if (already) return false
  return new Promise(resolve => {
    const guard = setTimeout(() => resolve(true), patienceMs)
    onDone(() => {
      clearTimeout(guard)
      resolve(false)
    })
  })
}

function createTimedExchange(
  until: OpenLoopJob['until'],
  timing: { readonly dueMs: number; readonly histogram: Histogram },
  onSettled: (failure: string | null) => void,
) {
  let status = 0
  const reader = until.answer === 'end' ? null : createStreamReader(until.endMark)
  let timed = false
  const time = () => {
    timed = true
    timing.histogram.record(monotonicMs() - timing.dueMs)
  }
  return {
    onHead: (received: number) => {
      status = received
    },
    onBody: (bytes: Buffer) => {
      reader?.read(bytes)
      if (!timed && reader?.hasContent) time()
    },
    onEnd: () => {
      if (status !== 200) return onSettled(`status ${status}`)
      if (reader === null) time()
      else if (!timed) return onSettled('a stream without content')
      else if (!reader.isComplete) return onSettled('a stream without end')
      onSettled(null)
    },
    onFail: (reason: string) => onSettled(reason),
  }
}
