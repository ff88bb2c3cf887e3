// Puts the catalogue together: every model of every configured provider, and all that is known of the others. The same
// input gives the same catalogue, whoever builds it and in however many pieces.

import { ContentHash } from '../lib/content-hash.ts'
import { runAtOnce, runInSlices } from '../lib/slices.ts'
import type { ListedFacts, SaidFacts } from '../model-facts.ts'
import type { Catalogue, CatalogueEntry } from './catalogue.ts'
import { createKnownFacts, type KnownFacts } from './known-facts.ts'
import { byListedName, namesOfListed } from './listed-names.ts'
import { type FactLayers, mergeFacts, sourcesOf } from './merge-facts.ts'
import { createMissingReasons, type ModelState } from './missing.ts'
import type { ModelOverrides } from './model-overrides.ts'
import type { ModelTable } from './model-table.ts'
import type { PriceBook } from './price-book.ts'

/** A configured provider, as the catalogue sees it. */
export interface CatalogueProvider {
  readonly name: string
  readonly type: string
  /** Its name in the price table; null for a server of one's own, of whose models nobody else knows. */
  readonly tableName: string | null
  readonly usable: boolean
  /** Completes "the provider … which …"; null where it is usable. */
  readonly unusableReason: string | null
  /** Null where the configuration names none. */
  readonly configuredModels: readonly string[] | null
  /** That it is known to serve though nobody has written down facts of them, as the simulator's. */
  readonly ownModels: readonly string[]
  /** Model -> the name under which it is deployed. */
  readonly deployments: Readonly<Record<string, string>>
  /** Model or deployment -> the model whose facts and price it has. */
  readonly baseModels: Readonly<Record<string, string>>
  /** Null where it never listed its models. */
  readonly listing: ProviderList | null
}

export interface ProviderList {
  readonly models: readonly ListedFacts[]
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly seenByKeys?: ReadonlyMap<string, readonly number[]>
}

export interface CatalogueOptions {
  readonly table: ModelTable
  readonly providers: readonly CatalogueProvider[]
  /** Of the file with details. */
  readonly overrides: ModelOverrides
  /** Of `models.details`. */
  readonly details: Readonly<Record<string, SaidFacts>>
  readonly prices: Pick<PriceBook, 'priceOf'>
  /** Milliseconds since the epoch. */
  readonly now: number
  /** What has to be done for a provider of this type, as a sentence. */
  readonly howToConfigure?: (type: string) => string
}

/** Entries between two pauses: well below a millisecond. */
export const sliceSize = 25

export function buildCatalogue(options: CatalogueOptions): Catalogue {
  return runAtOnce(buildSteps(options))
}

/** The same, with pauses in which others get their turn. */
export function buildCatalogueInSlices(options: CatalogueOptions): Promise<Catalogue> {
  return runInSlices(buildSteps(options))
}

export function* buildSteps(options: CatalogueOptions): Generator<void, Catalogue> {
  const known = createKnownFacts(options)
  const sections = [
    ...options.providers.map(provider => ({ provider, configured: true })),
    ...others(options),
  ]
  sections.sort((left, right) => compareKeys(`${left.provider.name}/`, `${right.provider.name}/`))

  const book = createEntryBook()
  for (const { provider, configured } of sections) {
    const makeEntry = createEntryMaker(provider, { known, configured, options })
    const names = namesOf(provider, { known, configured, options })
    yield
    for (const [index, id] of names.entries()) {
      if (index % sliceSize === sliceSize - 1) yield
      book.add(makeEntry(id))
    }
    yield
  }
  return book.close(options.now)
}

/** Types of which the bundle knows models, and of which no provider is configured. */
function others({ table, providers }: CatalogueOptions) {
  const configured = new Set(providers.map(({ type }) => type))
  const names = new Set(providers.map(({ name }) => name))
  return table.types
    .filter(type => !configured.has(type) && !names.has(type))
    .map(type => ({
      configured: false,
      provider: {
        name: type,
        type,
        tableName: type,
        usable: false,
        unusableReason: null,
        configuredModels: null,
        ownModels: [],
        deployments: {},
        baseModels: {},
        listing: null,
      } satisfies CatalogueProvider,
    }))
}

interface Surroundings {
  readonly known: KnownFacts
  readonly configured: boolean
  readonly options: CatalogueOptions
}

/** Every name that is configured, deployed, listed, described or known, each once, ascending. */
function namesOf(
  provider: CatalogueProvider,
  { known, configured, options }: Surroundings,
): readonly string[] {
  const { name, configuredModels, deployments, listing } = provider
  const type = known.typeOf(provider)
  const prefix = `${name}/`
  const described = (configured ? [...Object.keys(options.details), ...options.overrides.keys()] : [])
    .filter(key => key.startsWith(prefix))
    .map(key => key.slice(prefix.length))
  const spelling = new Map<string, string>()
  const sources = [
    configuredModels ?? [],
    Object.keys(deployments),
    configuredModels === null && type === null ? provider.ownModels : [],
    listing?.models.map(({ id }) => id) ?? [],
    described,
    type === null ? [] : options.table.rowsOf(type).map(({ id }) => id),
  ]
  for (const id of sources.flat()) {
    const lowered = id.toLowerCase()
    if (!spelling.has(lowered)) spelling.set(lowered, id)
  }
  return [...spelling.values()].sort(compareKeys)
}

function createEntryMaker(
  provider: CatalogueProvider,
  { known, configured, options }: Surroundings,
): (id: string) => CatalogueEntry {
  const { name, type, tableName, listing } = provider
  const deployments = new Map(Object.entries(provider.deployments))
  const bases = new Map(Object.entries(provider.baseModels))
  const listed = byListedName(listing?.models ?? [])
  const offered = offeredNames(provider)
  const isConfigured = provider.configuredModels !== null || deployments.size > 0
  const explain = createMissingReasons(provider, { configured, options })
  const rowType = known.typeOf(provider) ?? ''

  const stateOf = (id: string, layers: FactLayers): ModelState => {
    const row = options.table.findRow(rowType, id)
    const names = [id, ...(row?.aliases ?? []), ...(layers.configuration?.aliases ?? [])]
    const isIn = (set: ReadonlySet<string> | ReadonlyMap<string, unknown>) =>
      names.some(other => set.has(other.toLowerCase()))
    return {
      offered: offered === null || isIn(offered),
      listed: isIn(listed),
      configured: isConfigured && offered !== null && isIn(offered),
    }
  }
  return id => {
    const deployment = deployments.get(id)
    const base = bases.get(id) ?? (deployment === undefined ? null : (bases.get(deployment) ?? null))
    const said = known.layersOf({ provider: name, type, tableName, model: id, base })
    const fromList = findListed(listed, id, said)
    const layers = addListed(said, fromList)
    const facts = mergeFacts(layers)
    const missing = explain(facts, stateOf(id, layers))
    return {
      ...facts,
      aliases: deployment === undefined ? facts.aliases : [...(facts.aliases ?? []), deployment],
      key: `${name}/${id}`,
      id,
      provider: name,
      providerType: type,
      missing: missing?.missing ?? null,
      missingReason: missing?.reason ?? null,
      sources: sourcesOf(layers),
      listedAt: fromList === undefined || listing === null ? null : listing.at,
      seenByKeys: listing?.seenByKeys?.get(fromList?.id ?? id) ?? null,
    }
  }
}

/** In lower case; null where all may be asked for. */
function offeredNames({
  configuredModels,
  deployments,
  listing,
}: CatalogueProvider): ReadonlySet<string> | null {
  const deployed = Object.keys(deployments)
  const names =
    configuredModels === null && deployed.length === 0
      ? listing?.models.flatMap(namesOfListed)
      : [...(configuredModels ?? []), ...deployed]
  return names === undefined ? null : new Set(names.map(name => name.toLowerCase()))
}

/**
 * What its provider lists of a model: by its own name, or by a further one, as the dated name is what many list.
 * @param listed see `byListedName`
 */
export function findListed(
  listed: ReadonlyMap<string, ListedFacts>,
  id: string,
  { configuration, snapshot }: FactLayers,
): ListedFacts | undefined {
  if (listed.size === 0) return undefined
  const name = id.toLowerCase()
  for (const other of [id, ...(configuration?.aliases ?? []), ...(snapshot?.aliases ?? [])]) {
    const found = listed.get(other.toLowerCase())
    if (found === undefined) continue
    if (found.id.toLowerCase() === name) return found
    // What belongs to one name alone.
    const { title: _title, aliases: _aliases, ...facts } = found
    return facts
  }
  return undefined
}

/**
 * All that is listed but the price: that is in what is said, if it is believed, as requests are charged by it.
 * @param said of the model, or of the one whose price it has
 */
export function addListed(said: FactLayers, listed: ListedFacts | undefined): FactLayers {
  if (listed === undefined) return said
  const { id: _id, prices: _prices, ...facts } = listed
  return { ...said, listing: { ...facts, ...said.listing } }
}

function createEntryBook() {
  const entries: CatalogueEntry[] = []
  const byKey = new Map<string, CatalogueEntry>()
  const byId = new Map<string, CatalogueEntry[]>()
  const hash = new ContentHash()

  const addName = (name: string, entry: CatalogueEntry) => {
    const known = byId.get(name)
    if (known === undefined) byId.set(name, [entry])
    else if (known.at(-1) !== entry) known.push(entry)
  }

  return {
    add(entry: CatalogueEntry) {
      entries.push(entry)
      byKey.set(entry.key, entry)
      addName(entry.id, entry)
      for (const alias of entry.aliases ?? []) addName(alias, entry)
      hash.add(entry)
    },
    close(builtAt: number): Catalogue {
      return {
        entries,
        version: hash.digest(),
        builtAt,
        find: key => byKey.get(key) ?? null,
        findById: id => byId.get(id) ?? [],
      }
    },
  }
}

/** By code units, so that the order is the same on every machine. */
function compareKeys(left: string, right: string): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}
