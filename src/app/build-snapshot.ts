// Makes of one configuration everything that a request reads, and nothing that outlives it.

import { type Authenticate, createAuthenticator } from '../access/authenticate.ts'
import { createSignatureVerifier } from '../access/aws-signature.ts'
import { createKeyRing, type StoredKey } from '../access/keys.ts'
import { type RateLimiter, rateLimitHeaders } from '../access/rate-limit.ts'
import type { Operation, Target } from '../call.ts'
import type { Catalogue } from '../catalog/catalogue.ts'
import { createModelIndex, type ModelIndex, modelIndexSteps } from '../catalog/model-index.ts'
import type { ModelOverrides } from '../catalog/model-overrides.ts'
import type { ModelTable } from '../catalog/model-table.ts'
import type { PriceBook } from '../catalog/price-book.ts'
import type { Configuration } from '../config/configuration.ts'
import { GatewayError } from '../errors.ts'
import type { Observer } from '../events.ts'
import type { RelayProvider, Snapshot } from '../gateway/snapshot.ts'
import { runAtOnce, runInSlices } from '../lib/slices.ts'
import { findProvider } from '../providers/index.ts'
import type { AffinityMemory } from '../routing/rules/index.ts'
import { buildRoutes, type KnownTargets, type Routes } from './build-routes.ts'
import {
  type ConnectDeps,
  type ConnectedProvider,
  connectProviders,
  reconnectProviders,
} from './connect-providers.ts'
import type { Discovery } from './discovery.ts'
import { describeNamesByType, howToConfigure } from './how-to-configure.ts'
import { createOutputLimits, createPrices } from './known-models.ts'
import { listedFinderSteps } from './listed-prices.ts'
import { type ModelFiles, readModelFiles } from './model-files.ts'
import { createRouteCounts, type RouteCounts } from './route-counts.ts'
import { findRouteProblems } from './route-problems.ts'

export interface SnapshotDeps extends ConnectDeps {
  /** The bundled facts of models; read when they are first asked for. */
  readonly modelTable: () => ModelTable
  /** The newest one of a configuration; null until there is one, absent where there never is. */
  readonly catalogueOf?: (configuration: Configuration) => Catalogue | null
  readonly random: () => number
  readonly observe: Observer
  readonly pepper: Buffer
  /** Of the data directory; see `awsSecretOf`. */
  readonly signingSecret: Buffer
  readonly storedKeys: readonly StoredKey[]
  /** Outlives a reload that does not change the limit; null where there is none. */
  readonly limiter: RateLimiter | null
  /** What is known of the targets; outlives this snapshot. */
  readonly targets: KnownTargets
  /** Asking the target now would most likely be in vain. */
  readonly rests: (target: Target) => boolean
  /** Where conversations are; outlives this snapshot. */
  readonly affinity: AffinityMemory
  /** Outlives this snapshot. */
  readonly routeCounts: RouteCounts
  readonly liveList: Discovery['liveList']
}

export interface BuiltSnapshot extends Snapshot {
  readonly configuration: Configuration
  readonly providers: readonly ConnectedProvider[]
  /** Aliases and groups that lead nowhere, and the like: told at start, not fatal. */
  readonly problems: readonly string[]
  /** The routes for those who only ask about them: nothing is counted, and nobody is told. */
  unobservedRoutes(): Routes
  readonly models: ModelIndex
  /** When a model that is gone was last there, at whom; null where nobody ever had it. */
  describeGone(model: string): string | null
  readonly modelTable: () => ModelTable
  readonly prices: PriceBook
  /** Of the file with details of models. */
  readonly overrides: ModelOverrides
}

/** What is valid in a configuration, but leads nowhere: for `check`, which builds nothing else. */
export function findModelProblems(configuration: Configuration, deps: ConnectDeps): readonly string[] {
  const providers = connectProviders(configuration, deps).map(provider => provider.indexed)
  const index = createModelIndex({ providers, ...configuration.models })
  const serves =
    index.list().length > 0 || providers.some(({ usable, acceptsAnyModel }) => usable && acceptsAnyModel)
  const problems = [...index.problems, ...findRouteProblems(configuration.routing, index)]
  return serves ? problems : [...problems, 'No model can be served: no provider is usable.']
}

/** All at once: nobody is served yet. @throws FilesInvalid */
export function buildSnapshot(configuration: Configuration, deps: SnapshotDeps): BuiltSnapshot {
  return runAtOnce(snapshotSteps(configuration, readModelFiles(configuration), deps))
}

/** Beside requests. @param files what those say that the configuration names */
export function buildSnapshotInSlices(
  configuration: Configuration,
  files: ModelFiles,
  deps: SnapshotDeps,
): Promise<BuiltSnapshot> {
  return runInSlices(snapshotSteps(configuration, files, deps))
}

function* snapshotSteps(
  configuration: Configuration,
  files: ModelFiles,
  deps: SnapshotDeps,
): Generator<void, BuiltSnapshot> {
  // The files have just been read, which took its time.
  yield
  const providers = connectProviders(configuration, deps)
  yield
  const prices = createPrices(files.prices, providers)
  yield
  return yield* buildSteps({ configuration, providers, prices, overrides: files.details }, deps)
}

/** The same configuration, and what its files said, with the models that its providers list now. */
export function rebuildSnapshot(before: BuiltSnapshot, deps: SnapshotDeps): Promise<BuiltSnapshot> {
  const { configuration, prices, overrides } = before
  const providers = reconnectProviders(before.providers, configuration, deps.liveList)
  return runInSlices(buildSteps({ configuration, providers, prices, overrides }, deps))
}

type Ground = Pick<BuiltSnapshot, 'configuration' | 'providers' | 'prices' | 'overrides'>

function* buildSteps(ground: Ground, deps: SnapshotDeps): Generator<void, BuiltSnapshot> {
  const { configuration, providers, overrides } = ground
  const prices = ground.prices.withListed(yield* listedFinderSteps(ground, deps))
  const { aliases, groups, fallbacks } = configuration.models
  const indexed = providers.map(provider => provider.indexed)
  const models = yield* modelIndexSteps({ providers: indexed, aliases, groups, fallbacks })
  const listed = models.list()
  const sides = new Map(providers.map(({ indexed: { connection }, side }) => [connection.provider, side]))
  const costOf = costsOf(prices)
  const routesDeps = {
    ...deps,
    counts: deps.routeCounts,
    targetsOf: models.expand,
    resolve: models.resolve,
    costOf,
  }
  const routes = buildRoutes(configuration, routesDeps)
  let unobserved: Routes | null = null

  return {
    configuration,
    providers,
    problems: [...models.problems, ...findRouteProblems(configuration.routing, models)],
    ...settingsOf(configuration),
    relays: providers.map(toRelay),
    authenticate: createDoor(configuration, deps),
    takeRate: keyId => takeRate(deps.limiter, keyId),
    resolve: (model, operation) =>
      resolveOrExplain({ models, providers, modelTable: deps.modelTable }, model, operation),
    ...routes,
    unobservedRoutes() {
      unobserved ??= buildRoutes(configuration, {
        ...routesDeps,
        counts: createRouteCounts(),
        observe: () => {},
      })
      return unobserved
    },
    mayUse: () => true,
    listModels: () => listed,
    findModel: models.find,
    providerOf(target) {
      const side = sides.get(target.connection.provider)
      if (side === undefined) throw new Error(`no provider ${target.connection.provider} in this snapshot`)
      return side
    },
    models,
    describeGone: model => describeGone(model, providers),
    modelTable: deps.modelTable,
    prices,
    overrides,
    maxOutputTokens: createOutputLimits(configuration, {
      table: deps.modelTable,
      catalogue: () => deps.catalogueOf?.(configuration) ?? null,
      overrides,
      providers,
    }),
    costOf,
  }
}

/** What a request reads of the configuration as it stands there. */
function settingsOf({ version, timeouts, server, auth }: Configuration) {
  return {
    version,
    totalMs: timeouts.totalMs,
    pingAfterMs: server.pingAfterMs,
    maxBodyBytes: server.maxBodyBytes,
    maxUploadBytes: server.maxUploadBytes,
    bodyTimeoutMs: server.bodyTimeoutMs,
    keyHeader: auth.header,
  }
}

/** @throws FilesInvalid */
export function createCosts(
  configuration: Configuration,
  providers: readonly ConnectedProvider[],
): Snapshot['costOf'] {
  return costsOf(createPrices(readModelFiles(configuration).prices, providers))
}

function costsOf(prices: PriceBook): Snapshot['costOf'] {
  return ({ target, usage, serviceTier, at }) =>
    prices.costOf({
      provider: target.connection.provider,
      model: target.priceModel,
      usage,
      serviceTier,
      at,
    })
}

function toRelay({ configuration, provider, indexed, side }: ConnectedProvider): RelayProvider {
  const own = configuration.files ? (provider.relayed ?? []) : []
  return {
    connection: indexed.connection,
    side,
    operations: [...own, ...(configuration.passthrough ? (['passthrough'] as const) : [])],
    unusableReason: indexed.unusableReason,
  }
}

/** A name that nobody serves, with what its asker can do where no name is near. */
function resolveOrExplain(
  { models, providers, modelTable }: Pick<BuiltSnapshot, 'models' | 'providers' | 'modelTable'>,
  model: string,
  operation: Operation,
): readonly Target[] {
  try {
    return models.resolve(model, operation)
  } catch (thrown) {
    if (!(thrown instanceof GatewayError) || thrown.code !== 'model_not_found') throw thrown
    const explained =
      describeGone(model, providers) ??
      describeNamesByType(model, providers) ??
      describeRetired(model, providers, modelTable)
    if (explained === null && thrown.message.includes('Did you mean')) throw thrown
    throw thrown.retold({ message: `${thrown.message} ${explained ?? adviseOnModel(model)}` })
  }
}

function describeGone(model: string, providers: readonly ConnectedProvider[]): string | null {
  const sentences = providers.flatMap(({ indexed: { gone, connection } }) => {
    const { provider } = connection
    const name = model.startsWith(`${provider}/`) ? model.slice(provider.length + 1) : model
    const at = gone?.get(name) ?? gone?.get(model)
    if (at === undefined) return []
    return [
      `The provider ${provider} does not list it any more; it last did at ${new Date(at).toISOString()}.`,
    ]
  })
  return sentences.length === 0 ? null : sentences.join(' ')
}

/** When those who would be asked retired it, as far as the bundle knows; null where none of them did. */
function describeRetired(
  model: string,
  providers: readonly ConnectedProvider[],
  modelTable: () => ModelTable,
): string | null {
  const sentences = providers.flatMap(({ provider: { type }, indexed: { knows, connection } }) => {
    const row = knows === undefined ? null : modelTable().findRow(type, model)
    if (row?.retires === undefined) return []
    const advice = row.replacedBy === undefined ? '' : ` Its maker names \`${row.replacedBy}\` in its place.`
    return [`The provider ${connection.provider} retired it on ${row.retires}.${advice}`]
  })
  return sentences.length === 0 ? null : sentences.join(' ')
}

function adviseOnModel(model: string): string {
  const provider = findProvider(model.split('/')[0] ?? '')
  if (provider === undefined || !model.includes('/')) return 'GET /v1/models lists the names.'
  return howToConfigure(provider.type)
}

function createDoor({ auth }: Configuration, deps: SnapshotDeps): Authenticate {
  const { clock, pepper, signingSecret, storedKeys: stored } = deps
  const ring = createKeyRing({ keys: auth.keys, stored, pepper, signingSecret, clock })
  const verifySignature = createSignatureVerifier({ ring, clock })
  return createAuthenticator({ ring, required: auth.required, header: auth.header, verifySignature })
}

function takeRate(limiter: RateLimiter | null, keyId: string): ReturnType<Snapshot['takeRate']> {
  if (limiter === null) return null
  const decision = limiter.take(keyId)
  return { decision, headers: rateLimitHeaders(decision) }
}
