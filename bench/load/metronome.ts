// Beats at a fixed rate, so that an open loop sends when it should and not when it can.

import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { monotonicMs } from '../lib/monotonic.ts'

/**
 * Calls back with the number of every beat and the time (of monotonicMs) at which it was due, in order, however
 * late; `total` beats at `rate` a second. Resolves after the last.
 */
export async function beat(
  { rate, total }: { rate: number; total: number },
  onBeat: (index: number, dueMs: number) => void,
): Promise<void> {
  const stop = new Int32Array(new SharedArrayBuffer(4))
  const periodMs = 1000 / rate
  const startMs = monotonicMs() + 100
  const thread = new Worker(new URL('./metronome-thread.ts', import.meta.url), {
    workerData: { startMs, periodMs, stop },
  })
  let next = 0
  thread.on('message', () => {
    // A message says no more than that it is time to look: those that piled up are caught up with at once.
    for (; next < total && startMs + next * periodMs <= monotonicMs(); next += 1)
      onBeat(next, startMs + next * periodMs)
    if (next < total) return
    Atomics.store(stop, 0, 1)
    Atomics.notify(stop, 0)
  })
  await once(thread, 'exit')
}
