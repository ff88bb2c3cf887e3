// The snapshot in force, and how it is replaced: by a changed configuration, and by other models of its providers.

import { randomBytes } from 'node:crypto'
import type { StoredKey } from '../access/keys.ts'
import { createRateLimiter, type RateLimiter } from '../access/rate-limit.ts'
import type { Configuration, Problem } from '../config/configuration.ts'
import { formatProblem } from '../config/describe.ts'
import type { LoadResult } from '../config/load.ts'
import type { FetchMedia } from '../conversation/inline-media.ts'
import type { Observer } from '../events.ts'
import { systemClock } from '../lib/clock.ts'
import type { Provider } from '../providers/provider.ts'
import type { Resilience } from '../resilience/index.ts'
import type { TargetBook } from '../routing/index.ts'
import { type AffinityMemory, createAffinityMemory } from '../routing/rules/index.ts'
import type { SharedState } from '../shared-state/index.ts'
import { readSigningSecret } from '../store/signing-secret.ts'
import type { Transport } from '../transport/index.ts'
import { createMediaFetcher } from '../transport/media-fetcher.ts'
import {
  type BuiltSnapshot,
  buildSnapshot,
  buildSnapshotInSlices,
  rebuildSnapshot,
  type SnapshotDeps,
} from './build-snapshot.ts'
import type { ConnectedProvider } from './connect-providers.ts'
import { whyUnlisted } from './discovery/why-unlisted.ts'
import {
  createDiscovery,
  type DiscoverableProvider,
  type Discovery,
  type DiscoveryOptions,
} from './discovery.ts'
import { FilesInvalid, type ModelFiles, namesOfModelFiles, readModelFiles } from './model-files.ts'
import type { Models } from './models.ts'
import type { Observation } from './observation.ts'
import { namesWaitingForRestart } from './restart-only.ts'
import type { RouteCounts } from './route-counts.ts'

/** How many keys a rate limiter remembers: more than are active in a window. */
const maxLimitedKeys = 100_000

/** The snapshot in force, and how it is replaced. */
export interface Current {
  snapshot(): BuiltSnapshot
  readonly fetchMedia: FetchMedia
  /**
   * Reads the configuration now, and puts it in force in its turn: of several, the one that was read last stays. Until
   * then requests go on with what there is. Resolves when it is in force, or refused; never rejects.
   */
  reload(): Promise<void>
  readonly discovery: Discovery
  /** From now on the providers are asked for their models. */
  startDiscovery(): void
  /** Problems of the newest file, where it was refused. */
  problems(): readonly string[]
  /** Further files that the newest configuration names, in force or refused for what stands in them. */
  files(): readonly string[]
  /** From now on nothing is put in force any more. */
  close(): void
}

interface CurrentDeps {
  readonly options: {
    readonly configuration: Configuration
    readonly load: () => LoadResult
    readonly dataDirectory: string
    readonly plugins?: readonly Provider[]
  }
  readonly storedKeys: () => readonly StoredKey[]
  readonly targets: TargetBook
  readonly resilience: Resilience
  readonly sharedState: SharedState
  readonly transport: Transport
  readonly observation: Observation
  readonly counts: RouteCounts
  readonly models: Pick<Models, 'forSnapshot' | 'replacementOf' | 'renew'>
}

export function createCurrent(deps: CurrentDeps): Current {
  const { options, observation } = deps
  const fetchMedia = createMediaFetcher(() => snapshot.configuration.media)
  const takeTurn = createTurns()
  const discovery = openDiscovery(deps, {
    settings: () => snapshot.configuration.discovery,
    onChange: () => takeTurn(takeOver),
  })
  const builder = createBuilder(deps, { fetchMedia, liveList: discovery.liveList })

  let snapshot = builder.build(options.configuration)
  const refusal = createRefusal(observation.observe)
  let files = namesOfModelFiles(options.configuration)
  let discovers = false
  let closed = false
  return {
    snapshot: () => snapshot,
    fetchMedia,
    problems: refusal.problems,
    files: () => files,
    reload() {
      const read = readConfiguration(options.load)
      files = read.names ?? files
      return takeTurn(() => settle(read))
    },
    discovery,
    startDiscovery() {
      discovers = true
      follow()
    },
    close() {
      closed = true
    },
  }

  /** Takes over what the providers list now; requests keep what they began with. */
  async function takeOver(): Promise<void> {
    if (!closed) snapshot = await builder.rebuild(snapshot)
  }

  function follow(): void {
    if (discovers) discovery.follow(snapshot.providers.map(provider => toDiscoverable(provider, snapshot)))
  }

  /** A reload must never end a gateway that serves: whatever is wrong, the old configuration stays. */
  async function settle({ configuration, files: said, problems }: ReadConfiguration): Promise<void> {
    if (closed) return
    if (configuration === null || said === null) return refusal.reject(problems)
    try {
      const built = await builder.buildInSlices(configuration, said)
      if (!closed) replace(built)
    } catch (thrown) {
      refusal.reject([unreadable(thrown)])
    }
  }

  function replace(built: BuiltSnapshot): void {
    refusal.clear()
    builder.announce(built)
    snapshot = built
    follow()
    void deps.models.renew()
    tellWaiting(namesWaitingForRestart(options.configuration, built.configuration), observation.observe)
  }
}

/** Holds what is wrong with the newest files. */
function createRefusal(observe: Observer) {
  let refused: readonly string[] = []
  return {
    problems: () => refused,
    reject(problems: readonly Problem[]): void {
      refused = problems.map(formatProblem)
      observe({ type: 'configuration_rejected', problems: refused })
    },
    clear(): void {
      refused = []
    },
  }
}

function openDiscovery(
  { options, transport, observation, models }: CurrentDeps,
  own: Pick<DiscoveryOptions, 'settings' | 'onChange'>,
): Discovery {
  return createDiscovery({
    ...own,
    directory: options.dataDirectory,
    clock: systemClock,
    random: Math.random,
    observe: observation.observe,
    relay: transport.relay,
    replacementOf: models.replacementOf,
  })
}

/** What was found in the files, or what is wrong with them. */
interface ReadConfiguration {
  readonly configuration: Configuration | null
  /** Further files that it names; null where that cannot be told. */
  readonly names: readonly string[] | null
  /** What they say; null where something is wrong. */
  readonly files: ModelFiles | null
  readonly problems: readonly Problem[]
}

function readConfiguration(load: () => LoadResult): ReadConfiguration {
  let names: readonly string[] | null = null
  try {
    const loaded = load()
    if (!loaded.ok) return { configuration: null, names, files: null, problems: loaded.problems }
    const { configuration } = loaded
    names = namesOfModelFiles(configuration)
    return { configuration, names, files: readModelFiles(configuration), problems: [] }
  } catch (thrown) {
    const problems = thrown instanceof FilesInvalid ? thrown.problems : [unreadable(thrown)]
    return { configuration: null, names, files: null, problems }
  }
}

function tellWaiting(names: readonly string[], observe: Observer): void {
  if (names.length === 0) return
  const message = `these changes wait for a restart: ${names.join(', ')}`
  observe({ type: 'notice', level: 'warn', message })
}

/** One run after another, whatever becomes of the one before. */
function createTurns(): (run: () => Promise<void>) => Promise<void> {
  let last = Promise.resolve()
  return run => {
    last = last.then(run, run)
    return last
  }
}

type OwnParts = Pick<SnapshotDeps, 'fetchMedia' | 'liveList'>

function createBuilder(deps: CurrentDeps, own: OwnParts) {
  const { transport, observation } = deps
  const { observe } = observation
  const partsFor = gatherParts(deps, own)
  const tellProblems = (problems: readonly string[]): void => {
    for (const message of problems) observe({ type: 'notice', level: 'warn', message })
  }
  const announce = (built: BuiltSnapshot): void => {
    transport.retain(built.providers.map(provider => provider.indexed.connection))
    observe({ type: 'configuration_loaded', version: built.version })
    tellProblems(built.problems)
  }
  return {
    /** At the start. @throws FilesInvalid */
    build(configuration: Configuration): BuiltSnapshot {
      const built = buildSnapshot(configuration, partsFor(configuration))
      announce(built)
      return built
    },
    /** Nobody knows of it before it is announced. */
    buildInSlices: (configuration: Configuration, files: ModelFiles) =>
      buildSnapshotInSlices(configuration, files, partsFor(configuration)),
    announce,
    /** The same configuration with other models; where that fails, what there was. */
    async rebuild(snapshot: BuiltSnapshot): Promise<BuiltSnapshot> {
      try {
        const rebuilt = await rebuildSnapshot(snapshot, partsFor(snapshot.configuration))
        tellProblems(rebuilt.problems.filter(problem => !snapshot.problems.includes(problem)))
        return rebuilt
      } catch (thrown) {
        const detail = { reason: thrown instanceof Error ? thrown.message : String(thrown) }
        observe({ type: 'notice', level: 'error', message: 'other models cannot be taken over', detail })
        return snapshot
      }
    },
  }
}

/** What outlives a snapshot, and what each one is made with anew. */
function gatherParts(
  { options, storedKeys, targets, resilience, sharedState, observation, counts, models }: CurrentDeps,
  own: OwnParts,
): (configuration: Configuration) => SnapshotDeps {
  const pepper = randomBytes(32)
  const signingSecret = readSigningSecret(options.dataDirectory, randomBytes)
  const keepLimiter = createLimiterKeeper()
  const affinity = openAffinity(options.configuration, sharedState)
  return configuration => ({
    ...own,
    clock: systemClock,
    ...models.forSnapshot,
    plugins: options.plugins ?? [],
    random: Math.random,
    pepper,
    signingSecret,
    storedKeys: storedKeys(),
    limiter: keepLimiter(configuration),
    observe: observation.observe,
    targets,
    affinity,
    routeCounts: counts,
    rests: resilience.health.resting,
  })
}

function toDiscoverable(provider: ConnectedProvider, snapshot: BuiltSnapshot): DiscoverableProvider {
  const { configuration, plain, listing } = provider
  const reason = whyUnlisted(provider, snapshot.configuration)
  return { name: configuration.name, connection: plain.connection, listing, unlistedReason: reason }
}

function openAffinity({ routing, redis }: Configuration, { affinity }: SharedState): AffinityMemory {
  const shared = redis === null ? null : affinity
  return createAffinityMemory({ ...routing.affinity, clock: systemClock, shared })
}

function unreadable(thrown: unknown): Problem {
  const reason = thrown instanceof Error ? thrown.message : String(thrown)
  return { file: 'configuration', line: null, column: null, path: '', message: `cannot be read: ${reason}` }
}

/** Keeps what keys have used of their limit over a reload that leaves the limit as it is. */
function createLimiterKeeper(): (configuration: Configuration) => RateLimiter | null {
  let kept: { readonly limit: string; readonly limiter: RateLimiter } | null = null
  return ({ rateLimit }) => {
    if (rateLimit === null) return null
    const limit = JSON.stringify(rateLimit)
    if (kept?.limit !== limit) {
      const limiter = createRateLimiter({ limit: rateLimit, clock: systemClock, maxKeys: maxLimitedKeys })
      kept = { limit, limiter }
    }
    return kept.limiter
  }
}
