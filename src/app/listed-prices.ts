// Finds what a provider's own list says of a model, for its price: by the same names by which the catalogue does.

import { findListed } from '../catalog/build-catalogue.ts'
import { createKnownFacts } from '../catalog/known-facts.ts'
import { type ListedNames, listedNameSteps } from '../catalog/listed-names.ts'
import type { ModelOverrides } from '../catalog/model-overrides.ts'
import type { ModelTable } from '../catalog/model-table.ts'
import type { FindListed } from '../catalog/price-book.ts'
import type { Configuration } from '../config/configuration.ts'
import { once } from '../lib/once.ts'
import type { ConnectedProvider } from './connect-providers.ts'
import { tableNameOf } from './known-models.ts'

interface ListedGround {
  readonly configuration: Configuration
  /** With what each of them listed. */
  readonly providers: readonly ConnectedProvider[]
  readonly overrides: ModelOverrides
}

/** A provider's list, where it has prices: of the others nothing is looked up. */
interface PricedList {
  readonly names: ListedNames
  readonly type: string
  readonly tableName: string | null
}

export function* listedFinderSteps(
  { configuration, providers, overrides }: ListedGround,
  { modelTable }: { readonly modelTable: () => ModelTable },
): Generator<void, FindListed> {
  const lists = new Map<string, PricedList>()
  for (const { configuration: own, provider, live } of providers) {
    if (live === null || live.models.every(({ prices }) => prices === undefined)) continue
    const names = yield* listedNameSteps(live.models)
    lists.set(own.name, { names, type: provider.type, tableName: tableNameOf(provider) })
  }
  const known = once(() => {
    const { details } = configuration.models
    return createKnownFacts({ table: modelTable(), details, overrides, prices: { priceOf: () => null } })
  })
  return (provider, model) => {
    const list = lists.get(provider)
    if (list === undefined) return null
    const { names, type, tableName } = list
    const own = names.get(model.toLowerCase())
    if (own !== undefined) return own
    // The bundle takes its time to be read: only what the list does not name itself is looked up there.
    const layers = known().layersOf({ provider, type, tableName, model, base: null })
    return findListed(names, model, layers) ?? null
  }
}
