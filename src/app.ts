// The composition root: a configuration becomes live objects, and these a running gateway. Knows all folders.

import { randomBytes } from 'node:crypto'
import { createApiKey, type StoredKey } from './access/keys.ts'
import { type Asking, createAsking } from './app/asking.ts'
import type { BuiltSnapshot } from './app/build-snapshot.ts'
import { type MountedControl, mountControl } from './app/control.ts'
import { type Current, createCurrent } from './app/current.ts'
import type { Discovery } from './app/discovery.ts'
import { type HealthChecks, startHealthChecks } from './app/health-checks.ts'
import type { KeptMemory } from './app/kept-memory.ts'
import { type ModelSentinel, startModelSentinel } from './app/model-sentinel.ts'
import { createModels, type Models } from './app/models.ts'
import { createObservation, type Observation } from './app/observation.ts'
import { readingsOf } from './app/readings.ts'
import { createRouteCounts } from './app/route-counts.ts'
import { createRoutes } from './app/routes.ts'
import { watchFiles } from './app/watch-files.ts'
import type { Send } from './call.ts'
import { estimateUsage } from './catalog/usage-estimate.ts'
import type { Configuration } from './config/configuration.ts'
import type { LoadResult } from './config/load.ts'
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
import { createListener, type Listener } from './server/listener.ts'
import type { SharedState } from './shared-state/index.ts'
import { makeDirectory, openStore, type Store } from './store/index.ts'
import { createTransport, type Transport } from './transport/index.ts'

export interface AppOptions {
  readonly configuration: Configuration
  /** Reads the configuration anew. */
  readonly load: () => LoadResult
  /**
   * The file to watch, and those that it names with it; null where there is none, or where it does not want to be
   * watched.
   */
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
  /** Which models the providers have. */
  readonly discovery: Discovery
  /**
   * Reads the configuration anew; an invalid one changes nothing and is reported. Resolves when it is in force, or
   * refused.
   */
  reload(): Promise<void>
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
  const asking = createAsking({ ...options, alarms, transport, observation })
  const { resilience, sharedState } = asking
  const firstKey = makeFirstKey(configuration, store)
  const storedKeys = (): readonly StoredKey[] =>
    firstKey === null ? store.keys.listKeys() : [firstKey.stored, ...store.keys.listKeys()]
  const counts = createRouteCounts()
  const models = createModels({
    ...asking,
    observation,
    directory: options.dataDirectory,
    snapshot: () => current.snapshot(),
    discovery: () => current.discovery,
  })
  const current = createCurrent({ ...asking, options, storedKeys, transport, observation, counts, models })
  const served = { options, observation, current, models, store }
  const control = mountOn(asking, served)
  const shadows = createShadows(unobservedSend({ alarms, transport, configuration }), systemClock)
  const parts = { configuration, store, transport, observation, shadows }
  const gateway = createGateway({ ...parts, alarms, resilience, current, models })
  observation.setGauges({
    streamsOpen: () => gateway.streams.open,
    spoolQueued: () => store.ledger.queued,
    readings: readingsOf({ counts, resilience, sharedState, current }),
  })
  const checks = startHealthChecks({ gateway, resilience, observation, snapshot: current.snapshot })
  const routes = createRoutes(gateway, control.handle)
  const listener = createListener({ ...configuration.server, ...routes, clock: systemClock })
  const { host } = configuration.server
  const { port } = await listener.listen(host, configuration.server.port)
  // Only a gateway that listens shows its key: one that was stored and never shown would lock everybody out.
  if (firstKey !== null) await store.keys.insertKey(firstKey.stored)
  observation.setReady(true)
  const sentinel = watchModels(asking, served)
  const files = watchFiles({ file: options.watchFile, current, clock: systemClock })
  return {
    address: { host, port },
    snapshot: current.snapshot(),
    newKey: firstKey?.key ?? null,
    storedKeys: store.keys.listKeys().length,
    discovery: current.discovery,
    reload: files.reload,
    flush: observation.log.flush,
    hurry: listener.cut,
    stop() {
      files.close()
      current.close()
      const { discovery } = current
      return stopGently({ ...asking, ...parts, models, checks, sentinel, discovery, listener, control })
    },
  }
}

interface ServedParts {
  readonly options: AppOptions
  readonly observation: Observation
  readonly current: Current
  readonly models: Models
  readonly store: Store
}

function mountOn({ targets, resilience }: Asking, parts: ServedParts): MountedControl {
  const { options, observation, current, models, store } = parts
  return mountControl({
    observation,
    version: options.version,
    snapshot: current.snapshot,
    problems: current.problems,
    discovery: current.discovery,
    targets,
    models: models.control,
    rests: resilience.health.resting,
    calledTargets: () => resilience.breaker.states().keys(),
    ledger: () => store.ledger,
  })
}

/** From now on the providers are asked for their models, and what becomes of these is told. */
function watchModels({ resilience }: Asking, parts: Omit<ServedParts, 'store'>): ModelSentinel {
  const { options, observation, current, models } = parts
  current.startDiscovery()
  return startModelSentinel({
    directory: options.dataDirectory,
    clock: systemClock,
    observe: observation.observe,
    catalogue: models.newest,
    snapshot: current.snapshot,
    calledTargets: () => resilience.breaker.states().keys(),
    log: current.discovery,
  })
}

interface StopParts {
  readonly configuration: Configuration
  readonly listener: Listener
  readonly shadows: Shadows
  readonly checks: HealthChecks
  readonly sentinel: ModelSentinel
  readonly discovery: Discovery
  readonly control: MountedControl
  readonly transport: Transport
  readonly memory: KeptMemory
  readonly models: Models
  readonly sharedState: SharedState
  readonly store: Store
  readonly observation: Observation
}

async function stopGently(parts: StopParts): Promise<{ cut: boolean }> {
  const { configuration, listener, control, transport, memory, sharedState, store, observation } = parts
  observation.setReady(false)
  // Nobody waits for copies, checks and lists: they end while the last answers are finished.
  const restEnded = Promise.all([
    parts.shadows.stop(),
    parts.checks.stop(),
    // What it tells goes into the log of the lists.
    parts.sentinel.close().then(parts.discovery.close),
  ])
  try {
    return await listener.close(configuration.server.shutdownMs)
  } finally {
    await restEnded
    // Whatever one of them fails with, the books are written.
    const ends = [
      control.close(),
      transport.close(),
      memory.close(),
      parts.models.close(),
      sharedState.close(),
    ]
    await Promise.allSettled(ends)
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

/** What happens to copies of requests is nobody's failure: they have breakers, keys and sockets of their own. */
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
  return createResilience(transport.sendApart, options).send
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
