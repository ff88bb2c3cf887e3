// The price of a model on a day, whatever the hour: tariffs that come and go with the hours are left aside.

import type { PricePeriod } from '../model-facts.ts'

/** @param at milliseconds since the epoch */
export function steadyPriceAt(periods: readonly PricePeriod[] | null, at: number): PricePeriod | null {
  if (periods === null) return null
  const today = new Date(at).toISOString().slice(0, 10)
  const steady = periods.filter(({ daily }) => daily === undefined)
  const known = steady.length > 0 ? steady : periods
  return known.findLast(({ from }) => from === undefined || from <= today) ?? known[0] ?? null
}
