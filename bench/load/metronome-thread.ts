// The thread behind metronome.ts. Sleeps on a futex, which wakes within a tenth of a millisecond, where a timer
// of the event loop is a millisecond late.

import { parentPort, workerData } from 'node:worker_threads'

const { startMs, periodMs, stop } = workerData as { startMs: number; periodMs: number; stop: Int32Array }
const now = () => Number(process.hrtime.bigint()) / 1e6

for (let beat = 0; Atomics.load(stop, 0) === 0; beat += 1) {
  const wait = startMs + beat * periodMs - now()
  if (wait > 0) Atomics.wait(stop, 0, 0, wait)
  parentPort?.postMessage(null)
}
