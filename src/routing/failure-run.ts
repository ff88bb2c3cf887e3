// How probable it is that a target is down altogether, by the calls that failed one after the other: one failure is an
// accident, two of a target that hardly ever fails are an outage. An outage that has lasted for some time will probably
// last about as long again, so the belief in it wanes on that scale, and the target is tried anew ever less often.

/** Before any failure: so often a call meets the beginning of an outage. */
const outageChance = 0.001
/** However reliable a target has been, so often a call fails by accident. */
const leastFailureRate = 0.01
/** Of an outage that has only just begun. */
const shortestOutageMs = 2_000

export class FailureRun {
  #length = 0
  /** When the first of the failed calls began, and when the last of them ended. */
  #began = 0
  #failedAt = 0
  #odds = 0

  /** @param usualRate how often calls of the target fail by accident */
  fail(began: number, now: number, usualRate: number): void {
    if (this.#length === 0) {
      this.#began = began
      this.#odds = outageChance
    }
    this.#length++
    this.#failedAt = now
    this.#odds = Math.min(1e6, this.#odds / Math.max(leastFailureRate, usualRate))
  }

  /** What began before the failures says nothing of what came since. */
  succeed(began: number): void {
    if (this.#length > 0 && began >= this.#began) this.#length = 0
  }

  get failing(): boolean {
    return this.#length > 0
  }

  /** At the last failure. */
  get peak(): number {
    return this.#length === 0 ? 0 : this.#odds / (1 + this.#odds)
  }

  /** @param waiting calls are under way that will tell: until then nobody needs to try */
  outage(now: number, waiting: boolean): number {
    if (this.#length === 0) return 0
    if (waiting) return this.peak
    const lasted = this.#failedAt - this.#began + shortestOutageMs
    return (this.peak * lasted) / (lasted + Math.max(0, now - this.#failedAt))
  }
}
