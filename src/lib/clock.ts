// Time as a dependency: everything that measures or waits takes a Clock, so that tests move it by hand.

export interface Clock {
  /** Monotonic milliseconds, with fractions; only differences mean anything. */
  now(): number
  /** Milliseconds since the epoch. */
  wall(): number
  /** Calls back once after the delay; the returned function takes it back. Never keeps the process alive. */
  after(delayMs: number, callback: () => void): () => void
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs)
    timer.unref()
    return () => clearTimeout(timer)
  },
}

export interface ManualClock extends Clock {
  /** Moves time forward and runs what has become due, in order. */
  advance(milliseconds: number): void
}

/** A clock for tests: time stands still until it is moved. */
export function createManualClock(startWall = 1_700_000_000_000): ManualClock {
  let elapsed = 0
  const waiting = new Set<{ at: number; callback: () => void }>()
  const nextDue = (until: number) => {
    let next: { at: number; callback: () => void } | undefined
    for (const entry of waiting)
      if (entry.at <= until && (next === undefined || entry.at < next.at)) next = entry
    return next
  }
  return {
    now: () => elapsed,
    wall: () => startWall + elapsed,
    after(delayMs, callback) {
      const entry = { at: elapsed + delayMs, callback }
      waiting.add(entry)
      return () => waiting.delete(entry)
    },
    advance(milliseconds) {
      const until = elapsed + milliseconds
      for (let due = nextDue(until); due !== undefined; due = nextDue(until)) {
        waiting.delete(due)
        elapsed = Math.max(elapsed, due.at)
        due.callback()
      }
      elapsed = until
    },
  }
}
