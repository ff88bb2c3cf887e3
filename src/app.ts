// The composition root: a configuration becomes live objects, and these a running gateway. Knows all folders.

import { randomBytes } from 'node:crypto'
import { createApiKey, type StoredKey } from './access/keys.ts'
import { createRateLimiter, type RateLimiter } from './access/rate-limit.ts'
import { createAsking } from './app/asking.ts'
import { type BuiltSnapshot, buildSnapshot } from './app/build-snapshot.ts'
import { type MountedControl, mountControl } from './app/control.ts'
import { type HealthChecks, startHealthChecks } from './app/health-checks.ts'
import { FilesInvalid } from './app/known-models.ts'
import { createModels, type Models } from './app/models.ts'
import { createObservation, type Observation } from './app/observation.ts'
import { readingsOf } from './app/readings.ts'
import { namesWaitingForRestart } from './app/restart-only.ts'
import { createRouteCounts, type RouteCounts } from './app/route-counts.ts'
import { createRoutes } from './app/routes.ts'
import type { TargetMemory } from './app/target-memory.ts'
import type { Send } from './call.ts'
import { estimateUsage } from './catalog/usage-estimate.ts'
import type { Configuration, Problem } from './config/configuration.ts'
import { formatProblem } from './config/describe.ts'
import type { LoadResult } from './config/load.ts'
import { type ConfigurationWatch, watchConfiguration } from './config/watch.ts'
import type { FetchMedia } from './conversation/inline-media.ts'
import { loadSchemaChecker } from './conversation/schema-check.ts'
import type { Gateway } from './gateway/exchange.ts'
import { createLessons } from './gateway/remedy.ts'
import { createOriginBook } from './gateway/responses/origin-book.ts'
import { createShadows, type Shadows } from './gateway/shadow.ts'
import { createThoughtMemory } from './gateway/thought-memory.ts'
import { type Alarms, createAlarms } from './lib/alarms.ts'
import { systemClock } from './lib/clock.ts'
import { once } from './lib/once.ts'
import { createRequestIds } from './lib/request-id.ts'
import type { Secret } from './lib/secret.ts'
import type { Provider } from './providers/provider.ts'
import { createResilience, type Resilience } from './resilience/index.ts'
import type { TargetBook } from './routing/index.ts'
import { type AffinityMemory, createAffinityMemory } from './routing/rules/index.ts'
import { createListener, type Listener } from './server/listener.ts'
import type { SharedState } from './shared-state/index.ts'
import { makeDirectory, openStore, type Store } from './store/index.ts'
import { readSigningSecret } from './store/signing-secret.ts'
import { createTransport, type Transport } from './transport/index.ts'
import { createMediaFetcher } from './transport/media-fetcher.ts'

export interface AppOptions {
  readonly configuration: Configuration
  /** Reads the configuration anew. */
  readonly load: () => LoadResult
  /** The file to watch; null where there is none, or where it does not want to be watched. */
  readonly watchFile: string | null
  readonly dataDirectory: string
  /** Of the program. */
  readonly version: string
  /** Types of provider that modules of the operator have brought. */
  readonly plugins?: readonly Provider[]
}

export interface App {
  readonly address: { readonly host: string; readonly port: number }
  /** What the configuration came to. */
  readonly snapshot: BuiltSnapshot
  /** The key made at the first start, shown once; null where there were keys. */
  readonly newKey: Secret | null
  readonly storedKeys: number
  /** Reads the configuration anew; an invalid one changes nothing and is reported. */
  reload(): void
  /** Finishes what is in flight, writes what is to be written. `cut` tells that the time was up before the last one. */
  stop(): Promise<{ readonly cut: boolean }>
  /** Lets `stop` wait no longer: what is in flight is cut, and stands so in the books. */
  hurry(): void
  /** For a process that dies: writes the log. */
  flush(): void
}

/** Rows that may wait in memory for a disk that cannot be written, before requests are refused: none is lost for sure. */
const maxQueuedRows = 50_000

/** Encrypted thoughts whose maker is remembered: those of the conversations that are going on. */
const maxRememberedThoughts = 50_000

/** How many keys a rate limiter remembers: more than are active in a window. */
const maxLimitedKeys = 100_000

/** @throws the system's error where the address is taken; StoreError for the data directory; FilesInvalid */
export async function startApp(options: AppOptions): Promise<App> {
  const { configuration, dataDirectory, version } = options
  makeDirectory(dataDirectory)
  const observation = createObservation({ configuration, dataDirectory, version, clock: systemClock })
  try {
    const store = await openStore({
      directory: dataDirectory,
      clock: systemClock,
      observe: observation.observe,
    })
    return await startOn(store, observation, options).catch(async (thrown: unknown) => {
      await store.close()
      throw thrown
    })
  } catch (thrown) {
    await observation.close()
    throw thrown
  }
}

async function startOn(store: Store, observation: Observation, options: AppOptions): Promise<App> {
  const { configuration } = options
  const alarms = createAlarms(systemClock)
  const transport = createTransport({ clock: systemClock, alarms })
  const asking = createAsking({
    configuration,
    dataDirectory: options.dataDirectory,
    alarms,
    transport,
    observation,
  })
  const { targets, resilience, sharedState } = asking
  const firstKey = makeFirstKey(configuration, store)
  const storedKeys = (): readonly StoredKey[] =>
    firstKey === null ? store.keys.listKeys() : [firstKey.stored, ...store.keys.listKeys()]
  const counts = createRouteCounts()
  const models = createModels({ ...asking, observation, snapshot: () => current.snapshot() })
  const current = createCurrent({ ...asking, options, storedKeys, transport, observation, counts, models })
  const control = mountControl({
    observation,
    version: options.version,
    snapshot: current.snapshot,
    problems: current.problems,
    targets,
    models: models.control,
    rests: resilience.health.resting,
    calledTargets: () => resilience.breaker.states().keys(),
    ledger: () => store.ledger,
  })
  const shadows = createShadows(unobservedSend({ alarms, transport, configuration }), systemClock)
  const parts = { configuration, store, transport, observation, shadows }
  const gateway = createGateway({ ...parts, alarms, resilience, current, models })
  observation.setGauges({
    streamsOpen: () => gateway.streams.open,
    spoolQueued: () => store.ledger.queued,
    readings: readingsOf({ counts, resilience, sharedState, snapshot: current.snapshot }),
  })
  const checks = startHealthChecks({ gateway, resilience, observation, snapshot: current.snapshot })
  const routes = createRoutes(gateway, control.handle)
  const listener = createListener({ ...configuration.server, ...routes, clock: systemClock })
  const { host } = configuration.server
  const { port } = await listener.listen(host, configuration.server.port)
  // Only a gateway that listens shows its key: one that was stored and never shown would lock everybody out.
  if (firstKey !== null) await store.keys.insertKey(firstKey.stored)
  observation.setReady(true)
  const watcher = watchFile(options.watchFile, current)
  return {
    address: { host, port },
    snapshot: current.snapshot(),
    newKey: firstKey?.key ?? null,
    storedKeys: store.keys.listKeys().length,
    reload: current.reload,
    flush: observation.log.flush,
    hurry: listener.cut,
    stop() {
      watcher?.close()
      return stopGently({ ...asking, ...parts, checks, listener, control })
    },
  }
}

function watchFile(file: string | null, { reload }: Current): ConfigurationWatch | null {
  return file === null ? null : watchConfiguration({ file, clock: systemClock, onChange: reload })
}

interface StopParts {
  readonly configuration: Configuration
  readonly listener: Listener
  readonly shadows: Shadows
  readonly checks: HealthChecks
  readonly control: MountedControl
  readonly transport: Transport
  readonly memory: TargetMemory
  readonly sharedState: SharedState
  readonly store: Store
  readonly observation: Observation
}

async function stopGently(parts: StopParts): Promise<{ cut: boolean }> {
  const { configuration, listener, control, transport, memory, sharedState, store, observation } = parts
  observation.setReady(false)
  // Nobody waits for copies and checks: they end while the last answers are finished.
  const restEnded = Promise.all([parts.shadows.stop(), parts.checks.stop()])
  try {
    return await listener.close(configuration.server.shutdownMs)
  } finally {
    await restEnded
    // Whatever one of them fails with, the books are written.
    await Promise.allSettled([control.close(), transport.close(), memory.close(), sharedState.close()])
    await store.close()
    await observation.close()
  }
}

/** On a first start without any key, one is made: the gateway is closed by default and still usable at once. */
function makeFirstKey({ auth }: Configuration, store: Store): NewApiKey | null {
  if (!auth.required || auth.keys.length > 0 || store.keys.listKeys().length > 0) return null
  return createApiKey(randomBytes, { name: 'first start', createdAt: systemClock.wall(), expiresAt: null })
}

type NewApiKey = ReturnType<typeof createApiKey>

/** The snapshot in force, and how it is replaced. */
export interface Current {
  snapshot(): BuiltSnapshot
  readonly fetchMedia: FetchMedia
  reload(): void
  /** Problems of the newest file, where it was refused. */
  problems(): readonly string[]
}

interface CurrentDeps {
  readonly options: AppOptions
  readonly storedKeys: () => readonly StoredKey[]
  readonly targets: TargetBook
  readonly resilience: Resilience
  readonly sharedState: SharedState
  readonly transport: Transport
  readonly observation: Observation
  readonly counts: RouteCounts
  readonly models: Models
}

function createCurrent(deps: CurrentDeps): Current {
  const { options, storedKeys, targets, resilience, sharedState, transport, observation, counts, models } =
    deps
  const pepper = randomBytes(32)
  const signingSecret = readSigningSecret(options.dataDirectory, randomBytes)
  const keepLimiter = createLimiterKeeper()
  const affinity = openAffinity(options.configuration, sharedState)
  const { observe } = observation
  const fetchMedia = createMediaFetcher(() => snapshot.configuration.media)

  function build(configuration: Configuration): BuiltSnapshot {
    const built = buildSnapshot(configuration, {
      clock: systemClock,
      fetchMedia,
      ...models.forSnapshot,
      plugins: options.plugins ?? [],
      random: Math.random,
      pepper,
      signingSecret,
      storedKeys: storedKeys(),
      limiter: keepLimiter(configuration),
      observe,
      targets,
      affinity,
      routeCounts: counts,
      rests: resilience.health.resting,
    })
    transport.retain(built.providers.map(provider => provider.indexed.connection))
    observe({ type: 'configuration_loaded', version: configuration.version })
    for (const message of built.problems) observe({ type: 'notice', level: 'warn', message })
    return built
  }

  function reject(problems: readonly Problem[]): void {
    refused = problems.map(formatProblem)
    observe({ type: 'configuration_rejected', problems: refused })
  }

  let snapshot = build(options.configuration)
  let refused: readonly string[] = []
  return {
    snapshot: () => snapshot,
    fetchMedia,
    problems: () => refused,
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
  }

  function replace(configuration: Configuration): void {
    snapshot = build(configuration)
    const waiting = namesWaitingForRestart(options.configuration, configuration)
    if (waiting.length === 0) return
    const message = `these changes wait for a restart: ${waiting.join(', ')}`
    observe({ type: 'notice', level: 'warn', message })
  }
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

interface GatewayParts {
  readonly alarms: Alarms
  readonly store: Store
  readonly transport: Transport
  readonly resilience: Resilience
  readonly observation: Observation
  readonly current: Current
  readonly models: Models
  readonly shadows: Shadows
}

/** What happens to copies of requests is nobody's failure: they have breakers and keys of their own, and tell nothing. */
function unobservedSend({
  alarms,
  transport,
  configuration: { retry, circuitBreaker },
}: Pick<GatewayParts, 'alarms' | 'transport'> & { readonly configuration: Configuration }): Send {
  const options = {
    clock: systemClock,
    alarms,
    observe: () => {},
    random: Math.random,
    retry,
    circuitBreaker,
  }
  return createResilience(transport.send, options).send
}

function createGateway({
  alarms,
  store,
  transport,
  resilience,
  observation,
  current,
  models,
  shadows,
}: GatewayParts): Gateway {
  return {
    models: models.guide,
    snapshot: current.snapshot,
    send: resilience.send,
    health: resilience.health,
    hedges: resilience.hedges,
    relay: transport.relay,
    ledger: {
      append: store.ledger.append,
      get accepting() {
        return store.ledger.queued < maxQueuedRows
      },
    },
    observe: observation.observe,
    clock: systemClock,
    alarms,
    streams: { open: 0 },
    createId: createRequestIds(systemClock.wall),
    schemaChecker: once(loadSchemaChecker),
    thoughts: createThoughtMemory(),
    lessons: createLessons(systemClock.now),
    shadows,
    responses: store.responses,
    origins: createOriginBook(maxRememberedThoughts),
    fetchMedia: current.fetchMedia,
    estimateUsage: (inputCharacters, outputCharacters) =>
      estimateUsage({ inputCharacters, outputCharacters }).usage,
  }
}
