// Tells an outage from the usual noise of a target: failures in a row, and their share in the last minute, against the
// share that this target usually has.

export type Outcome = 'success' | 'failure'

export interface FailureCounts {
  add(outcome: Outcome, now: number): void
  /** Whether the latest failures are more than chance and the usual noise explain. */
  isOutage(now: number): boolean
  /** Forgets the last minute, with the outage in it; what is usual stays. */
  startAnew(): void
}

interface Counts {
  all: number
  failures: number
}

const sliceMs = 10_000
const slicesKept = 6

/** Fewer outcomes do not tell a share. */
const outcomesToTell = 20
/** A share below this is no outage, however reliable the target was. */
const leastShare = 0.5
/** A target that usually fails more often is as good as down when it always does. */
const mostShare = 0.95
/** How many standard deviations above the usual share are no chance any more. */
const deviations = 3
/** How probable a run of failures may be, once with each call, to be taken for chance. */
const chanceOfRun = 1e-8
const mostNoise = 0.8

/** What is usual is learnt from so many outcomes; older ones fade. */
const rememberedOutcomes = 5_000

/**
 * With a usual share of failures `b` (of what has left the window without having opened the breaker), an outage is:
 * - a share in the last minute, of at least 20 outcomes, of `max(50 %, b + 3·√(b(1−b)/n))` or more, and at most 95 %;
 * - `failureThreshold` failures in a row, or as many more as make the run improbable (`share^run < 10⁻⁸`) for a target
 *   with that share of failures before the run: five up to 2 %, seven at 5 %, 27 at 50 %.
 */
export function createFailureCounts(failureThreshold: number): FailureCounts {
  const usual: Counts = { all: 0, failures: 0 }
  let slices: Array<Counts & { readonly number: number }> = []
  let inRow = 0

  function learn({ all, failures }: Counts): void {
    usual.all += all
    usual.failures += failures
    if (usual.all < rememberedOutcomes) return
    usual.all /= 2
    usual.failures /= 2
  }

  function countWindow(now: number): Counts {
    const oldest = Math.floor(now / sliceMs) - slicesKept + 1
    const counts: Counts = { all: 0, failures: 0 }
    for (const slice of slices) {
      if (slice.number < oldest) continue
      counts.all += slice.all
      counts.failures += slice.failures
    }
    return counts
  }

  /** Failures in a row that are no chance. */
  function outageRun(window: Counts): number {
    const all = usual.all + window.all - inRow
    const noise = Math.min(mostNoise, (usual.failures + window.failures - inRow) / all)
    if (all < outcomesToTell || noise <= 0) return failureThreshold
    return Math.max(failureThreshold, Math.ceil(Math.log(chanceOfRun) / Math.log(noise)))
  }

  function outageShare({ all }: Counts): number {
    // A target of which little is known is taken for a good one.
    const share = usual.failures / (usual.all + outcomesToTell)
    const expected = share + deviations * Math.sqrt((share * (1 - share)) / all)
    return Math.min(mostShare, Math.max(leastShare, expected))
  }

  return {
    add(outcome, now) {
      const number = Math.floor(now / sliceMs)
      let slice = slices.at(-1)
      if (slice?.number !== number) {
        slice = { number, all: 0, failures: 0 }
        slices.push(slice)
        const old = slices.length > slicesKept ? slices.shift() : undefined
        if (old !== undefined) learn(old)
      }
      slice.all++
      inRow = outcome === 'success' ? 0 : inRow + 1
      if (outcome === 'failure') slice.failures++
    },
    isOutage(now) {
      const window = countWindow(now)
      if (inRow >= failureThreshold && inRow >= outageRun(window)) return true
      return window.all >= outcomesToTell && window.failures >= window.all * outageShare(window)
    },
    startAnew() {
      slices = []
      inRow = 0
    },
  }
}
