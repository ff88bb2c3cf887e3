// Prices as vendors list them, as pico US dollars per token.

import type { PriceKind, PricePeriod } from '../../model-facts.ts'
import { type Said, withoutUnsaid } from './fields.ts'

/** What one token may cost at most, in dollars: more is a mistake in the unit. */
const dearestToken = 0.1

/** A listed price in US dollars for `tokens` tokens. Minus one, and whatever is no number, is no price. */
export function picoPerToken(price: unknown, tokens: number): Said<number> {
  const dollars = typeof price === 'string' && /^\d*\.?\d+(?:e-?\d+)?$/i.test(price) ? Number(price) : price
  if (typeof dollars !== 'number' || !(dollars >= 0) || dollars > dearestToken * tokens) return undefined
  return Math.round((dollars * 1e12) / tokens)
}

/** One period that holds always; undefined without the price of the input, by which one tells that there are any. */
export function pricesOf(
  prices: Readonly<Partial<Record<PriceKind, number | undefined>>>,
): Said<readonly PricePeriod[]> {
  if (prices.input === undefined) return undefined
  return [withoutUnsaid(prices)]
}
