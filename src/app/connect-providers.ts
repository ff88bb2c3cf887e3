// From the configured providers to live ones: connections that the transport can use, and what the gateway has to know
// of each to prepare requests and read answers.

import type { AnswerReader, Connection, Operation } from '../call.ts'
import { namesOfListed } from '../catalog/listed-names.ts'
import { hasCome } from '../catalog/missing.ts'
import type { IndexedProvider } from '../catalog/model-index.ts'
import type { SnapshotRow } from '../catalog/model-snapshot.ts'
import type { ModelTable } from '../catalog/model-table.ts'
import type { Configuration, PackageConfiguration, ProviderConfiguration } from '../config/configuration.ts'
import type { FetchMedia } from '../conversation/inline-media.ts'
import { GatewayError } from '../errors.ts'
import type { Format } from '../formats/format.ts'
import { formats } from '../formats/index.ts'
import { createAnswerReader } from '../gateway/answer-reader.ts'
import type { ProviderSide } from '../gateway/snapshot.ts'
import type { Clock } from '../lib/clock.ts'
import { once } from '../lib/once.ts'
import { aiSdk, createAiSdkAnswer, findPackage } from '../providers/ai-sdk/index.ts'
import { buildConnection } from '../providers/build-connection.ts'
import { findProvider } from '../providers/index.ts'
import { type BoundListing, bindListing } from '../providers/listing/bind.ts'
import type { Provider, ProviderSettings } from '../providers/provider.ts'
import { createSimulator } from '../providers/simulator/index.ts'
import { createAuthorizer } from '../transport/auth/index.ts'
import type { Discovery, LiveList } from './discovery.ts'

export interface ConnectedProvider {
  readonly configuration: ProviderConfiguration
  readonly provider: Provider
  readonly indexed: IndexedProvider
  readonly side: ProviderSide
  /** Null where it lists nothing, cannot be used, or is not to be asked. */
  readonly listing: BoundListing | null
  /** What it listed; null where nothing is known. */
  readonly live: LiveList | null
  /** What it is without any list. */
  readonly plain: IndexedProvider
  /** The bundled facts of a name; null where they do not say what it serves. */
  readonly bundled: FindBundled | null
}

/** Null where nothing is known of a name. */
type FindBundled = (model: string) => SnapshotRow | null

export interface ConnectDeps {
  readonly clock: Clock
  readonly fetchMedia: FetchMedia
  /** Types of provider that modules of the operator have brought. */
  readonly plugins: readonly Provider[]
  /** What a provider listed; absent where nobody asks. */
  readonly liveList?: Discovery['liveList']
  /** The bundled facts of models, read when they are first asked for; absent where no model is asked for. */
  readonly modelTable?: () => ModelTable
}

/** Every enabled provider of the configuration, in its order; those that cannot be used say why. */
export function connectProviders(
  configuration: Configuration,
  deps: ConnectDeps,
): readonly ConnectedProvider[] {
  const isTaken = findTaken(configuration)
  return configuration.providers
    .filter(provider => provider.enabled)
    .map(provider => connectProvider(provider, configuration, deps))
    .map(provider => serveLive(provider, { live: findLive(provider, deps.liveList), isTaken }))
}

/** The same providers with what they listed since; those that listed nothing new stay the very same. */
export function reconnectProviders(
  providers: readonly ConnectedProvider[],
  configuration: Configuration,
  liveList: Discovery['liveList'],
): readonly ConnectedProvider[] {
  const isTaken = findTaken(configuration)
  return providers.map(provider => {
    const live = findLive(provider, liveList)
    return live === provider.live ? provider : serveLive(provider, { live, isTaken })
  })
}

type Unlisted = Omit<ConnectedProvider, 'live' | 'indexed'>

/** What was listed at another address says nothing of this one. */
function findLive(
  { configuration: { name, keys }, listing }: Unlisted,
  liveList: Discovery['liveList'] | undefined,
): LiveList | null {
  const live = listing === null ? null : (liveList?.(name, keys) ?? null)
  return live?.source === listing?.source ? live : null
}

/** Whether the configuration says where a name leads: an alias, a group, or a model of another provider that it names. */
type IsTaken = (model: string, provider: string) => boolean

function findTaken({ models: { aliases, groups }, providers }: Configuration): IsTaken {
  const names = new Set([...Object.keys(aliases), ...Object.keys(groups)])
  const owners = new Set(providers.filter(({ enabled }) => enabled).map(({ name }) => name))
  return (model, provider) => {
    const owner = model.slice(0, Math.max(0, model.indexOf('/')))
    return names.has(model) || (owner !== provider && owners.has(owner))
  }
}

function serveLive(
  connected: Unlisted,
  { live, isTaken }: { readonly live: LiveList | null; readonly isTaken: IsTaken },
): ConnectedProvider {
  const { bundled, configuration, listing, plain, provider } = connected
  const { connection } = plain
  // Names that stand in the configuration are those that are served, whatever is listed.
  const isNamed = configuration.models !== null || Object.keys(configuration.deployments).length > 0
  const served = isNamed || listing?.advisory === true ? null : live
  // What a vendor adds to its list must not change where a name of the configuration leads.
  const isFree = (name: string): boolean =>
    !isTaken(name, configuration.name) || provider.models.includes(name)
  return {
    ...connected,
    live,
    indexed: {
      ...plain,
      ...(live?.seenByKeys && { connection: { ...connection, seenByKeys: live.seenByKeys } }),
      ...(served !== null && {
        ...namesIn(served, isFree),
        ...(bundled !== null && { knows: knowsBy(bundled, served) }),
      }),
    },
  }
}

/** A name that the list has is not gone, whatever it stood for before. */
function namesIn({ models, gone }: LiveList, isFree: (name: string) => boolean) {
  const names = models.flatMap(namesOfListed)
  const listed = gone.size === 0 ? null : new Set(names)
  return {
    models: names.filter(isFree),
    gone: listed === null ? gone : new Map([...gone].filter(([name]) => !listed.has(name))),
  }
}

function connectProvider(
  configured: ProviderConfiguration,
  configuration: Configuration,
  deps: ConnectDeps,
): Unlisted {
  const { provider, lacks } = buildProvider(configured, configuration, deps)
  const settings: ProviderSettings = configured
  const timers = configured.timeouts
  const limits = { maxConnections: configured.maxConnections, maxRetries: configured.maxRetries }
  let connection: Connection
  let listing: BoundListing | null = null
  let unusableReason = lacks ?? missingKey(configured, provider)
  try {
    const scheme = provider.authScheme?.(settings) ?? null
    const authorize = scheme === null ? null : createAuthorizer(scheme, settings, { clock: deps.clock })
    connection = buildConnection({
      provider,
      settings,
      timers,
      ...limits,
      ...(authorize !== null && { authorize }),
    })
    if (unusableReason === null && configured.discovery && configuration.discovery.enabled)
      listing = bindListing(provider, settings)
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown
    unusableReason = thrown.message
    connection = deadConnection(configured)
  }
  const bundled = bundledOf(configured, provider, deps)
  return {
    configuration: configured,
    provider,
    bundled,
    side: createSide(provider, settings, deps.clock),
    listing,
    plain: {
      connection,
      priority: configured.priority,
      models: configured.models ?? provider.models,
      // Deployments are names that stand in the configuration: those are what there is.
      acceptsAnyModel:
        configured.models === null &&
        provider.models.length === 0 &&
        Object.keys(configured.deployments).length === 0,
      ...(bundled !== null && { knows: model => isServed(bundled(model), deps.clock) }),
      operations: operationsOf(provider),
      deployments: configured.deployments,
      baseModels: configured.baseModels,
      usable: unusableReason === null,
      unusableReason,
    },
  }
}

/**
 * Until a provider has listed its models, it is taken to have those of the bundle that are not retired. The bundle takes
 * its time to be read: it is, with the first name that neither is well-known nor leads anywhere else.
 */
function bundledOf(
  { models, deployments }: ProviderConfiguration,
  { type, models: wellKnown }: Provider,
  { modelTable }: ConnectDeps,
): FindBundled | null {
  const isNamed = models !== null || Object.keys(deployments).length > 0
  if (isNamed || wellKnown.length === 0 || modelTable === undefined) return null
  return model => {
    const row = modelTable().findRow(type, model)
    // Names are written as the vendor writes them: what finds a row in another spelling is refused by the vendor.
    return row !== null && namesOf(row).includes(model) ? row : null
  }
}

function isServed(row: SnapshotRow | null, clock: Pick<Clock, 'wall'>): boolean {
  return row !== null && !hasCome(row.retires ?? null, new Date(clock.wall()).toISOString().slice(0, 10))
}

/** Once a provider has listed its models, a name that it did not list is that of one which it listed under another. */
function knowsBy(bundled: FindBundled, { models, gone }: LiveList): (model: string) => boolean {
  const listed = once(() => new Set(models.map(({ id }) => id)))
  return model => {
    if (gone.has(model)) return false
    const row = bundled(model)
    return row !== null && namesOf(row).some(name => listed().has(name))
  }
}

function namesOf({ id, aliases = [] }: SnapshotRow): readonly string[] {
  return [id, ...aliases]
}

/** A legacy completion is a conversation to those who have no such thing, and a count can be had without them. */
function operationsOf({ formats: spoken }: Provider): readonly Operation[] {
  const own = Object.keys(spoken) as Operation[]
  return spoken.chat === undefined ? own : [...new Set<Operation>([...own, 'completion', 'token_count'])]
}

interface BuiltProvider {
  readonly provider: Provider
  /** Completes "the provider … which …"; null where nothing is missing. */
  readonly lacks: string | null
}

function buildProvider(
  configured: ProviderConfiguration,
  configuration: Configuration,
  deps: ConnectDeps,
): BuiltProvider {
  const { type } = configured
  const provider = deps.plugins.find(plugin => plugin.type === type) ?? findProvider(type)
  if (provider === undefined)
    throw new Error(`the configuration names a provider type that is not built: ${type}`)
  // The providers that are not only data: their answers are made here.
  if (provider.type === 'simulator') {
    const answer = createSimulator({ ...configuration.simulator, clock: deps.clock })
    return { provider: { ...provider, answer }, lacks: null }
  }
  return configured.package === null || provider.type !== aiSdk.type
    ? { provider, lacks: null }
    : buildFromPackage(configured, configured.package, { folder: configuration.folder, deps })
}

/** A package of the AI SDK stands for its vendor: prices are looked up under its name. */
function buildFromPackage(
  { name, baseUrl, headers }: ProviderConfiguration,
  { name: packageName, exportName, options }: PackageConfiguration,
  { folder, deps }: { readonly folder: string; readonly deps: ConnectDeps },
): BuiltProvider {
  const place = { name: packageName, folder }
  const { clock, fetchMedia } = deps
  const answer = createAiSdkAnswer({ place, exportName, options, name, baseUrl, headers, clock, fetchMedia })
  const installed = findPackage(place) !== null
  return {
    provider: {
      ...aiSdk,
      answer,
      keyOptional: false,
      priceProvider: packageName.replace(/^@ai-sdk\//, ''),
    },
    lacks: installed ? null : `needs the package ${packageName}: npm install ${packageName}`,
  }
}

function missingKey(configured: ProviderConfiguration, provider: Provider): string | null {
  const { keys, aws, missingKeyVariables } = configured
  if (provider.takesAwsCredentials === true && aws !== null) return null
  // Whether the machine has an account shows with the first request.
  if (provider.takesGoogleAccount === true) return null
  if (keys.length > 0 || provider.keyOptional === true || provider.keyVariables.length === 0) return null
  const variables = missingKeyVariables.length > 0 ? missingKeyVariables : provider.keyVariables
  const others =
    provider.takesAwsCredentials === true ? ', or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY' : ''
  return `has no API key: set ${variables.join(' or ')}${others}`
}

/** Stands in for a provider whose settings make no connection; nothing is ever sent to it. */
function deadConnection(configured: ProviderConfiguration): Connection {
  return {
    provider: configured.name,
    type: configured.type,
    origin: 'http://127.0.0.1:1',
    keys: [],
    timers: configured.timeouts,
    maxConnections: 1,
    maxRetries: 0,
    pathFor: () => null,
    headersFor: () => [],
  }
}

function findFormat(name: string, provider: Provider): Format {
  const format = formats[name]
  if (format === undefined) throw new Error(`${provider.type} names the unknown format ${name}`)
  return format
}

function createSide(provider: Provider, settings: ProviderSettings, clock: Clock): ProviderSide {
  const { name } = settings
  const formatsByOperation = new Map<string, readonly Format[]>()
  const readers = new Map<Format, { passing: AnswerReader; taking: AnswerReader }>()
  for (const [operation, names] of Object.entries(provider.formats)) {
    formatsByOperation.set(
      operation,
      names.map(formatName => findFormat(formatName, provider)),
    )
  }
  for (const format of [...formatsByOperation.values()].flat()) {
    const options = { format, provider: name, errors: provider.errors, clock }
    readers.set(format, {
      passing: createAnswerReader({ ...options, passUsage: true }),
      taking: createAnswerReader({ ...options, passUsage: false }),
    })
  }
  return {
    parameters: provider.parameters,
    streamUsage: provider.streamUsage,
    quirks: { ...provider.quirks, ...provider.quirksFor?.(settings) },
    formatsFor(operation, model) {
      const names = provider.formatsFor?.(operation, model)
      const all = formatsByOperation.get(operation) ?? []
      return names === undefined ? all : names.map(formatName => findFormat(formatName, provider))
    },
    ...(provider.editsFor === undefined ? {} : { editsFor: provider.editsFor }),
    reader(format, passUsage) {
      const reader = readers.get(format)
      if (reader === undefined) throw new Error(`${name} does not speak ${format.name}`)
      return passUsage ? reader.passing : reader.taking
    },
  }
}
