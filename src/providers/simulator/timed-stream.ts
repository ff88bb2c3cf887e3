// A streamed answer made in process: events become due one after the other, and wait for their reader.

import type { ReplyStream, StreamSink } from '../../call.ts'
import type { Clock } from '../../lib/clock.ts'

export interface Pace {
  readonly clock: Clock
  /** Milliseconds before the first event, and between two events; 0 for at once. */
  readonly firstMs: number
  readonly betweenMs: number
}

/**
 * Frames each text as a server-sent event and hands it over when it is due. A paused reader gets nothing and no timer
 * runs for it; what has become due meanwhile is handed over when it resumes.
 */
export function createTimedStream(events: readonly string[], pace: Pace): ReplyStream {
  const immediate = pace.firstMs === 0 && pace.betweenMs === 0
  const startedAt = immediate ? 0 : pace.clock.now()
  const dueAt = (index: number) => startedAt + pace.firstMs + index * pace.betweenMs
  let sink: StreamSink | null = null
  let sent = 0
  let paused = false
  let pumping = false
  let cancelTimer: (() => void) | null = null

  /** Milliseconds until the next event is due. */
  function remaining(): number {
    return immediate ? 0 : dueAt(sent) - pace.clock.now()
  }

  function pump(): void {
    // The sink may pause, resume or abort from within `data`: the loop looks again, and runs once.
    if (pumping) return
    pumping = true
    while (sink !== null && !paused && cancelTimer === null) {
      if (sent === events.length) {
        const ended: StreamSink = sink
        sink = null
        ended.end()
        break
      }
      const wait = remaining()
      if (wait > 0) {
        cancelTimer = pace.clock.after(wait, onDue)
        break
      }
      sink.data(Buffer.from(`data: ${events[sent++]}\n\n`))
    }
    pumping = false
  }

  function onDue(): void {
    cancelTimer = null
    pump()
  }

  function stopTimer(): void {
    cancelTimer?.()
    cancelTimer = null
  }

  return {
    read(reader) {
      sink = reader
      pump()
    },
    pause() {
      paused = true
      stopTimer()
    },
    resume() {
      paused = false
      pump()
    },
    abort() {
      sink = null
      stopTimer()
    },
  }
}
