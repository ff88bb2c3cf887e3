// Holds the catalogue in force. It is put together when somebody first asks for it, and again when the configuration or
// a provider's list has changed: piece by piece beside the requests, and replaced in one step.

import {
  addListed,
  buildSteps,
  type CatalogueOptions,
  findListed,
  type ProviderList,
} from '../catalog/build-catalogue.ts'
import type { Catalogue, CatalogueEntry } from '../catalog/catalogue.ts'
import { createKnownFacts } from '../catalog/known-facts.ts'
import { byListedName } from '../catalog/listed-names.ts'
import { explainFacts, type FactOrigin } from '../catalog/merge-facts.ts'
import { createReplacementFinder, type FindReplacement } from '../catalog/replacement.ts'
import { type ModelSearch, searchSteps } from '../catalog/search.ts'
import type { Observer } from '../events.ts'
import type { Clock } from '../lib/clock.ts'
import { once } from '../lib/once.ts'
import { runInSlices } from '../lib/slices.ts'
import type { BuiltSnapshot } from './build-snapshot.ts'
import { howToConfigure } from './how-to-configure.ts'
import { toCatalogueProvider } from './known-models.ts'
import { createModelSuggestions } from './near-models.ts'
import { nameProviders } from './provider-names.ts'

/** All that is known of the models at a time. */
export interface KnownModels {
  readonly catalogue: Catalogue
  readonly search: ModelSearch
  /** What it was built from. */
  readonly snapshot: BuiltSnapshot
  readonly listTimes: string
  /** Who says what of a model. */
  origins(entry: CatalogueEntry): readonly FactOrigin[]
  /** Names by which a provider may be asked for, in lower case, each with the one that is meant. */
  providerNames(): ReadonlyMap<string, string>
  /** What could stand in for a model: one that can do the same, at the nearest price. */
  replacementOf(entry: CatalogueEntry): CatalogueEntry | null
  /** Up to three names that may have been meant. */
  suggest(name: string): readonly string[]
}

export interface LiveCatalogue {
  /** Null before somebody has asked. */
  readonly current: KnownModels | null
  /** The one in force. It is of the configuration in force; lists that have just come may be missing in it. */
  ready(): Promise<KnownModels>
  /** Resolves when everything is in it that has come so far. */
  renew(): Promise<void>
  /** The one in which everything is that has come so far. */
  newest(): Promise<KnownModels>
}

export interface LiveCatalogueDeps {
  snapshot(): BuiltSnapshot
  /** The providers' lists by their configured names. */
  lists(): ReadonlyMap<string, ProviderList>
  readonly clock: Pick<Clock, 'wall'>
  readonly observe: Observer
}

/** Days pass on which models retire. */
const longestAgeMs = 3_600_000

export function createLiveCatalogue(deps: LiveCatalogueDeps): LiveCatalogue {
  let current: KnownModels | null = null
  let building: Promise<KnownModels> | null = null

  async function buildUntilTrue(): Promise<KnownModels> {
    let built = await build(deps)
    while (isOutdated(built, deps)) built = await build(deps)
    return built
  }

  function start(): Promise<KnownModels> {
    building ??= buildUntilTrue()
      .then(
        built => {
          current = built
          return built
        },
        (thrown: unknown) => {
          const message = 'the catalogue of models cannot be built; the last one stays'
          deps.observe({ type: 'notice', level: 'error', message, detail: { reason: String(thrown) } })
          throw thrown
        },
      )
      .finally(() => {
        building = null
      })
    return building
  }

  async function ready(): Promise<KnownModels> {
    if (current === null || current.snapshot.configuration !== deps.snapshot().configuration) return start()
    // Nobody waits for what has come since.
    if (isOutdated(current, deps)) void renew()
    return current
  }

  async function renew(): Promise<void> {
    // Whoever asks first finds the newest.
    if (current === null || !isOutdated(current, deps)) return
    await start().catch(() => {})
  }

  return {
    get current() {
      return current
    },
    ready,
    renew,
    async newest() {
      const known = await ready()
      await renew()
      return current ?? known
    },
  }
}

function isOutdated({ snapshot, catalogue, listTimes }: KnownModels, deps: LiveCatalogueDeps): boolean {
  if (snapshot !== deps.snapshot() || listTimes !== timesOf(deps.lists())) return true
  return deps.clock.wall() - catalogue.builtAt > longestAgeMs
}

/** Another text whenever a list has come. */
function timesOf(lists: ReadonlyMap<string, ProviderList>): string {
  return [...lists].map(([name, { at }]) => `${name} ${at}`).join('\n')
}

async function build(deps: LiveCatalogueDeps): Promise<KnownModels> {
  const snapshot = deps.snapshot()
  const listTimes = timesOf(deps.lists())
  const options = toOptions(snapshot, deps)
  const catalogue = await runInSlices(buildSteps(options))
  const search = await runInSlices(searchSteps(catalogue, options.now))
  const finder = once(() => createReplacementFinder(catalogue, options.now))
  return {
    catalogue,
    search,
    snapshot,
    listTimes,
    origins: entry => findOrigins(entry, options),
    providerNames: once(() =>
      nameProviders(
        catalogue,
        snapshot.providers.map(({ configuration: { name } }) => name),
      ),
    ),
    replacementOf: remember(entry => finder()(entry)),
    suggest: createModelSuggestions(catalogue, snapshot.models),
  }
}

/** To find one, all others are looked at. */
function remember(find: FindReplacement): FindReplacement {
  const known = new WeakMap<CatalogueEntry, CatalogueEntry | null>()
  return entry => {
    const found = known.get(entry)
    if (found !== undefined) return found
    const replacement = find(entry)
    known.set(entry, replacement)
    return replacement
  }
}

function toOptions(snapshot: BuiltSnapshot, { lists, clock }: LiveCatalogueDeps): CatalogueOptions {
  const listings = lists()
  return {
    table: snapshot.modelTable(),
    providers: snapshot.providers.map(provider =>
      toCatalogueProvider(provider, listings.get(provider.configuration.name) ?? null),
    ),
    overrides: snapshot.overrides,
    details: snapshot.configuration.models.details,
    prices: snapshot.prices,
    now: clock.wall(),
    howToConfigure,
  }
}

/** As the catalogue was put together, for one model: nobody keeps it for all. */
function findOrigins(entry: CatalogueEntry, options: CatalogueOptions): readonly FactOrigin[] {
  const provider = options.providers.find(({ name }) => name === entry.provider)
  const deployment = provider?.deployments[entry.id]
  const bases = provider?.baseModels ?? {}
  const layers = createKnownFacts(options).layersOf({
    provider: entry.provider,
    type: entry.providerType,
    tableName: provider === undefined ? entry.providerType : provider.tableName,
    model: entry.id,
    base: bases[entry.id] ?? (deployment === undefined ? null : (bases[deployment] ?? null)),
  })
  const found = findListed(byListedName(provider?.listing?.models ?? []), entry.id, layers)
  return explainFacts(addListed(layers, found))
}
