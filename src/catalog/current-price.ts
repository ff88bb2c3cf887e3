// Which of a model's prices holds at a time, and the one number by which models are compared.

import type { ModelFacts, PricePeriod } from '../model-facts.ts'
import { compilePeriods, holdsAt } from './price-rates.ts'

/** Pico US dollars per token in one US dollar per 1,000 tokens. */
const picoPerDollarPerThousand = 1_000_000_000
/** And per million tokens. */
export const picoPerDollarPerMillion = 1_000_000

/** @param at milliseconds since the epoch */
export function priceAt(periods: readonly PricePeriod[] | null, at: number): PricePeriod | null {
  if (periods === null || periods.length < 2) return periods?.[0] ?? null
  const last = compilePeriods(periods).findLastIndex(period => holdsAt(period, at))
  return periods[Math.max(0, last)] ?? null
}

/**
 * US dollars per 1,000 tokens: the mean of input and output price. What writes nothing that is billed, as an embedding,
 * costs its input alone. Null where a price is not known.
 */
export function costPerThousand(facts: Pick<ModelFacts, 'kind'>, price: PricePeriod | null): number | null {
  const { input, output } = price ?? {}
  const writes = facts.kind === null || facts.kind === 'chat' || facts.kind === 'completion'
  if (writes && (input === undefined || output === undefined)) return null
  const known = [input, output].filter(pico => pico !== undefined)
  if (known.length === 0) return null
  return known.reduce((sum, pico) => sum + pico, 0) / known.length / picoPerDollarPerThousand
}

/** US dollars per million tokens; null where it is not known. */
export function dollarsPerMillion(pico: number | undefined): number | null {
  return pico === undefined ? null : pico / picoPerDollarPerMillion
}
