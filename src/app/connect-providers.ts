// From the configured providers to live ones: connections that the transport can use, and what the gateway has to know
// of each to prepare requests and read answers.

import type { AnswerReader, Connection, Operation } from '../call.ts'
import type { IndexedProvider } from '../catalog/model-index.ts'
import type { Configuration, ProviderConfiguration } from '../config/configuration.ts'
import { GatewayError } from '../errors.ts'
import type { Format } from '../formats/format.ts'
import { formats } from '../formats/index.ts'
import { createAnswerReader } from '../gateway/answer-reader.ts'
import type { ProviderSide } from '../gateway/snapshot.ts'
import type { Clock } from '../lib/clock.ts'
import { buildConnection } from '../providers/build-connection.ts'
import { findProvider } from '../providers/index.ts'
import type { Provider, ProviderSettings } from '../providers/provider.ts'
import { createSimulator } from '../providers/simulator/index.ts'
import { createAuthorizer } from '../transport/auth/index.ts'

export interface ConnectedProvider {
  readonly configuration: ProviderConfiguration
  readonly provider: Provider
  readonly indexed: IndexedProvider
  readonly side: ProviderSide
}

/** Every enabled provider of the configuration, in its order; those that cannot be used say why. */
export function connectProviders(configuration: Configuration, clock: Clock): readonly ConnectedProvider[] {
  return configuration.providers
    .filter(provider => provider.enabled)
    .map(provider => connectProvider(provider, configuration, clock))
}

function connectProvider(
  configured: ProviderConfiguration,
  configuration: Configuration,
  clock: Clock,
): ConnectedProvider {
  const provider = providerOfType(configured.type, configuration, clock)
  const settings: ProviderSettings = configured
  const timers = configured.timeouts
  const limits = { maxConnections: configured.maxConnections, maxRetries: configured.maxRetries }
  let connection: Connection
  let unusableReason = missingKey(configured, provider)
  try {
    const scheme = provider.authScheme?.(settings) ?? null
    const authorize =
      scheme === null
        ? null
        : createAuthorizer(
            scheme,
            { ...settings, google: { credentialsFile: null, credentialsText: null } },
            { clock },
          )
    connection = buildConnection({
      provider,
      settings,
      timers,
      ...limits,
      ...(authorize !== null && { authorize }),
    })
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown
    unusableReason = thrown.message
    connection = deadConnection(configured)
  }
  return {
    configuration: configured,
    provider,
    side: createSide(provider, settings, clock),
    indexed: {
      connection,
      priority: configured.priority,
      models: configured.models ?? provider.models,
      acceptsAnyModel: configured.models === null && provider.models.length === 0,
      operations: operationsOf(provider),
      deployments: configured.deployments,
      baseModels: configured.baseModels,
      usable: unusableReason === null,
      unusableReason,
    },
  }
}

/** A legacy completion is a conversation to those who have no such thing, and a count can be had without them. */
function operationsOf({ formats: spoken }: Provider): readonly Operation[] {
  const own = Object.keys(spoken) as Operation[]
  return spoken.chat === undefined ? own : [...new Set<Operation>([...own, 'completion', 'token_count'])]
}

function providerOfType(type: string, configuration: Configuration, clock: Clock): Provider {
  const provider = findProvider(type)
  if (provider === undefined)
    throw new Error(`the configuration names a provider type that is not built: ${type}`)
  // The one provider that is not only data: its answers are made here.
  if (provider.type !== 'simulator') return provider
  return { ...provider, answer: createSimulator({ ...configuration.simulator, clock }) }
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
