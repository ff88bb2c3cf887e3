// How long the answers of a target usually take: recent times in buckets that widen with the time, older ones fading.

export interface LatencyHistogram {
  add(milliseconds: number): void
  /** The time within which 19 of 20 answers came, at most a tenth too long; null while too few are known. */
  p95(): number | null
}

/** Each bucket is this much wider than the one before; the last one begins beyond two minutes. */
const growth = 1.1
const buckets = 128
const share = 0.95
/** Fewer answers say nothing of the slowest twentieth. */
const fewest = 20
/** With so many answers all of them lose half their weight. */
const remembered = 1_000

const logGrowth = Math.log(growth)

export function createLatencyHistogram(): LatencyHistogram {
  const counts = new Uint16Array(buckets)
  let all = 0
  let known: number | null = null

  function fade(): void {
    all = 0
    for (let bucket = 0; bucket < buckets; bucket++) {
      const count = (counts[bucket] ?? 0) >> 1
      counts[bucket] = count
      all += count
    }
  }

  function find(): number {
    let left = Math.ceil(all * share)
    for (let bucket = 0; bucket < buckets; bucket++) {
      left -= counts[bucket] ?? 0
      if (left <= 0) return growth ** bucket
    }
    return growth ** (buckets - 1)
  }

  return {
    add(milliseconds) {
      const bucket = milliseconds <= 1 ? 0 : Math.ceil(Math.log(milliseconds) / logGrowth)
      const index = Math.min(buckets - 1, bucket)
      counts[index] = (counts[index] ?? 0) + 1
      all++
      known = null
      if (all >= remembered) fade()
    },
    p95() {
      if (all < fewest) return null
      known ??= find()
      return known
    },
  }
}
