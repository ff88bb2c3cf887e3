// Closed loop of streams: so many at a time, the next one when one has ended. Yields events and arrivals, which
// set against the subject's CPU give the cost of a chunk.

import { monotonicMs } from '../lib/monotonic.ts'
import { Connection } from './connection.ts'
import { createFailures } from './failures.ts'
import { encodeRequest, type Target } from './request.ts'
import { createStreamReader } from './stream-reader.ts'

export interface StreamLoopJob {
  readonly target: Target
  readonly bodies: readonly string[]
  /** Streams at the same time. */
  readonly concurrency: number
  /** New streams begin this long; those that run then go on to their end. */
  readonly durationMs: number
  readonly endMark: string
}

export interface StreamLoopResult {
  readonly completed: number
  readonly events: number
  readonly arrivals: number
  readonly elapsedMs: number
  readonly failures: Readonly<Record<string, number>>
}

const patienceMs = 30_000

export async function runStreamLoop(job: StreamLoopJob): Promise<StreamLoopResult> {
  const requests = job.bodies.map(body => encodeRequest(job.target, body))
  const failures = createFailures()
  const startMs = monotonicMs()
  const endMs = startMs + job.durationMs
  let completed = 0
  let events = 0
  let arrivals = 0
  const runStream = (connection: Connection, request: Buffer) =>
    new Promise<boolean>(resolve => {
      let status = 0
      const reader = createStreamReader(job.endMark)
      const guard = setTimeout(() => settle('no end'), job.durationMs + patienceMs)
      const settle = (failure?: string) => {
        clearTimeout(guard)
        if (failure === undefined) completed += 1
        else {
          failures.count(failure)
          connection.leave()
        }
        resolve(failure === undefined)
      }
      connection.send(request, {
        onHead: received => {
          status = received
        },
        onBody: bytes => reader.read(bytes),
        onEnd: () => {
          events += reader.events
          arrivals += reader.arrivals
          if (status !== 200) settle(`status ${status}`)
          else settle(reader.isComplete ? undefined : 'a stream without end')
        },
        onFail: settle,
      })
    })
  const runLane = async (lane: number) => {
    const connection = new Connection(job.target)
    for (let index = lane, failed = 0; failed < 3 && (index === lane || monotonicMs() < endMs); index += 1) {
      const request = requests[index % requests.length]
      if (request === undefined) throw new RangeError('no bodies to send')
      if (!(await runStream(connection, request))) failed += 1
    }
    connection.leave()
  }
  await Promise.all(Array.from({ length: job.concurrency }, (_, lane) => runLane(lane)))
  return { completed, events, arrivals, elapsedMs: monotonicMs() - startMs, failures: failures.byReason }
}
