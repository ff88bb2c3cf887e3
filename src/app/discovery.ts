// Knows which models each provider has now: asks those that list them at the start and from then on, keeps what they said
// over restarts, and tells what has changed. docs/discovery.md says what is asked and what is believed.

import type { RelaySend } from '../call.ts'
import { createChangeLog } from '../catalog/change-log.ts'
import type { ModelChangeDraft } from '../catalog/discovery.ts'
import type { ModelChange } from '../catalog/model-changes.ts'
import type { ModelsChanged, Observer } from '../events.ts'
import type { Clock } from '../lib/clock.ts'
import type { Secret } from '../lib/secret.ts'
import type { ListedFacts } from '../model-facts.ts'
import { seenByKeys } from './discovery/key-views.ts'
import { type KeptList, openListFile, readKeptLists } from './discovery/list-file.ts'
import { createPacer } from './discovery/pacer.ts'
import {
  type DiscoverableProvider,
  type DiscoveryState,
  type ListDeps,
  ProviderList,
} from './discovery/provider-list.ts'
import { createSlots } from './discovery/slots.ts'

export type { DiscoverableProvider, DiscoveryState } from './discovery/provider-list.ts'

/** What one provider listed. */
export interface DiscoveredList {
  readonly models: readonly ListedFacts[]
  /** When that came, in milliseconds since the epoch. */
  readonly at: number
  /** Places among the provider's keys that see a model, for those that not all of them see. */
  readonly seenByKeys?: ReadonlyMap<string, readonly number[]>
}

/** What one provider listed, as it decides which names are served. The same object as long as nothing has changed. */
export interface LiveList {
  /** See `BoundListing.source`: a list of another address says nothing. */
  readonly source: string
  readonly models: readonly ListedFacts[]
  /** Null where all keys see all. */
  readonly seenByKeys: ReadonlyMap<string, readonly number[]> | null
  /** Models that are not in it any more, with when they last were. */
  readonly gone: ReadonlyMap<string, number>
}

export interface Discovery {
  /** By the configured name; providers that never answered are absent. */
  lists(): ReadonlyMap<string, DiscoveredList>
  /** In the order of the configuration. */
  states(): readonly DiscoveryState[]
  /**
   * Asks these providers now, all where none is named, and resolves with their states when what they said is in force.
   * @param options `acceptShrunken` believes a list whatever is missing in it
   */
  refresh(
    providers?: readonly string[],
    options?: { readonly acceptShrunken?: boolean },
  ): Promise<readonly DiscoveryState[]>
  /** The oldest first, of those with a higher number. */
  changes(after: number, limit: number): readonly ModelChange[]
  /** Puts changes on record that no list told, as a model whose last day has come. */
  record(drafts: readonly ModelChangeDraft[]): void
  /** Null for a provider that never answered. */
  liveList(provider: string, keys: readonly Secret[]): LiveList | null
  /** Takes over what is configured now. The first time, every provider is asked. */
  follow(providers: readonly DiscoverableProvider[]): void
  /** Cancels what is under way and writes what is to be kept. */
  close(): Promise<void>
}

export interface DiscoveryOptions {
  /** Of the data. */
  readonly directory: string
  readonly clock: Clock
  readonly random: () => number
  readonly observe: Observer
  readonly relay: RelaySend
  readonly settings: ListDeps['settings']
  /** Other models are there now: what is made of them has to be made anew, and is when the promise resolves. */
  readonly onChange: () => Promise<void>
  /** Lets others run; by default until the event loop comes round again. */
  readonly pause?: () => Promise<void>
  /** What could stand in for a model that is gone. */
  readonly replacementOf?: ListDeps['replacementOf']
}

const providersAtOnce = 4
/** Lists that come within this time are put in force together. */
const gatherMs = 100
/** Names that stand in a line of the log. */
const namesTold = 10

export function createDiscovery(options: DiscoveryOptions): Discovery {
  const { directory, clock, observe, onChange } = options
  const kept = readKeptLists(directory, observe)
  const log = createChangeLog(kept.changes, kept.sequence)
  const book = createListBook(kept.lists, clock)
  const file = openListFile({
    directory,
    observe,
    after: clock.after,
    current: () => ({ lists: book.kept(), changes: log.entries(), sequence: log.last }),
  })
  const pause = options.pause ?? createPacer()
  const gathered = gather(clock, onChange)
  const record = (drafts: readonly ModelChangeDraft[]): void => {
    log.append(drafts)
    for (const event of summarize(drafts)) observe(event)
    file.touch()
  }
  const deps: ListDeps = {
    ...options,
    pause,
    slots: createSlots(providersAtOnce),
    record,
    onList({ models }) {
      if (models) gathered.add()
      file.touch()
    },
  }
  const { all } = book

  return {
    lists: () => new Map(all().flatMap(list => describeCurrent(list))),
    states: () => all().map(({ state }) => state),
    async refresh(names, asking = {}) {
      const wanted = all().filter(({ state }) => names?.includes(state.provider) ?? true)
      await Promise.all(wanted.map(list => list.ask(asking)))
      await pause()
      await gathered.flush()
      return wanted.map(({ state }) => state)
    },
    changes: log.after,
    record,
    liveList: createLiveLists(book.keptOf),
    follow(configured) {
      book.follow(configured, provider => new ProviderList(provider, book.keptOf(provider.name), deps))
    },
    async close() {
      await Promise.all(all().map(list => list.close()))
      gathered.stop()
      await file.close()
    },
  }
}

/** The lists of those who are configured, and what is kept of others who may come back. */
function createListBook(lists: ReadonlyMap<string, KeptList>, clock: Pick<Clock, 'wall'>) {
  let providers: ReadonlyMap<string, ProviderList> = new Map()
  /** Of providers that are not configured at the moment; at first it is not known who is. */
  let parked = lists
  const kept = (): ReadonlyMap<string, KeptList> => new Map([...parked, ...keptOf(providers)])
  return {
    all: (): readonly ProviderList[] => [...providers.values()],
    keptOf: (name: string): KeptList | null => providers.get(name)?.kept ?? parked.get(name) ?? null,
    kept,
    follow(
      configured: readonly DiscoverableProvider[],
      open: (provider: DiscoverableProvider) => ProviderList,
    ): void {
      const before = kept()
      providers = followAll(configured, providers, open)
      parked = parkLists(before, { providers, at: clock.wall() })
    },
  }
}

/** Those that stay take over what is configured for them; new ones are asked at once, and those that are gone no more. */
function followAll(
  configured: readonly DiscoverableProvider[],
  before: ReadonlyMap<string, ProviderList>,
  open: (provider: DiscoverableProvider) => ProviderList,
): ReadonlyMap<string, ProviderList> {
  const after = new Map<string, ProviderList>()
  for (const provider of configured) {
    const known = before.get(provider.name)
    const list = known ?? open(provider)
    after.set(provider.name, list)
    if (known === undefined) void list.ask()
    else known.follow(provider)
  }
  for (const [name, list] of before) if (!after.has(name)) void list.close()
  return after
}

const parkedMs = 30 * 24 * 3_600_000
const parkedAtMost = 100

/** What is switched off for a while is found again as it was. */
function parkLists(
  lists: ReadonlyMap<string, KeptList>,
  { providers, at }: { readonly providers: ReadonlyMap<string, unknown>; readonly at: number },
): ReadonlyMap<string, KeptList> {
  const absent = [...lists].filter(([name, list]) => !providers.has(name) && at - list.at < parkedMs)
  return new Map(absent.slice(-parkedAtMost))
}

function keptOf(providers: ReadonlyMap<string, ProviderList>): ReadonlyMap<string, KeptList> {
  return new Map([...providers].flatMap(([name, { kept }]) => (kept === null ? [] : [[name, kept]])))
}

function describeCurrent({ current, keys, state }: ProviderList): ReadonlyArray<[string, DiscoveredList]> {
  if (current === null) return []
  const seen = seenByKeys(current.view, keys)
  const { view, at } = current
  return [[state.provider, { models: view.models, at, ...(seen !== null && { seenByKeys: seen }) }]]
}

/** What stays the same is told with the same object, so that nothing is made anew for it. */
function createLiveLists(listOf: (provider: string) => KeptList | null): Discovery['liveList'] {
  const made = new Map<
    string,
    { readonly live: LiveList; readonly view: object; readonly keys: readonly Secret[] }
  >()
  return (provider, keys) => {
    const list = listOf(provider)
    if (list === null) return null
    const { source, view, gone } = list
    const known = made.get(provider)
    if (known?.view === view && known.live.source === source && known.keys === keys) return known.live
    const live = { source, models: view.models, seenByKeys: seenByKeys(view, keys), gone }
    made.set(provider, { live, view, keys })
    return live
  }
}

/** Calls back once for all that comes within a while. */
function gather(clock: Clock, call: () => Promise<void>) {
  let stopTimer: (() => void) | null = null
  let called = Promise.resolve()
  const stop = (): void => {
    stopTimer?.()
    stopTimer = null
  }
  /** Resolves when nothing is left to be done. */
  const flush = (): Promise<void> => {
    if (stopTimer !== null) {
      stop()
      called = call()
    }
    return called
  }
  return {
    add(): void {
      stopTimer ??= clock.after(gatherMs, () => void flush())
    },
    flush,
    stop,
  }
}

/** One event for each provider. */
function summarize(changes: readonly ModelChangeDraft[]): readonly ModelsChanged[] {
  const byProvider = Map.groupBy(changes, ({ provider }) => provider)
  return [...byProvider].map(([provider, list]) => ({
    type: 'models_changed',
    provider,
    counts: Object.fromEntries(
      [...Map.groupBy(list, ({ kind }) => kind)].map(([kind, { length }]) => [kind, length]),
    ),
    models: [...new Set(list.map(({ model }) => model))].slice(0, namesTold),
  }))
}
