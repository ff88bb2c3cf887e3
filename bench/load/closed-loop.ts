// Closed loop: every connection sends its next request when it has its answer. Loads a subject to the full, and
// so yields CPU per request and requests a second; its latencies mean little and are not reported.

import { monotonicMs } from '../lib/monotonic.ts'
import { Connection } from './connection.ts'
import { createFailures } from './failures.ts'
import { encodeRequest, type Target } from './request.ts'

export interface ClosedLoopJob {
  readonly target: Target
  readonly bodies: readonly string[]
  readonly connections: number
  readonly durationMs: number
}

export interface ClosedLoopResult {
  readonly answered: number
  readonly elapsedMs: number
  readonly failures: Readonly<Record<string, number>>
}

const patienceMs = 20_000

/** Ends when every request sent has been answered, has failed, or 20 s have passed since the end of the time. */
export async function runClosedLoop(job: ClosedLoopJob): Promise<ClosedLoopResult> {
  const requests = job.bodies.map(body => encodeRequest(job.target, body))
  const failures = createFailures()
  const startMs = monotonicMs()
  const endMs = startMs + job.durationMs
  let answered = 0
  let lastAnswerMs = startMs
  const runOne = (first: number) =>
    new Promise<void>(resolve => {
      const connection = new Connection(job.target)
      let status = 0
      let next = first
      let inARow = 0
      const guard = setTimeout(() => finish('no answer'), job.durationMs + patienceMs)
      const finish = (reason?: string) => {
        clearTimeout(guard)
        if (reason !== undefined) failures.count(reason)
        connection.leave()
        resolve()
      }
      const exchange = {
        onHead: (received: number) => {
          status = received
        },
        onBody: () => {},
        onEnd: () => {
          if (status === 200) {
            answered += 1
            inARow = 0
          } else failures.count(`status ${status}`)
          lastAnswerMs = monotonicMs()
          if (lastAnswerMs < endMs) sendNext()
          else finish()
        },
        onFail: (reason: string) => {
          failures.count(reason)
          inARow += 1
          if (inARow < 10 && monotonicMs() < endMs) sendNext()
          else finish()
        },
      }
      const sendNext = () => {
        const request = requests[next % requests.length]
        if (request === undefined) throw new RangeError('no bodies to send')
        next += 1
        connection.send(request, exchange)
      }
      sendNext()
    })
  await Promise.all(Array.from({ length: job.connections }, (_, index) => runOne(index)))
  return { answered, elapsedMs: lastAnswerMs - startMs, failures: failures.byReason }
}
