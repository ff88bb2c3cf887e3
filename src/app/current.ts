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
import { type BuiltSnapshot, buildSnapshot, rebuildSnapshot, type SnapshotDeps } from './build-snapshot.ts'
import type { ConnectedProvider } from './connect-providers.ts'
import { whyUnlisted } from './discovery/why-unlisted.ts'
import { createDiscovery, type DiscoverableProvider, type Discovery } from './discovery.ts'
import { FilesInvalid, namesOfModelFiles } from './model-files.ts'
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
  reload(): void
  readonly discovery: Discovery
  /** From now on the providers are asked for their models. */
  startDiscovery(): void
  /** Problems of the newest file, where it was refused. */
  problems(): readonly string[]
  /** Further files that the newest configuration names, in force or refused for what stands in them. */
  files(): readonly string[]
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
  const { options, transport, observation } = deps
  const fetchMedia = createMediaFetcher(() => snapshot.configuration.media)
  const discovery = createDiscovery({
    directory: options.dataDirectory,
    clock: systemClock,
    random: Math.random,
    observe: observation.observe,
    relay: transport.relay,
    settings: () => snapshot.configuration.discovery,
    onChange: inTurn(() => takeOver()),
    replacementOf: deps.models.replacementOf,
  })
  const { build, rebuild } = createBuilder(deps, { fetchMedia, liveList: discovery.liveList })

  function reject(problems: readonly Problem[]): void {
    refused = problems.map(formatProblem)
    observation.observe({ type: 'configuration_rejected', problems: refused })
  }

  let snapshot = build(options.configuration)
  let refused: readonly string[] = []
  let files = namesOfModelFiles(options.configuration)
  let discovers = false
  return {
    snapshot: () => snapshot,
    fetchMedia,
    problems: () => refused,
    files: () => files,
    reload() {
      try {
        const loaded = options.load()
        refused = []
        if (loaded.ok) replace(loaded.configuration)
        else reject(loaded.problems)
      } catch (thrown) {
        // A reload must never end a gateway that serves: whatever is wrong, the old configuration stays.
        reject(thrown instanceof FilesInvalid ? thrown.problems : [unreadable(thrown)])
      }
    },
    discovery,
    startDiscovery() {
      discovers = true
      follow()
    },
  }

  /** Takes over what the providers list now; requests keep what they began with. */
  async function takeOver(): Promise<void> {
    const before = snapshot
    const rebuilt = await rebuild(before)
    if (snapshot === before) snapshot = rebuilt
    // Another configuration came meanwhile.
    else await takeOver()
  }

  function follow(): void {
    if (discovers) discovery.follow(snapshot.providers.map(provider => toDiscoverable(provider, snapshot)))
  }

  function replace(configuration: Configuration): void {
    files = namesOfModelFiles(configuration)
    snapshot = build(configuration)
    follow()
    void deps.models.renew()
    tellWaiting(namesWaitingForRestart(options.configuration, configuration), observation.observe)
  }
}

function tellWaiting(names: readonly string[], observe: Observer): void {
  if (names.length === 0) return
  const message = `these changes wait for a restart: ${names.join(', ')}`
  observe({ type: 'notice', level: 'warn', message })
}

/** One run after another. */
function inTurn(run: () => Promise<void>): () => Promise<void> {
  let last = Promise.resolve()
  return () => {
    last = last.then(run)
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
  return {
    build(configuration: Configuration): BuiltSnapshot {
      const built = buildSnapshot(configuration, partsFor(configuration))
      transport.retain(built.providers.map(provider => provider.indexed.connection))
      observe({ type: 'configuration_loaded', version: configuration.version })
      tellProblems(built.problems)
      return built
    },
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
