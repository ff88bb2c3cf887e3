// The few figures that the report needs: middle and spread of a handful of rounds, and rounds set against rounds.

export interface Summary {
  readonly median: number
  readonly min: number
  readonly max: number
  readonly rounds: number
}

/** One figure of one round. */
export interface RoundValue {
  readonly round: number
  readonly value: number
}

/** How a subject stands to the floor: divided by it, or with it taken away. */
export type Comparison = 'ratio' | 'difference'

/** The mean of the two middle values where their number is even. Throws a RangeError on an empty list. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)]
  const lower = sorted[Math.ceil(sorted.length / 2) - 1]
  if (upper === undefined || lower === undefined) throw new RangeError('the median of nothing')
  return (lower + upper) / 2
}

/** null for an empty list. */
export function summarise(values: readonly number[]): Summary | null {
  if (values.length === 0) return null
  return {
    median: median(values),
    min: Math.min(...values),
    max: Math.max(...values),
    rounds: values.length,
  }
}

/**
 * Sets each round against the same round of the floor, so that a machine that was slow for a while was slow
 * for both. Rounds that either side lacks are left out, and so is a ratio to nothing.
 */
export function compareRounds(
  values: readonly RoundValue[],
  floor: readonly RoundValue[],
  comparison: Comparison,
): number[] {
  const byRound = new Map(floor.map(entry => [entry.round, entry.value]))
  const compared: number[] = []
  for (const { round, value } of values) {
    const base = byRound.get(round)
    if (base === undefined) continue
    if (comparison === 'difference') compared.push(value - base)
    else if (base !== 0) compared.push(value / base)
  }
  return compared
}
