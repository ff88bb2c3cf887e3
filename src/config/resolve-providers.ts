// The providers to run: from the file, or else from the keys in the environment, with general settings filled in.

import type { AwsCredentials } from '../call.ts'
import { Secret } from '../lib/secret.ts'
import type { Problem, ProviderConfiguration, TimeoutConfiguration } from './configuration.ts'
import type { ConfigurationDocument } from './document.ts'
import type { Environment } from './environment.ts'
import { formatPath, type Path } from './paths.ts'
import type { ProviderKind } from './provider-kinds.ts'
import { isSecretText, secretMessage } from './sections/fields.ts'
import {
  locationMessage,
  locationPattern,
  type ProviderEntry,
  regionMessage,
  regionPattern,
} from './sections/provider.ts'
import { throughputOf } from './throughput.ts'

export interface ProviderContext {
  readonly kinds: ReadonlyMap<string, ProviderKind>
  readonly environment: Environment
  readonly document: ConfigurationDocument
  /** What a provider has that says nothing of its own. */
  readonly general: { readonly timeouts: TimeoutConfiguration; readonly maxConnections: number }
}

export interface ResolvedProviders {
  readonly providers: readonly ProviderConfiguration[]
  readonly notBuilt: readonly string[]
  readonly notices: readonly string[]
  readonly problems: readonly Problem[]
}

export function resolveProviders(
  entries: readonly ProviderEntry[] | undefined,
  context: ProviderContext,
): ResolvedProviders {
  return entries === undefined ? fromEnvironment(context) : fromFile(entries, context)
}

function fromFile(entries: readonly ProviderEntry[], context: ProviderContext): ResolvedProviders {
  const providers: ProviderConfiguration[] = []
  const notBuilt: string[] = []
  const problems: Problem[] = []
  for (const [index, entry] of entries.entries()) {
    const kind = context.kinds.get(entry.type)
    if (kind === undefined) continue
    if (!kind.builtIn) {
      if (entry.enabled) notBuilt.push(describeUnbuilt(entry.name ?? entry.type, entry.type))
      continue
    }
    const provider = resolveEntry({ entry, kind, place: index + 1 }, context)
    if (provider.baseUrl === null && kind.needsBaseUrl === true)
      problems.push(context.document.problemAt(['providers', index], describeMissingAddress(kind)))
    const half = describeHalfPair(entry)
    if (half !== null) problems.push(context.document.problemAt(['providers', index], half))
    if (provider.package === null && kind.needsPackage === true)
      problems.push(context.document.problemAt(['providers', index], missingPackage))
    providers.push(provider)
  }
  return { providers, notBuilt, notices: ineffectiveKeys(entries), problems }
}

function fromEnvironment(context: ProviderContext): ResolvedProviders {
  const { environment, kinds } = context
  const providers: ProviderConfiguration[] = []
  const notBuilt: string[] = []
  const notices: string[] = []
  const isSet = (name: string) => environment.text(name) !== undefined
  for (const kind of kinds.values()) {
    if (kind.isAlias === true) continue
    const addressVariables = kind.baseUrlVariables ?? []
    const keyVariable = kind.keyVariables.find(isSet)
    const hasAccount = kind.takesGoogleAccount === true && googleVariables.every(isSet)
    if (keyVariable === undefined && !hasAccount && !addressVariables.some(isSet)) continue
    if (!kind.builtIn) notBuilt.push(describeUnbuilt(kind.type, kind.type))
    else if (kind.needsBaseUrl === true && !addressVariables.some(isSet))
      notices.push(`${keyVariable} is set, but ${kind.type} is left out: it ${describeMissingAddress(kind)}`)
    else providers.push(resolveBare(kind, providers.length + 1, context))
  }
  if (providers.length === 0) providers.push(resolveBare(simulatorKind, 1, context))
  return { providers, notBuilt, notices, problems: [] }
}

/** Together they say that a project is to be used, and by whom. */
const googleVariables = ['GOOGLE_APPLICATION_CREDENTIALS', 'GOOGLE_CLOUD_PROJECT'] as const

const simulatorKind: ProviderKind = { type: 'simulator', keyVariables: [], keyOptional: true, builtIn: true }

function resolveBare(kind: ProviderKind, place: number, context: ProviderContext): ProviderConfiguration {
  const entry = {
    type: kind.type,
    enabled: true,
    discovery: true,
    max_retries: 2,
    passthrough: false,
    files: true,
    headers: {},
    deployments: {},
    base_models: {},
    options: {},
  }
  return resolveEntry({ entry, kind, place }, context)
}

function toHealthCheck({ health_check: written }: ProviderEntry): ProviderConfiguration['healthCheck'] {
  if (written === undefined) return null
  return { intervalMs: written.interval, model: written.model ?? null, maxPerHour: written.max_per_hour }
}

interface EntryInPlace {
  readonly entry: ProviderEntry
  readonly kind: ProviderKind
  /** From 1. */
  readonly place: number
}

function resolveEntry({ entry, kind, place }: EntryInPlace, context: ProviderContext): ProviderConfiguration {
  const { timeouts, maxConnections } = context.general
  const silence = entry.timeout
  const keys = resolveKeys(entry, kind, context)
  return {
    name: entry.name ?? entry.type,
    type: entry.type,
    baseUrl: entry.base_url ?? addressFromEnvironment(kind, context.environment),
    ...keys,
    models: entry.models ?? null,
    discovery: entry.discovery,
    enabled: entry.enabled,
    priority: entry.priority ?? place,
    timeouts: {
      connectMs: entry.timeouts?.connect ?? timeouts.connectMs,
      headersMs: entry.timeouts?.headers ?? silence ?? timeouts.headersMs,
      firstContentMs: entry.timeouts?.first_token ?? silence ?? timeouts.firstContentMs,
      idleMs: entry.timeouts?.idle ?? silence ?? timeouts.idleMs,
      ...throughputOf(entry.timeouts, timeouts.throughput),
    },
    maxRetries: entry.max_retries,
    maxConnections: entry.max_connections ?? maxConnections,
    passthrough: entry.passthrough,
    files: entry.files,
    healthCheck: toHealthCheck(entry),
    apiVersion: entry.api_version ?? null,
    deployments: asTable(entry.deployments),
    headers: asTable(entry.headers),
    organization: entry.organization ?? null,
    ...resolveGoogle(entry, kind, { environment: context.environment, keys: keys.keys }),
    region: entry.region ?? regionFromEnvironment(kind, context.environment),
    aws: resolveAws(entry, kind, context.environment),
    maxContext: entry.max_context ?? null,
    baseModels: asTable(entry.base_models),
    package: resolvePackage(entry),
  }
}

function resolvePackage(entry: ProviderEntry): ProviderConfiguration['package'] {
  if (entry.package === undefined) return null
  return { name: entry.package, exportName: entry.export ?? null, options: entry.options }
}

/** Without a prototype, so that a look-up of `constructor` finds nothing. */
export function asTable<Value>(record: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  return Object.assign(Object.create(null), record)
}

type Keys = Pick<ProviderConfiguration, 'keys' | 'missingKeyVariables'>

/** Keys of the file and of the variables that it names; without either, of the first usual variable that is set. */
function resolveKeys(entry: ProviderEntry, kind: ProviderKind, { environment }: ProviderContext): Keys {
  const written = [...(entry.api_key ? [entry.api_key] : []), ...(entry.api_keys ?? [])]
  const named = entry.api_key_env ?? []
  if (written.length + named.length > 0) {
    const found = named.map(name => ({ name, key: keyFromEnvironment(name, environment) }))
    return {
      keys: [...written, ...found.flatMap(({ key }) => key ?? [])],
      missingKeyVariables: found.filter(({ key }) => key === undefined).map(({ name }) => name),
    }
  }
  for (const name of kind.keyVariables) {
    const key = keyFromEnvironment(name, environment)
    if (key !== undefined) return { keys: [key], missingKeyVariables: [] }
  }
  return { keys: [], missingKeyVariables: kind.keyOptional === true ? [] : kind.keyVariables }
}

function keyFromEnvironment(name: string, environment: Environment): Secret | undefined {
  const value = environment.text(name)
  if (value === undefined) return undefined
  if (!isSecretText(value)) environment.report(name, secretMessage)
  return new Secret(value)
}

function regionFromEnvironment(
  { regionVariables = [] }: ProviderKind,
  environment: Environment,
): string | null {
  for (const name of regionVariables) {
    const region = environment.text(name)
    if (region === undefined) continue
    if (!regionPattern.test(region)) environment.report(name, regionMessage)
    return region
  }
  return null
}

/** From the file or from the usual variables, never half of each: a pair belongs together. */
function resolveAws(
  entry: ProviderEntry,
  kind: ProviderKind,
  environment: Environment,
): AwsCredentials | null {
  const { aws_access_key_id: id, aws_secret_access_key: secret, aws_session_token: token } = entry
  if (id !== undefined && secret !== undefined)
    return { accessKeyId: id, secretAccessKey: secret, sessionToken: token ?? null }
  if (kind.takesAwsCredentials !== true) return null
  const accessKeyId = environment.text('AWS_ACCESS_KEY_ID')
  const secretAccessKey = keyFromEnvironment('AWS_SECRET_ACCESS_KEY', environment)
  const sessionToken = keyFromEnvironment('AWS_SESSION_TOKEN', environment) ?? null
  return accessKeyId === undefined || secretAccessKey === undefined
    ? null
    : { accessKeyId, secretAccessKey, sessionToken }
}

type Google = Pick<ProviderConfiguration, 'project' | 'location' | 'google'>

/** A key that is JSON is an account. */
function resolveGoogle(
  entry: ProviderEntry,
  { takesGoogleAccount }: ProviderKind,
  { environment, keys }: { readonly environment: Environment; readonly keys: readonly Secret[] },
): Google {
  const { project = null, location = null, credentials_file: file = null } = entry
  if (takesGoogleAccount !== true)
    return { project, location, google: { credentialsFile: file, credentialsText: null } }
  return {
    project: project ?? environment.text('GOOGLE_CLOUD_PROJECT') ?? null,
    location: location ?? locationFromEnvironment(environment),
    google: {
      credentialsFile: file ?? environment.text('GOOGLE_APPLICATION_CREDENTIALS') ?? null,
      credentialsText: keys.find(key => key.reveal().startsWith('{')) ?? null,
    },
  }
}

function locationFromEnvironment(environment: Environment): string | null {
  const name = 'GOOGLE_CLOUD_LOCATION'
  const location = environment.text(name)
  if (location !== undefined && !locationPattern.test(location)) environment.report(name, locationMessage)
  return location ?? null
}

function describeHalfPair({
  aws_access_key_id: id,
  aws_secret_access_key: secret,
}: ProviderEntry): string | null {
  if ((id === undefined) === (secret === undefined)) return null
  return id === undefined
    ? '`aws_secret_access_key` needs `aws_access_key_id` beside it'
    : '`aws_access_key_id` needs `aws_secret_access_key` beside it'
}

function addressFromEnvironment(kind: ProviderKind, environment: Environment): string | null {
  for (const name of kind.baseUrlVariables ?? []) {
    const text = environment.text(name)
    // Servers on one's own machine are named by `host:port` in their own variables; the connection completes it.
    if (kind.keyOptional === true && text !== undefined && !text.includes('://')) return text
    const address = environment.webAddress(name)
    if (address !== undefined) return address
  }
  return null
}

function describeUnbuilt(name: string, type: string): string {
  return `provider ${name} (type ${type})`
}

const missingPackage = 'needs `package`: the name of a provider package of the AI SDK'

function describeMissingAddress(kind: ProviderKind): string {
  const variables = kind.baseUrlVariables ?? []
  const alternative = variables.length === 0 ? '' : `, or the variable ${variables.join(' or ')}`
  return `needs \`base_url\`${alternative}`
}

function ineffectiveKeys(entries: readonly ProviderEntry[]): string[] {
  return entries.flatMap(({ max_keepalive_connections }, index) =>
    max_keepalive_connections === undefined
      ? []
      : [describeIneffective(['providers', index, 'max_keepalive_connections'])],
  )
}

export function describeIneffective(path: Path): string {
  return `${formatPath(path)} has no effect: connections are kept for reuse as long as the provider allows`
}
