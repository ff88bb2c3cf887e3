// Answers what a model costs and what a request has cost. A price that is not known is null, never zero.

import type { Usage } from '../call.ts'
import type { CostStatus } from '../events.ts'
import type { PriceOverride } from './price-overrides.ts'
import { chargeNanoUsd, compilePeriods, countInput, type RatePeriod, ratesAt } from './price-rates.ts'
import type { PricedModel, PricePeriod, PriceSnapshot } from './price-snapshot.ts'
import { createPriceTable, longestName } from './price-table.ts'

/** What is known of a model's price. */
export interface ModelPrice {
  readonly origin: 'bundled' | 'override'
  /** The row that answered: an id of the table, or the name in the override. */
  readonly row: string
  /** As in the price table, in pico US dollars per token. */
  readonly periods: readonly PricePeriod[]
  /** Tokens; null where the table does not say. */
  readonly contextWindow: number | null
  readonly maxOutput: number | null
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
}

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

/** A price with its rates worked out. */
interface Entry {
  readonly price: ModelPrice
  readonly rates: readonly RatePeriod[]
}

export function createPriceBook({ snapshot, overrides, tableNames = {} }: PriceBookOptions): PriceBook {
  const table = createPriceTable(snapshot)
  const tables = new Map(Object.entries(tableNames))
  const findOverride = createOverrideFinder(overrides)

  const find = (provider: string, model: string, tier: string | null): Entry | null => {
    const known = tables.get(provider)
    const tableName = known === undefined ? provider : known
    const override =
      findOverride(provider, model, tier) ??
      (tableName === null ? null : findOverride(tableName, model, tier))
    if (override !== null || tier !== null || tableName === null) return override
    return readRow(table.find(tableName, model))
  }
  const findOrdinary = rememberEntries((provider, model) => find(provider, model, null))

  return {
    // Not remembered: who asks for all models would displace those that are charged.
    priceOf: (provider, model) => find(provider, model, null)?.price ?? null,
    costOf({ provider, model, usage, serviceTier, at }) {
      const tier = readTier(serviceTier)
      const entry = tier === null ? findOrdinary(provider, model) : find(provider, model, tier)
      const rates = entry === null ? null : ratesAt(entry.rates, { at, inputTokens: countInput(usage) })
      const nanoUsd = rates === null ? null : chargeNanoUsd(usage, rates)
      return nanoUsd === null ? unpriced : { nanoUsd, status: 'priced' }
    },
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
  return {
    price: {
      origin: 'bundled',
      row: row.id,
      periods: row.prices,
      contextWindow: row.contextWindow ?? null,
      maxOutput: row.maxOutput ?? null,
    },
    rates: compilePeriods(row.prices),
  }
}

function readOverride(override: PriceOverride): Entry {
  const periods = [override.prices]
  return {
    price: { origin: 'override', row: override.model, periods, contextWindow: null, maxOutput: null },
    rates: compilePeriods(periods),
  }
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
