// How much longer a target takes the more calls of it are under way, learned from the two alone: the slope of the
// logarithm of the latency over that of the calls. 0 for a target that does not care, 1 for a queue.

/** A target that slowly changes is no sign of load: both numbers are taken against their averages of the last calls. */
const recentShare = 0.01
/** Calls count less with each newer one: so many count in all. */
const callsRemembered = 1_000
/** With that little variation of the load the slope is taken for half of what it seems. */
const doubt = 1
/** So many standard errors less than what was seen: what may be chance is left out. */
const caution = 0.5
const steepest = 1.2
const leastVariance = 0.01
/** Far below the usual load, a target is as fast as it can be. */
const lowestFactor = 0.1

export class LoadSlope {
  /** Averages over the last calls, of the logarithms. */
  #load = 0
  #latency = 0
  #calls = 0
  #loads = 0
  #products = 0
  #latencies = 0
  #slope = 0

  /** @returns the latency as it would have been under the usual load */
  learn(latencyMs: number, calls: number): number {
    const load = Math.log(calls)
    const latency = Math.log(Math.max(latencyMs, 0.1))
    if (this.#calls === 0) {
      this.#load = load
      this.#latency = latency
      this.#calls = 1
      return latencyMs
    }
    const usual = latencyMs / this.factor(calls)
    const loadStep = load - this.#load
    // One slow answer is an accident, however slow.
    const latencyStep = Math.max(-2, Math.min(2, latency - this.#latency))
    const kept = 1 - 1 / callsRemembered
    this.#calls = this.#calls * kept + 1
    // At first of all calls alike: an odd first answer would tilt the line through all that follow.
    const share = Math.max(recentShare, 1 / this.#calls)
    this.#loads = this.#loads * kept + (1 - share) * loadStep * loadStep
    this.#products = this.#products * kept + (1 - share) * loadStep * latencyStep
    this.#latencies = this.#latencies * kept + (1 - share) * latencyStep * latencyStep
    this.#load += share * loadStep
    this.#latency += share * latencyStep
    this.#slope = this.#estimate()
    return usual
  }

  #estimate(): number {
    if (this.#loads === 0) return 0
    const explained = (this.#products * this.#products) / this.#loads
    const variance = Math.max(leastVariance, (this.#latencies - explained) / this.#calls)
    const slope = (this.#products - caution * Math.sqrt(variance * this.#loads)) / (this.#loads + doubt)
    return Math.max(0, Math.min(steepest, slope))
  }

  /** How much longer than usual an answer takes with so many calls under way, itself among them. */
  factor(calls: number): number {
    const slope = this.#slope
    return slope === 0 ? 1 : Math.max(lowestFactor, Math.exp(slope * (Math.log(calls) - this.#load)))
  }
}
