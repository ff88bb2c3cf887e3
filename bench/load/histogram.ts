// Latencies in fixed memory, in the manner of an HDR histogram: exact to a microsecond below 2 ms, and to a
// thousandth of the value above, up to over an hour.

const linearLimit = 2048
const bucketsPerOctave = linearLimit / 2
const octaves = 22

export interface Histogram {
  /** Takes milliseconds; what is negative counts as 0, what is too long as the longest. */
  record(milliseconds: number): void
  /** Milliseconds below which this share (0–1) of the values lies; NaN while there are none. */
  quantile(share: number): number
  readonly count: number
}

export function createHistogram(): Histogram {
  const counts = new Uint32Array(linearLimit + octaves * bucketsPerOctave)
  let total = 0
  return {
    record(milliseconds) {
      const index = bucketOf(Math.max(0, Math.round(milliseconds * 1000)))
      const last = counts.length - 1
      const bucket = Math.min(index, last)
      counts[bucket] = (counts[bucket] ?? 0) + 1
      total += 1
    },
    quantile(share) {
      if (total === 0) return Number.NaN
      const wanted = Math.max(1, Math.ceil(share * total))
      let seen = 0
      for (let bucket = 0; bucket < counts.length; bucket += 1) {
        seen += counts[bucket] ?? 0
        if (seen >= wanted) return middleOf(bucket) / 1000
      }
      return Number.NaN
    },
    get count() {
      return total
    },
  }
}

function bucketOf(microseconds: number): number {
  if (microseconds < linearLimit) return microseconds
  const octave = Math.floor(Math.log2(microseconds / linearLimit))
  const width = 2 ** (octave + 1)
  const offset = Math.floor((microseconds - linearLimit * 2 ** octave) / width)
  return linearLimit + octave * bucketsPerOctave + offset
}

function middleOf(bucket: number): number {
  if (bucket < linearLimit) return bucket
  const octave = Math.floor((bucket - linearLimit) / bucketsPerOctave)
  const width = 2 ** (octave + 1)
  const offset = (bucket - linearLimit) % bucketsPerOctave
  return linearLimit * 2 ** octave + (offset + 0.5) * width
}
