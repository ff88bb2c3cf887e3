// Counts and latencies of the last five minutes in fixed memory (16 kB): a ring of slots, each with a histogram.

const slotMs = 15_000
const slotCount = 20
/** Eight buckets per doubling from 0.05 ms on: a quantile is off by at most 5 %. */
const bucketsPerDoubling = 8
export const bucketCount = 24 * bucketsPerDoubling
const smallest = 0.05

export const windowMs = slotMs * slotCount

export interface WindowReading {
  /** The time that this covers, in milliseconds: up to one slot shorter than was asked for. */
  readonly spanMs: number
  readonly count: number
  readonly failures: number
  /** Milliseconds; 0 where nothing was recorded. */
  readonly average: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

export class RollingWindow {
  readonly #epochs = new Float64Array(slotCount).fill(-1)
  readonly #counts = new Float64Array(slotCount)
  readonly #failures = new Float64Array(slotCount)
  readonly #sums = new Float64Array(slotCount)
  readonly #buckets = new Uint32Array(slotCount * bucketCount)

  /** @param now of the monotonic clock, in milliseconds; never less than before */
  record(now: number, milliseconds: number, failed: boolean): void {
    const slot = this.#slotAt(now)
    this.#counts[slot] = (this.#counts[slot] ?? 0) + 1
    if (failed) this.#failures[slot] = (this.#failures[slot] ?? 0) + 1
    this.#sums[slot] = (this.#sums[slot] ?? 0) + milliseconds
    const bucket = slot * bucketCount + bucketOf(milliseconds)
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1
  }

  /** What was recorded in the slot of `now` and those before it, as many as the span has. */
  read(now: number, spanMs = windowMs): WindowReading {
    const oldest = Math.floor(now / slotMs) - Math.ceil(spanMs / slotMs)
    const merged = new Float64Array(bucketCount)
    let count = 0
    let failures = 0
    let sum = 0
    for (let slot = 0; slot < slotCount; slot++) {
      if ((this.#epochs[slot] ?? -1) <= oldest) continue
      count += this.#counts[slot] ?? 0
      failures += this.#failures[slot] ?? 0
      sum += this.#sums[slot] ?? 0
      for (let bucket = 0; bucket < bucketCount; bucket++)
        merged[bucket] = (merged[bucket] ?? 0) + (this.#buckets[slot * bucketCount + bucket] ?? 0)
    }
    return {
      spanMs: now - (oldest + 1) * slotMs,
      count,
      failures,
      average: count === 0 ? 0 : sum / count,
      p50: quantile(merged, count, 0.5),
      p95: quantile(merged, count, 0.95),
      p99: quantile(merged, count, 0.99),
    }
  }

  /** The slot of this moment, emptied if it still holds an older round of the ring. */
  #slotAt(now: number): number {
    const epoch = Math.floor(now / slotMs)
    const slot = epoch % slotCount
    if (this.#epochs[slot] !== epoch) {
      this.#epochs[slot] = epoch
      this.#counts[slot] = 0
      this.#failures[slot] = 0
      this.#sums[slot] = 0
      this.#buckets.fill(0, slot * bucketCount, (slot + 1) * bucketCount)
    }
    return slot
  }
}

export function bucketOf(milliseconds: number): number {
  if (!(milliseconds > smallest)) return 0
  return Math.min(bucketCount - 1, Math.ceil(Math.log2(milliseconds / smallest) * bucketsPerDoubling))
}

/** The middle, in the logarithm, of the bucket that holds the wanted rank. */
export function quantile(buckets: Float64Array | Uint32Array, count: number, share: number): number {
  if (count === 0) return 0
  const rank = Math.ceil(count * share)
  let seen = 0
  for (let bucket = 0; bucket < buckets.length; bucket++) {
    seen += buckets[bucket] ?? 0
    if (seen >= rank) return smallest * 2 ** ((bucket - 0.5) / bucketsPerDoubling)
  }
  return smallest * 2 ** (buckets.length / bucketsPerDoubling)
}
