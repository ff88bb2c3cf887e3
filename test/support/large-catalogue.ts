// 10,000 models: those of the bundle, and some that providers list.

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { CatalogueOptions, CatalogueProvider } from '../../src/catalog/build-catalogue.ts'
import { byListedName } from '../../src/catalog/listed-names.ts'
import { readModelSnapshot } from '../../src/catalog/model-snapshot.ts'
import { createModelTable } from '../../src/catalog/model-table.ts'
import { createPriceBook } from '../../src/catalog/price-book.ts'
import { bundledPrices } from '../../src/catalog/price-snapshot.ts'
import type { ListedFacts } from '../../src/model-facts.ts'

const hosts = 5
const modelsOfHost = 780

/** As a vendor lists it: each text an object of its own, as it comes out of parsed JSON. */
function listModel(host: number, index: number): ListedFacts {
  const model: ListedFacts = {
    id: `publisher-${index % 40}/model-${host}-${index}-instruct`,
    title: `Model ${host} ${index}`,
    contextWindow: 131_072,
    maxOutput: 8192,
    input: ['text', 'image'],
    output: ['text'],
    tools: true,
    releasedOn: '2026-01-31',
    prices: [{ input: 1_000_000 + index, output: 5_000_000 + index }],
  }
  return JSON.parse(JSON.stringify(model)) as ListedFacts
}

export function listingProviders(): CatalogueProvider[] {
  return Array.from({ length: hosts }, (_, host) => ({
    name: `host-${host}`,
    type: 'openrouter',
    tableName: 'openrouter',
    usable: true,
    unusableReason: null,
    configuredModels: null,
    ownModels: [],
    deployments: {},
    baseModels: {},
    listing: { models: Array.from({ length: modelsOfHost }, (_, index) => listModel(host, index)), at: 0 },
  }))
}

export function largeCatalogueOptions(): CatalogueOptions {
  const providers = listingProviders()
  const listed = new Map(providers.map(({ name, listing }) => [name, byListedName(listing?.models ?? [])]))
  const prices = createPriceBook({ snapshot: bundledPrices, overrides: [] })
  return {
    table: createModelTable(readModelSnapshot()),
    providers,
    overrides: new Map(),
    details: {},
    prices: prices.withListed((provider, model) => listed.get(provider)?.get(model.toLowerCase()) ?? null),
    now: Date.UTC(2026, 10, 23),
  }
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

export function heapMegabytes(): number {
  collectGarbage()
  collectGarbage()
  return process.memoryUsage().heapUsed / 1e6
}
