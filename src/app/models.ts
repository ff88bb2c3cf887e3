// Everything that is known of models, for those who ask: the catalogue in force, what is seen of its models, and what
// may be told of a name to the SDKs.

import type { ProviderList } from '../catalog/build-catalogue.ts'
import type { Catalogue } from '../catalog/catalogue.ts'
import { readModelSnapshot } from '../catalog/model-snapshot.ts'
import { createModelTable } from '../catalog/model-table.ts'
import type { ModelLists, ModelsDeps } from '../control/models/library.ts'
import type { ModelGuide } from '../gateway/models.ts'
import { systemClock } from '../lib/clock.ts'
import { once } from '../lib/once.ts'
import type { ModelFacts } from '../model-facts.ts'
import { createModelTraffic, type ModelTraffic } from '../observability/model-traffic.ts'
import type { Resilience } from '../resilience/index.ts'
import type { TargetBook } from '../routing/index.ts'
import type { BuiltSnapshot, SnapshotDeps } from './build-snapshot.ts'
import { createLiveCatalogue, type KnownModels } from './catalogue.ts'
import { type KeptMemory, keepMemory } from './kept-memory.ts'
import { createLiveModels } from './live-models.ts'
import { factsOfName, openLibrary } from './model-library.ts'
import type { Observation } from './observation.ts'

export interface Models {
  /** For the routes of the control plane. */
  readonly control: ModelsDeps
  /** For the lists of models in the shapes of the SDKs. */
  readonly guide: ModelGuide
  /** With everything in it that has come so far. */
  readonly newest: () => Promise<Catalogue>
  /** `provider/model` that could stand in for one; null where there is none, or where nobody has looked yet. */
  readonly replacementOf: (provider: string, model: string) => string | null
  /** For the requests. */
  readonly forSnapshot: Pick<SnapshotDeps, 'modelTable' | 'catalogueOf'>
  /** Where there is a catalogue, makes it anew if it is not true any more. Never rejects. */
  readonly renew: () => Promise<void>
  /** Writes what is to be kept. Never rejects. */
  close(): Promise<void>
}

export interface CreateModelsDeps {
  snapshot(): BuiltSnapshot
  readonly resilience: Resilience
  readonly targets: TargetBook
  readonly observation: Observation
  /** Of the data. */
  readonly directory: string
  /** Knows what the providers list; absent where none is asked. */
  readonly discovery?: () => Discovered
}

/** The lists of the providers by their configured names, and what has changed in them. */
export interface Discovered extends ModelLists {
  lists(): ReadonlyMap<string, ProviderList>
}

const nothingDiscovered: Discovered = {
  lists: () => new Map(),
  states: () => [],
  refresh: () => Promise.resolve([]),
  changes: () => [],
}

export function createModels(deps: CreateModelsDeps): Models {
  const { snapshot, resilience, targets, observation, discovery = () => nothingDiscovered } = deps
  const traffic = createModelTraffic(systemClock)
  const kept = keepCosts(traffic, deps)
  observation.add({ name: 'models', observe: traffic.observe })
  const live = createLiveModels({
    snapshot,
    clock: systemClock,
    traffic,
    breakerState: resilience.breaker.stateOf,
    rests: resilience.health.resting,
    calledTargets: () => resilience.breaker.states().keys(),
    tokensPerSecond: targets.tokensPerSecond,
  })
  const catalogue = createLiveCatalogue({
    snapshot,
    lists: () => discovery().lists(),
    clock: systemClock,
    observe: observation.observe,
  })
  return {
    control: {
      clock: systemClock,
      models: async () => openLibrary(await catalogue.ready(), live, systemClock),
      modelLists: {
        states: () => discovery().states(),
        changes: (after, limit) => discovery().changes(after, limit),
        async refresh(providers, options) {
          const states = await discovery().refresh(providers, options)
          await catalogue.renew()
          return states
        },
      },
      modelSources: once(() => readModelSnapshot().sources),
    },
    guide: {
      // Names can be listed without a word of what is known of them.
      ready: () =>
        catalogue.ready().then(
          () => {},
          () => {},
        ),
      facts: rememberFacts(() => catalogue.current),
    },
    newest: async () => (await catalogue.newest()).catalogue,
    replacementOf(provider, model) {
      const known = catalogue.current
      const entry = known?.catalogue.find(`${provider}/${model}`) ?? null
      return entry === null ? null : (known?.replacementOf(entry)?.key ?? null)
    },
    forSnapshot: {
      modelTable: once(() => createModelTable(readModelSnapshot())),
      catalogueOf(configuration) {
        const known = catalogue.current
        return known?.snapshot.configuration === configuration ? known.catalogue : null
      },
    },
    renew: catalogue.renew,
    close: kept.close,
  }
}

function keepCosts(traffic: ModelTraffic, { directory, observation }: CreateModelsDeps): KeptMemory {
  return keepMemory({
    memory: traffic,
    name: 'model-costs.json',
    unreadable: 'what the models have cost lately cannot be read; it is counted anew',
    unwritable: 'what the models have cost lately cannot be written',
    directory,
    clock: systemClock,
    observe: observation.observe,
  })
}

type FactsOf = ReturnType<ModelGuide['facts']>

/** Of each name once, as long as the catalogue is the same: lists of thousands of names are asked for again and again. */
function rememberFacts(current: () => KnownModels | null): () => FactsOf {
  const ofStates = new WeakMap<KnownModels, FactsOf>()
  return () => {
    const known = current()
    if (known === null) return () => null
    const ready = ofStates.get(known)
    if (ready !== undefined) return ready
    const factsOf = rememberFactsOf(known)
    ofStates.set(known, factsOf)
    return factsOf
  }
}

function rememberFactsOf(known: KnownModels): FactsOf {
  const remembered = new Map<string, ModelFacts | null>()
  return name => {
    const ready = remembered.get(name)
    if (ready !== undefined) return ready
    const facts = factsOfName(name, known)
    remembered.set(name, facts)
    return facts
  }
}
