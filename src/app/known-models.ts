// What a configuration says of models, beside the bundle: the prices in force, and the limits that requests need.

import type { Target } from '../call.ts'
import type { CatalogueProvider, ProviderList } from '../catalog/build-catalogue.ts'
import type { Catalogue } from '../catalog/catalogue.ts'
import { createKnownFacts } from '../catalog/known-facts.ts'
import { mergeFacts } from '../catalog/merge-facts.ts'
import type { ModelOverrides } from '../catalog/model-overrides.ts'
import type { ModelTable } from '../catalog/model-table.ts'
import { createPriceBook, type PriceBook } from '../catalog/price-book.ts'
import type { PriceOverride } from '../catalog/price-overrides.ts'
import { bundledPrices } from '../catalog/price-snapshot.ts'
import type { Configuration } from '../config/configuration.ts'
import { BoundedMap } from '../lib/bounded-map.ts'
import type { ConnectedProvider } from './connect-providers.ts'

/** @param overrides of the operator's file */
export function createPrices(
  overrides: readonly PriceOverride[],
  providers: readonly ConnectedProvider[],
): PriceBook {
  return createPriceBook({
    snapshot: bundledPrices,
    overrides,
    tableNames: Object.fromEntries(
      providers.map(({ configuration: { name }, provider }) => [name, tableNameOf(provider)]),
    ),
  })
}

/** Of a server of one's own the table knows nothing, whatever its models are called. */
export function tableNameOf(provider: ConnectedProvider['provider']): string | null {
  if (provider.keyOptional === true || provider.type === 'simulator') return null
  return provider.priceProvider ?? provider.type
}

/** As the catalogue sees it. */
export function toCatalogueProvider(
  { configuration, provider, indexed }: ConnectedProvider,
  listing: ProviderList | null,
): CatalogueProvider {
  const { name, models, deployments, baseModels } = configuration
  return {
    name,
    type: provider.type,
    tableName: tableNameOf(provider),
    usable: indexed.usable,
    unusableReason: indexed.unusableReason,
    configuredModels: models,
    ownModels: provider.models,
    deployments,
    baseModels,
    listing,
  }
}

interface LimitDeps {
  /** Made when it is first asked for. */
  readonly table: () => ModelTable
  /** Knows what the provider lists as well; null until it is built of this configuration. */
  readonly catalogue: () => Catalogue | null
  readonly overrides: ModelOverrides
  readonly providers: readonly ConnectedProvider[]
}

/** Clients may ask for any name, so what is remembered of names is bounded. */
const rememberedTargets = 4096

/** The longest answer of a model in tokens, as far as configuration, file and bundle know it. */
export function createOutputLimits(
  { models: { details } }: Configuration,
  { table, catalogue, overrides, providers }: LimitDeps,
): (target: Target) => number | null {
  const tableNames = new Map(
    providers.map(({ configuration: { name }, provider }) => [name, tableNameOf(provider)]),
  )
  const remembered = new BoundedMap<{ readonly limit: number | null }>(rememberedTargets, rememberedTargets)
  const withoutPrices = { priceOf: () => null }

  const find = ({ connection, model, priceModel }: Target): number | null => {
    const known = createKnownFacts({ table: table(), details, overrides, prices: withoutPrices })
    const { provider, type } = connection
    const base = priceModel === model ? null : priceModel
    const tableName = tableNames.get(provider) ?? null
    return mergeFacts(known.layersOf({ provider, type, tableName, model, base })).maxOutput
  }

  const remember = (target: Target): number | null => {
    const ready = remembered.get(target.id)
    if (ready !== undefined) return ready.limit
    const limit = find(target)
    remembered.set(target.id, { limit }, 1)
    return limit
  }

  return target => catalogue()?.find(target.id)?.maxOutput ?? remember(target)
}
