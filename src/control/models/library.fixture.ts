// A library of models for tests of the routes: a catalogue made by hand, and what a test says is seen of it.

import { makeCatalogue } from '../../catalog/catalogue.fixture.ts'
import type { CatalogueEntry } from '../../catalog/catalogue.ts'
import { createModelSearch, type Moment } from '../../catalog/search.ts'
import { createManualClock, type ManualClock } from '../../lib/clock.ts'
import type { LiveFacts, ModelLibrary, ModelLists, ModelsDeps } from './library.ts'

export const untouched: LiveFacts = {
  status: 'available',
  breaker: 'closed',
  calls: 0,
  failures: 0,
  firstTokenMs: null,
  tokensPerSecond: null,
  effective: null,
}

export interface LibraryChanges {
  readonly library?: Partial<ModelLibrary>
  readonly lists?: Partial<ModelLists>
  readonly moment?: Partial<Moment>
  readonly clock?: ManualClock
}

export function makeModelsDeps(
  entries: readonly CatalogueEntry[] = [],
  changes: LibraryChanges = {},
): ModelsDeps {
  const clock = changes.clock ?? createManualClock(Date.parse('2026-06-15T12:00:00Z'))
  const catalogue = makeCatalogue(entries, 'v1', clock.wall())
  const search = createModelSearch(catalogue, clock.wall())
  const quiet: Moment = { at: clock.wall(), resting: () => [], figures: () => new Map() }
  const library: ModelLibrary = {
    catalogue,
    search: question => search.search(question, { ...quiet, at: clock.wall(), ...changes.moment }),
    knownNames: () => ({ providers: new Map(entries.map(({ provider }) => [provider, provider])) }),
    live: ({ missing }) => (missing === null ? untouched : { ...untouched, status: 'missing' }),
    meaningOf: () => null,
    offersOf(name) {
      const entry = catalogue.find(name)
      return entry === null ? catalogue.findById(name) : [entry]
    },
    suggest: () => [],
    describeGone: () => null,
    origins: () => [],
    replacementOf: () => null,
    ...changes.library,
  }
  return {
    clock,
    models: () => Promise.resolve(library),
    modelLists: {
      states: () => [],
      refresh: () => Promise.resolve([]),
      changes: () => [],
      ...changes.lists,
    },
    modelSources: () => [{ package: 'some-models', version: '1.2.3' }],
  }
}
