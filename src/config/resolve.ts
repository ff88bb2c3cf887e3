// From the checked file and the environment to the configuration: the environment wins, defaults fill the rest.

import { isIPv4 } from 'node:net'
import { Secret } from '../lib/secret.ts'
import type { Configuration, Problem, RateLimitConfiguration, TimeoutConfiguration } from './configuration.ts'
import type { ConfigurationDocument } from './document.ts'
import type { Environment } from './environment.ts'
import { formatPath } from './paths.ts'
import type { ProviderKind } from './provider-kinds.ts'
import { asTable, describeIneffective, resolveProviders } from './resolve-providers.ts'
import { resolveRedis } from './resolve-redis.ts'
import { resolveRouting } from './routing.ts'
import type { ConfigurationFile } from './schema.ts'
import { isSecretText } from './sections/fields.ts'
import { hostMessage, hostPattern } from './sections/server.ts'
import { throughputOf } from './throughput.ts'

export interface ResolveInput {
  readonly file: ConfigurationFile
  readonly document: ConfigurationDocument
  readonly environment: Environment
  readonly kinds: ReadonlyMap<string, ProviderKind>
  /** Version of the program. */
  readonly programVersion: string
}

export interface Resolved {
  /** All but what depends on the file as such, and on what was read of the environment. */
  readonly configuration: Omit<Configuration, 'version' | 'folder'>
  readonly notices: readonly string[]
  readonly problems: readonly Problem[]
}

const portBounds = { minimum: 0, maximum: 65_535 }
const countBounds = { minimum: 1, maximum: 1_000_000_000 }
const connectionBounds = { minimum: 1, maximum: 100_000 }

export function resolveConfiguration(input: ResolveInput): Resolved {
  const { file, environment, document, kinds } = input
  const server = resolveServer(file, environment)
  const auth = resolveAuth(file, environment)
  const timeouts = resolveTimeouts(file)
  const maxConnections =
    environment.number('HTTP_MAX_CONNECTIONS', connectionBounds) ??
    file.http_client.pool_limits?.max_connections ??
    10_000
  const providers = resolveProviders(file.providers, {
    kinds,
    environment,
    document,
    general: { timeouts, maxConnections },
  })
  const rateLimit = resolveRateLimit(input)
  const redis = resolveRedis(input)
  return {
    configuration: {
      app: { ...file.app, version: file.app.version ?? input.programVersion },
      server,
      auth,
      providers: providers.providers,
      plugins: file.plugins,
      models: resolveModels(file),
      discovery: {
        enabled: file.discovery.enabled,
        intervalMs: file.discovery.interval,
        timeoutMs: file.discovery.timeout,
        jitter: file.discovery.jitter,
      },
      routing: resolveRouting(file),
      timeouts: { ...timeouts, totalMs: file.timeouts.total },
      retry: { baseMs: file.retry.base_ms, maxMs: file.retry.max_ms },
      circuitBreaker: resolveBreaker(file),
      rateLimit: rateLimit.limit,
      redis: redis.redis,
      logging: resolveLogging(file),
      metrics: { enabled: environment.boolean('METRICS_ENABLED') ?? file.metrics.enabled },
      media: {
        maxBytes: file.media.max_mb,
        timeoutMs: file.media.timeout,
        allowedHosts: file.media.allowed_hosts,
      },
      simulator: resolveSimulator(file),
      notBuilt: [...providers.notBuilt, ...unbuiltSections(file), ...unbuiltVariables(environment)],
    },
    notices: [...providers.notices, ...describePlaceholders(auth.keys), ...ineffectiveKeys(file)],
    problems: [
      ...providers.problems,
      ...rateLimit.problems,
      ...redis.problems,
      ...reportOpenDoor({ server, auth }, input),
      ...environment.problems,
    ],
  }
}

function resolveServer({ server }: ConfigurationFile, environment: Environment): Configuration['server'] {
  const host = environment.text('HOST') ?? server.host
  if (!hostPattern.test(host)) environment.report('HOST', hostMessage)
  return {
    host,
    port: environment.number('PORT', portBounds) ?? server.port,
    maxBodyBytes: server.max_body_mb,
    maxUploadBytes: server.max_upload_mb,
    headersTimeoutMs: server.headers_timeout,
    bodyTimeoutMs: server.body_timeout,
    keepAliveMs: server.keep_alive,
    pingAfterMs: server.ping_after,
    shutdownMs: server.shutdown_timeout,
  }
}

function resolveAuth({ auth }: ConfigurationFile, environment: Environment): Configuration['auth'] {
  const listed = environment.text('LLM_PROXY_API_KEYS')
  if (listed !== undefined && !listed.split(',').every(isSecretText))
    environment.report('LLM_PROXY_API_KEYS', 'must be keys with commas between them, none of them empty')
  return {
    required: environment.boolean('API_KEYS_REQUIRED') ?? auth.required,
    header: auth.api_key_header,
    keys: listed?.split(',').map(key => new Secret(key.trim())) ?? auth.api_keys,
  }
}

/** `timeouts` wins over `http_client`, and there the special timer over the general one. */
function resolveTimeouts({ timeouts, http_client }: ConfigurationFile): TimeoutConfiguration {
  const silence = http_client.read_timeout ?? http_client.timeout
  return {
    connectMs: timeouts.connect ?? http_client.connect_timeout ?? 5_000,
    headersMs: timeouts.headers ?? silence ?? 300_000,
    firstContentMs: timeouts.first_token ?? silence ?? 60_000,
    idleMs: timeouts.idle ?? silence ?? 60_000,
    ...throughputOf(timeouts, undefined),
  }
}

function resolveModels({ models }: ConfigurationFile): Configuration['models'] {
  return {
    aliases: asTable(models.aliases),
    groups: asTable(mapValues(models.groups, ({ targets }) => targets.map(({ model }) => model))),
    fallbacks: asTable(models.fallbacks),
    pricesFile: models.prices_file ?? null,
    details: asTable(models.details),
    detailsFile: models.details_file ?? null,
  }
}

function mapValues<From, To>(
  table: Readonly<Record<string, From>>,
  convert: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(table).map(([name, value]) => [name, convert(value)]))
}

function resolveBreaker({ circuit_breaker }: ConfigurationFile): Configuration['circuitBreaker'] {
  return {
    failureThreshold: circuit_breaker.failure_threshold,
    recoveryMs: circuit_breaker.recovery_timeout,
    halfOpenMaxCalls: circuit_breaker.half_open_max_calls,
  }
}

function resolveLogging({ logging, server }: ConfigurationFile): Configuration['logging'] {
  return {
    level: server.debug ? 'debug' : logging.level,
    format: logging.format,
    file: logging.file ?? null,
    maxBytes: logging.rotation.max_size_mb,
    maxFiles: logging.rotation.max_files,
  }
}

function resolveSimulator({ simulator }: ConfigurationFile): Configuration['simulator'] {
  return { seed: simulator.seed, firstTokenMs: simulator.first_token_ms, tokenMs: simulator.token_ms }
}

function resolveRateLimit({ file, environment, document }: ResolveInput): {
  readonly limit: RateLimitConfiguration | null
  readonly problems: readonly Problem[]
} {
  const written = file.rate_limit
  const requests = environment.number('RATE_LIMIT_REQUESTS', countBounds) ?? written?.requests_per_window
  if (requests !== undefined)
    return {
      limit: {
        requestsPerWindow: requests,
        windowMs: written?.window_seconds ?? 60_000,
        burstLimit: written?.burst_limit ?? requests,
      },
      problems: [],
    }
  const problem = document.problemAt(['rate_limit', 'requests_per_window'], 'is missing')
  return { limit: null, problems: written === undefined ? [] : [problem] }
}

/** Without keys, everybody who reaches the port spends the owner's money: only this machine may. */
function reportOpenDoor(
  { server, auth }: Pick<Configuration, 'server' | 'auth'>,
  { environment, document }: ResolveInput,
): readonly Problem[] {
  if (auth.required || isLoopback(server.host)) return []
  const message = `keys may be switched off only on a loopback address, not on ${server.host}: require keys, or set \`server.host\` to 127.0.0.1`
  if (environment.boolean('API_KEYS_REQUIRED') === false) {
    environment.report('API_KEYS_REQUIRED', message)
    return []
  }
  return [document.problemAt(['auth', 'required'], message)]
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))
}

function unbuiltSections(file: ConfigurationFile): string[] {
  const present: Readonly<Record<string, boolean>> = {
    condensation: file.condensation?.enabled === true,
    caching: file.caching?.enabled === true,
    memory: file.memory !== undefined,
    telemetry: file.telemetry?.enabled === true,
    chaos_engineering: file.chaos_engineering?.enabled === true,
    alerts: file.alerts?.some(rule => rule.enabled) === true,
  }
  return Object.keys(present).filter(name => present[name])
}

function unbuiltVariables(environment: Environment): string[] {
  const values = {
    CACHE_MAX_MEMORY_MB: environment.number('CACHE_MAX_MEMORY_MB', countBounds),
    MEMORY_THRESHOLD_MB: environment.number('MEMORY_THRESHOLD_MB', countBounds),
    PROMETHEUS_URL: environment.webAddress('PROMETHEUS_URL'),
  }
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name]) => `${name} (environment)`)
}

function ineffectiveKeys({ http_client }: ConfigurationFile): string[] {
  const limits = http_client.pool_limits ?? {}
  return (['max_keepalive_connections', 'keepalive_timeout'] as const)
    .filter(key => limits[key] !== undefined)
    .map(key => describeIneffective(['http_client', 'pool_limits', key]))
}

/** The keys that the documentation prints are known to everybody. */
const printedKeys = new Set(['your-primary-api-key', 'your-backup-api-key'])

function describePlaceholders(keys: readonly Secret[]): string[] {
  return keys.flatMap((key, index) =>
    printedKeys.has(key.reveal())
      ? [`${formatPath(['auth', 'api_keys', index])} is the key that the documentation prints: replace it`]
      : [],
  )
}
