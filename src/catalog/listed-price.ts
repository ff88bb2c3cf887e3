// What of a listed price is believed: a list may have a slip of the unit, and says less than the price table does.

import type { ListedFacts, Modality, PricePeriod, Prices } from '../model-facts.ts'
import { dearestPerMillion } from './price-overrides.ts'
import { type PricedModel, picoUsdPerDollarPerMillion } from './price-snapshot.ts'

/** So many times what is known of the same model, or so small a part of it, is a slip of the unit. */
const farthest = 100

/** A token of their answers may be one of a picture, which costs more; the usage does not tell them apart. */
const painted: readonly Modality[] = ['image', 'video']

/**
 * @param row what the table says of the same model; null where it says nothing
 * @returns null for no price, and for one that cannot be
 */
export function readListedPrice(listed: ListedFacts, row: PricedModel | null): readonly PricePeriod[] | null {
  const { prices = [], kind, output = [] } = listed
  const [first, ...others] = output.some(kindOfContent => painted.includes(kindOfContent))
    ? prices.map(withoutOutput)
    : prices
  if (first === undefined || (first.input === undefined && first.output === undefined)) return null
  const periods = [first, ...others]
  if (!periods.every(isPossible) || (kind === 'chat' && periods.some(isHalfFree))) return null
  const [known, ...later] = row?.prices ?? []
  if (known === undefined) return periods
  if (isFar(first, known)) return null
  // Lists have one price for each kind of token. Where the table agrees, what it knows beside that holds too.
  const agrees = others.length === 0 && later.length === 0 && isPartOf(first, known)
  return agrees ? [{ ...known, ...first }] : periods
}

function withoutOutput({ output: _output, ...period }: PricePeriod): PricePeriod {
  return period
}

function isPossible({ tiers = [], from: _from, daily: _daily, ...prices }: PricePeriod): boolean {
  return [prices, ...tiers.map(({ above: _above, ...tier }) => tier)].every(arePossible)
}

function arePossible({ request = 0, ...tokens }: Prices): boolean {
  const dearest = dearestPerMillion * picoUsdPerDollarPerMillion
  const isPrice = (price: number): boolean => Number.isSafeInteger(price) && price >= 0
  return isPrice(request) && Object.values(tokens).every(price => isPrice(price) && price <= dearest)
}

/** Nobody gives the answer away whose question costs, nor the other way round. */
function isHalfFree({ input, output }: Prices): boolean {
  return input !== undefined && output !== undefined && (input === 0) !== (output === 0)
}

function isFar(listed: Prices, known: Prices): boolean {
  return (['input', 'output'] as const).some(kind => {
    const price = listed[kind] ?? 0
    const usual = known[kind] ?? 0
    return price > 0 && usual > 0 && (price >= usual * farthest || price <= usual / farthest)
  })
}

function isPartOf(listed: PricePeriod, known: PricePeriod): boolean {
  if (listed.input !== known.input || listed.tiers !== undefined) return false
  return Object.entries(listed).every(([kind, price]) => {
    const other = known[kind as keyof Prices]
    return other === undefined || other === price
  })
}
