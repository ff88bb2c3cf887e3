// Answers what a model costs and what a request has cost. A price that is not known is null, never zero.

import type { Usage } from '../call.ts'
import type { CostStatus } from '../events.ts'
import { once } from '../lib/once.ts'
import type { ListedFacts } from '../model-facts.ts'
import { readListedPrice } from './listed-price.ts'
import type { PriceOverride } from './price-overrides.ts'
import { chargeNanoUsd, compilePeriods, countInput, type RatePeriod, ratesAt } from './price-rates.ts'
import type { PricedModel, PricePeriod, PriceSnapshot } from './price-snapshot.ts'
import { createPriceTable, longestName } from './price-table.ts'

/** What is known of a model's price. */
export interface ModelPrice {
  /** `override`: the operator's file; `listed`: the provider's own list; `bundled`: the table. */
  readonly origin: 'override' | 'listed' | 'bundled'
  /** The row that answered: an id of the table or of the list, or the name in the override. */
  readonly row: string
  /** As in the price table, in pico US dollars per token. */
  readonly periods: readonly PricePeriod[]
  /** Tokens; null where the table does not say. */
  readonly contextWindow: number | null
  readonly maxOutput: number | null
  /** What others say who are believed less, the most believed first; absent where nobody does. */
  readonly overruled?: readonly ModelPrice[]
}

export interface CostQuestion {
  /** A configured name, or a type of provider. */
  readonly provider: string
  /** The name by which the price is looked up: `priceModel` of the target. */
  readonly model: string
  readonly usage: Usage
  /** As the answer names it; null where it names none. */
  readonly serviceTier: string | null
  /** Milliseconds since the epoch. */
  readonly at: number
}

export interface Cost {
  readonly nanoUsd: number | null
  readonly status: CostStatus
}

export interface PriceBook {
  /** The price in the ordinary service tier; null where it is not known. */
  priceOf(provider: string, model: string): ModelPrice | null
  costOf(question: CostQuestion): Cost
  /** The same file and table, with what the providers list now in the place of what they listed before. */
  withListed(find: FindListed): PriceBook
}

/** What a configured provider lists of a model; null where it lists no such model. */
export type FindListed = (provider: string, model: string) => ListedFacts | null

export interface PriceBookOptions {
  readonly snapshot: PriceSnapshot
  readonly overrides: readonly PriceOverride[]
  /**
   * Configured name of a provider -> its name in the price table, or null where no row may hold: a server of one's
   * own that merely speaks a vendor's format. A name that is not here stands for itself.
   */
  readonly tableNames?: Readonly<Record<string, string | null>>
}

/** Names for "as usual" in the answers of the vendors. All others have prices of their own. */
const ordinaryTiers: ReadonlySet<string> = new Set(['', 'default', 'auto', 'standard', 'on_demand'])

/** Clients may ask for any name of a provider, so what is remembered of names is bounded. */
const rememberedNames = 4096

const unpriced: Cost = { nanoUsd: null, status: 'unpriced' }

/** A price with its rates, which are worked out when the first request is charged: there are many more prices. */
interface Entry {
  readonly price: ModelPrice
  readonly rates: () => readonly RatePeriod[]
}

/** What no list changes. */
interface FixedPrices {
  overrideOf(provider: string, model: string, tier: string | null): Entry | null
  rowOf(provider: string, model: string): PricedModel | null
}

export function createPriceBook({ snapshot, overrides, tableNames = {} }: PriceBookOptions): PriceBook {
  const table = createPriceTable(snapshot)
  const tables = new Map(Object.entries(tableNames))
  const findOverride = createOverrideFinder(overrides)
  const tableNameOf = (provider: string): string | null => {
    const known = tables.get(provider)
    return known === undefined ? provider : known
  }
  const fixed: FixedPrices = {
    overrideOf(provider, model, tier) {
      const tableName = tableNameOf(provider)
      return (
        findOverride(provider, model, tier) ??
        (tableName === null ? null : findOverride(tableName, model, tier))
      )
    },
    rowOf(provider, model) {
      const tableName = tableNameOf(provider)
      return tableName === null ? null : table.find(tableName, model)
    },
  }
  return openBook(fixed, () => null)
}

function openBook(fixed: FixedPrices, findListed: FindListed): PriceBook {
  /** The most believed first: the operator's file, the provider's own list, the table. */
  const findAll = (provider: string, model: string): readonly Entry[] => {
    const row = fixed.rowOf(provider, model)
    const listed = model.length > longestName ? null : findListed(provider, model)
    const entries = [fixed.overrideOf(provider, model, null), readListed(listed, row), readRow(row)]
    return entries.filter(entry => entry !== null)
  }
  const findOrdinary = rememberEntries((provider, model) => findAll(provider, model)[0] ?? null)

  return {
    // Not remembered: who asks for all models would displace those that are charged.
    priceOf(provider, model) {
      const [price, ...overruled] = findAll(provider, model).map(entry => entry.price)
      if (price === undefined) return null
      return overruled.length === 0 ? price : { ...price, overruled }
    },
    costOf({ provider, model, usage, serviceTier, at }) {
      const tier = readTier(serviceTier)
      const entry = tier === null ? findOrdinary(provider, model) : fixed.overrideOf(provider, model, tier)
      const rates = entry === null ? null : ratesAt(entry.rates(), { at, inputTokens: countInput(usage) })
      const nanoUsd = rates === null ? null : chargeNanoUsd(usage, rates)
      return nanoUsd === null ? unpriced : { nanoUsd, status: 'priced' }
    },
    withListed: find => openBook(fixed, find),
  }
}

type FindEntry = (provider: string, model: string) => Entry | null

/** A map of maps, because a joined key would have to be built and hashed for each request. */
function rememberEntries(find: FindEntry): FindEntry {
  const memo = new Map<string, Map<string, Entry | null>>()
  let remembered = 0
  return (provider, model) => {
    const ready = memo.get(provider)?.get(model)
    if (ready !== undefined) return ready
    if (remembered >= rememberedNames) {
      memo.clear()
      remembered = 0
    }
    const entry = find(provider, model)
    if (model.length > longestName) return entry
    const models = memo.get(provider) ?? new Map<string, Entry | null>()
    memo.set(provider, models.set(model, entry))
    remembered++
    return entry
  }
}

/** null for the ordinary tier. */
function readTier(serviceTier: string | null): string | null {
  if (serviceTier === null) return null
  const tier = serviceTier.toLowerCase()
  return ordinaryTiers.has(tier) ? null : tier
}

function readRow(row: PricedModel | null): Entry | null {
  // A row without a price of a token says that the model is sold by the hour, the page or the picture.
  if (row === null || row.prices.every(period => period.input === undefined && period.output === undefined))
    return null
  return toEntry({
    origin: 'bundled',
    row: row.id,
    periods: row.prices,
    contextWindow: row.contextWindow ?? null,
    maxOutput: row.maxOutput ?? null,
  })
}

function readListed(listed: ListedFacts | null, row: PricedModel | null): Entry | null {
  const periods = listed === null ? null : readListedPrice(listed, row)
  if (listed === null || periods === null) return null
  const { id, contextWindow = null, maxOutput = null } = listed
  return toEntry({ origin: 'listed', row: id, periods, contextWindow, maxOutput })
}

function readOverride({ model, prices }: PriceOverride): Entry {
  return toEntry({ origin: 'override', row: model, periods: [prices], contextWindow: null, maxOutput: null })
}

function toEntry(price: ModelPrice): Entry {
  return { price, rates: once(() => compilePeriods(price.periods)) }
}

/** Overrides by provider and tier: exact names, and beginnings of names with the longest first. */
interface OverrideGroup {
  readonly exact: Map<string, Entry>
  readonly beginnings: Array<{ readonly text: string; readonly entry: Entry }>
}

function createOverrideFinder(overrides: readonly PriceOverride[]) {
  const groups = new Map<string, OverrideGroup>()
  const keyOf = (provider: string, tier: string | null) => JSON.stringify([provider, tier])
  for (const override of overrides) {
    const key = keyOf(override.provider, readTier(override.serviceTier))
    const group: OverrideGroup = groups.get(key) ?? { exact: new Map(), beginnings: [] }
    const name = override.model.toLowerCase()
    const entry = readOverride(override)
    if (name.endsWith('*')) group.beginnings.push({ text: name.slice(0, -1), entry })
    else group.exact.set(name, entry)
    groups.set(key, group)
  }
  for (const { beginnings } of groups.values()) beginnings.sort((a, b) => b.text.length - a.text.length)

  return (provider: string, model: string, tier: string | null): Entry | null => {
    const group = groups.get(keyOf(provider, tier))
    if (group === undefined) return null
    const name = model.toLowerCase()
    return group.exact.get(name) ?? group.beginnings.find(({ text }) => name.startsWith(text))?.entry ?? null
  }
}
