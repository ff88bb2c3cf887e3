// What was seen of one target in one kind of request. Old evidence fades with time and with each new piece; when what
// is seen no longer fits what was seen before, the old is dropped at once instead of being averaged away.

/** A call counts for less with each of those after it: so many count in all. */
const callsRemembered = 80
/** The share of a new piece in the quick averages, by which a change is noticed. */
const quickShare = 0.3
/** The quick averages scatter by this share of what a single piece does. */
const quickScatter = Math.sqrt(quickShare / (2 - quickShare))
/** So many deviations from what was believed are no accident. */
const surprise = 3.2
/** A single answer may be that much faster than ever before: worth a second look, and nothing is lost by it. */
const goodSurprise = 3.5
/** What stays of the old weight where it was wrong. */
const weightAfterChange = 2
/** Logarithms of latencies scatter at least so. */
const leastLogDeviation = 0.15

export interface EvidenceNumbers {
  readonly successes: number
  readonly failures: number
  readonly latencies: number
  readonly mean: number
  readonly squares: number
  readonly logMean: number
  readonly logSquares: number
}

/** A class, because there are many and every call of an upstream changes two. */
export class Evidence {
  readonly #halfLifeMs: number
  #fadedAt: number
  #successes = 0
  #failures = 0
  #quickFailures = 0
  /** Faded count, and means over it. */
  #latencies = 0
  #mean = 0
  #squares = 0
  #logMean = 0
  #logSquares = 0
  #quickLog = 0

  constructor(halfLifeMs: number, now: number) {
    this.#halfLifeMs = halfLifeMs
    this.#fadedAt = now
  }

  /** @param weight from 0 to 1, of a failure that may have another cause */
  learnOutcome(succeeded: boolean, now: number, weight = 1): void {
    this.fade(now)
    this.#quickFailures += quickShare * weight * ((succeeded ? 0 : 1) - this.#quickFailures)
    this.#dropRefutedOutcomes(succeeded)
    const kept = 1 - weight / callsRemembered
    this.#successes = this.#successes * kept + (succeeded ? weight : 0)
    this.#failures = this.#failures * kept + (succeeded ? 0 : weight)
  }

  learnLatency(latencyMs: number, now: number): void {
    this.fade(now)
    const value = Math.max(latencyMs, 0.1)
    const log = Math.log(value)
    if (this.#latencies === 0) this.#quickLog = log
    else this.#dropRefutedLatency(log)
    const count = Math.min(this.#latencies, callsRemembered - 1) + 1
    this.#latencies = count
    this.#mean += (value - this.#mean) / count
    this.#squares += (value * value - this.#squares) / count
    this.#logMean += (log - this.#logMean) / count
    this.#logSquares += (log * log - this.#logSquares) / count
  }

  fade(now: number): void {
    const elapsed = now - this.#fadedAt
    // What fades by less is left to the next time: each decision reads all of it.
    if (elapsed < this.#halfLifeMs / 1000) return
    this.#fadedAt = now
    const kept = 2 ** (-elapsed / this.#halfLifeMs)
    this.#successes *= kept
    this.#failures *= kept
    this.#latencies *= kept
  }

  get successes(): number {
    return this.#successes
  }

  get failures(): number {
    return this.#failures
  }

  /** How often a call fails; before the first, hardly ever. */
  get failureRate(): number {
    return (this.#failures + 0.1) / (this.#successes + this.#failures + 2)
  }

  get latencies(): number {
    return this.#latencies
  }

  get mean(): number {
    return this.#mean
  }

  /** Standard deviation of a latency, as a share of the mean. */
  get spread(): number {
    if (this.#mean <= 0) return 0
    return Math.sqrt(Math.max(0, this.#squares / (this.#mean * this.#mean) - 1))
  }

  numbers(): EvidenceNumbers {
    return {
      successes: this.#successes,
      failures: this.#failures,
      latencies: this.#latencies,
      mean: this.#mean,
      squares: this.#squares,
      logMean: this.#logMean,
      logSquares: this.#logSquares,
    }
  }

  restore(numbers: EvidenceNumbers): void {
    this.#successes = numbers.successes
    this.#failures = numbers.failures
    this.#latencies = numbers.latencies
    this.#mean = numbers.mean
    this.#squares = numbers.squares
    this.#logMean = numbers.logMean
    this.#logSquares = numbers.logSquares
    this.#quickLog = numbers.logMean
    const calls = numbers.successes + numbers.failures
    this.#quickFailures = calls > 0 ? numbers.failures / calls : 0
  }

  /** @param succeeded the newest call, counted in the quick average only by now */
  #dropRefutedOutcomes(succeeded: boolean): void {
    const calls = this.#successes + this.#failures
    if (calls <= weightAfterChange) return
    const believed = this.#failures / calls
    const likely = Math.min(0.95, Math.max(0.05, believed))
    const steps = Math.abs(this.#quickFailures - believed) / (Math.sqrt(likely * (1 - likely)) * quickScatter)
    // Two successes in a row of what always failed: an outage is over, and its failures say nothing any more.
    const recovered = succeeded && believed > 0.6 && this.#quickFailures < 0.5
    if (recovered) this.#quickFailures = 0
    if (steps < surprise && !recovered) return
    this.#failures = weightAfterChange * this.#quickFailures
    this.#successes = weightAfterChange - this.#failures
  }

  #dropRefutedLatency(log: number): void {
    const variance = Math.max(0, this.#logSquares - this.#logMean * this.#logMean)
    const deviation = Math.max(leastLogDeviation, Math.sqrt(variance))
    const step = log - this.#logMean
    // One slow answer is an accident, however slow: it takes several to be believed.
    const believable = Math.max(-3 * deviation, Math.min(3 * deviation, step))
    this.#quickLog += quickShare * (this.#logMean + believable - this.#quickLog)
    if (this.#latencies < weightAfterChange) return
    const drift = Math.abs(this.#quickLog - this.#logMean) / (deviation * quickScatter)
    if (drift < surprise && step > -goodSurprise * deviation) return
    this.#moveLatencyTo(log)
  }

  /** The new level with little weight, so that the next answers decide. */
  #moveLatencyTo(log: number): void {
    const variance = Math.max(leastLogDeviation ** 2, this.#logSquares - this.#logMean * this.#logMean)
    const level = (log + this.#quickLog) / 2
    this.#latencies = weightAfterChange
    this.#logMean = level
    this.#logSquares = level * level + variance
    this.#quickLog = level
    this.#mean = Math.exp(level + variance / 2)
    this.#squares = this.#mean * this.#mean * Math.exp(variance)
  }
}
