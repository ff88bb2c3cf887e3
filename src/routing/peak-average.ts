// A moving average that believes bad news at once and good news slowly: a latency that peaks is felt by the next
// request, and fades. Left alone it sinks, so that a target which was slow is looked at again.
// As in https://linkerd.io/2016/03/16/beyond-round-robin-load-balancing-for-latency/

/** The weight of what was seen before halves in this time between two answers … */
const answerHalfLifeMs = 10_000
/** … and the average itself halves in this time without any. */
const idleHalfLifeMs = 60_000

export class PeakAverage {
  #value: number | null = null
  #at = 0

  learn(latencyMs: number, now: number): void {
    const before = this.read(now)
    const elapsed = Math.max(0, now - this.#at)
    this.#at = now
    if (before === null || latencyMs >= before) {
      this.#value = latencyMs
      return
    }
    const kept = 2 ** (-Math.max(elapsed, leastElapsedMs) / answerHalfLifeMs)
    this.#value = latencyMs + (before - latencyMs) * kept
  }

  restore(latencyMs: number | null, now: number): void {
    this.#value = latencyMs
    this.#at = now
  }

  /** Milliseconds; null before the first answer. */
  read(now: number): number | null {
    if (this.#value === null) return null
    const idle = now - this.#at
    return idle <= 0 ? this.#value : this.#value * 2 ** (-idle / idleHalfLifeMs)
  }
}

/** Under much traffic each answer still counts for something. */
const leastElapsedMs = 100
