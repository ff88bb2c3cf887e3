// What the program runs on: the file and the environment, checked, with defaults filled in. Immutable.
// Durations are milliseconds and sizes bytes, whatever unit the file uses.

import type { AwsCredentials, GoogleCredentials } from '../call.ts'
import type { Secret } from '../lib/secret.ts'
import type { SaidFacts } from '../model-facts.ts'
import type { strategyNames } from './sections/routing.ts'

export interface Configuration {
  /** Absolute: where the file is, or the working folder where there is none. */
  readonly folder: string
  /** Paths of the modules that bring further types of provider, as written. */
  readonly plugins: readonly string[]
  /** Hash of the file and of the environment that counts; stands in every log line. */
  readonly version: string
  readonly app: { readonly name: string; readonly version: string; readonly environment: string }
  readonly server: {
    readonly host: string
    readonly port: number
    readonly maxBodyBytes: number
    /** Of a body that is passed on while it comes: files, raw requests. */
    readonly maxUploadBytes: number
    /** A request's headers, and its body, must have arrived whole after this time. */
    readonly headersTimeoutMs: number
    readonly bodyTimeoutMs: number
    readonly keepAliveMs: number
    /** A waiting stream gets a comment after this time without bytes. */
    readonly pingAfterMs: number
    /** Requests in flight get this long to finish at shutdown. */
    readonly shutdownMs: number
  }
  readonly auth: {
    readonly required: boolean
    /** Name of the header beside `authorization` and `api-key`, lower case. */
    readonly header: string
    readonly keys: readonly Secret[]
  }
  readonly providers: readonly ProviderConfiguration[]
  readonly models: {
    /** Further name -> name (or `provider/model`, or a group). */
    readonly aliases: Readonly<Record<string, string>>
    /** Group name -> members, each a model name or `provider/model`, in order of preference. */
    readonly groups: Readonly<Record<string, readonly string[]>>
    /** Model or group -> what is tried after all its own targets failed. */
    readonly fallbacks: Readonly<Record<string, readonly string[]>>
    /** File with prices that win over the bundled ones. */
    readonly pricesFile: string | null
    /** Model or `provider/model` -> what is known of it better. */
    readonly details: Readonly<Record<string, SaidFacts>>
    /** File with such details; those above win over it. */
    readonly detailsFile: string | null
  }
  /** Asking providers for their models. */
  readonly discovery: {
    readonly enabled: boolean
    readonly intervalMs: number
    /** For each request. */
    readonly timeoutMs: number
    /** By which share the interval may be longer or shorter, 0 to 1. */
    readonly jitter: number
  }
  readonly routing: RoutingConfiguration
  readonly timeouts: TimeoutConfiguration & { readonly totalMs: number }
  readonly retry: { readonly baseMs: number; readonly maxMs: number }
  readonly circuitBreaker: {
    readonly failureThreshold: number
    readonly recoveryMs: number
    readonly halfOpenMaxCalls: number
  }
  /** null: no limit. */
  readonly rateLimit: RateLimitConfiguration | null
  /** null: this instance shares nothing. */
  readonly redis: RedisConfiguration | null
  readonly logging: {
    readonly level: 'debug' | 'info' | 'warn' | 'error'
    readonly format: 'json' | 'text'
    /** null: standard output. */
    readonly file: string | null
    readonly maxBytes: number
    readonly maxFiles: number
  }
  readonly metrics: { readonly enabled: boolean }
  /** Images and files that clients name by their addresses. */
  readonly media: {
    readonly maxBytes: number
    readonly timeoutMs: number
    /** `host` or `host:port`: may be asked although their addresses are not public. */
    readonly allowedHosts: readonly string[]
  }
  readonly simulator: SimulatorConfiguration
  /** Sections that are understood and valid, but whose feature this version does not have: named at start. */
  readonly notBuilt: readonly string[]
}

export type RouteStrategyName = (typeof strategyNames)[number]

export interface GroupRoute {
  /** Null: that of `routing`. */
  readonly strategy: RouteStrategyName | null
  /** By member, where they are not 1. */
  readonly weights: Readonly<Record<string, number>>
}

export interface RoutingConfiguration {
  readonly strategy: RouteStrategyName
  /** What is said of groups beside their members. */
  readonly groups: Readonly<Record<string, GroupRoute>>
  readonly adaptive: {
    /** Weights. */
    readonly success: number
    readonly latency: number
    readonly cost: number
    /** The smallest share of the requests that any target gets, 0 to 1. */
    readonly minShare: number
  }
  readonly affinity: {
    readonly enabled: boolean
    readonly maxConversations: number
    readonly keepMs: number
  }
  /** Of requests that no rule takes. */
  readonly defaults: RoutePolicyConfiguration
  /** The first that fits decides. */
  readonly rules: readonly RouteRule[]
}

export interface RouteRule {
  readonly name: string
  /** A condition that is valid; null: always. */
  readonly when: string | null
  /** Names as clients ask for them, `*` for anything; null: all. */
  readonly models: readonly string[] | null
  /** Null: what was asked for. */
  readonly use: readonly string[] | null
  readonly strategy: RouteStrategyName | null
  /** Shares from 0 to 1, together at most 1. */
  readonly split: readonly { readonly share: number; readonly use: readonly string[] }[]
  /** `user`, `key`, `tenant`, `conversation`, `metadata.NAME` or `header.NAME`; null: chance. */
  readonly stickyBy: string | null
  readonly shadow: ShadowConfiguration | null
  readonly policy: RoutePolicyConfiguration
}

export interface ShadowConfiguration {
  readonly use: string
  readonly share: number
  readonly maxConcurrent: number
  readonly timeoutMs: number
}

/** What happens when something goes wrong; see the gateway's RoutePolicy. */
export interface RoutePolicyConfiguration {
  readonly rescue: 'error' | 'continue' | 'restart' | 'auto' | 'buffer'
  readonly hedge: {
    readonly afterMs: number | null
    readonly maxShare: number
    readonly maxCostNanoUsd: number | null
  } | null
  readonly limitWait: 'last_resort' | 'preferred'
  readonly maxLimitWaitMs: number
  readonly fallbacks: { readonly contextLength: readonly string[]; readonly contentFilter: readonly string[] }
  readonly failoverStatuses: readonly number[]
}

export interface TimeoutConfiguration {
  readonly connectMs: number
  readonly headersMs: number
  readonly firstContentMs: number
  readonly idleMs: number
  /** Absent for no guard. */
  readonly throughput?: { readonly minTokensPerSecond: number; readonly windowMs: number }
}

export interface RateLimitConfiguration {
  readonly requestsPerWindow: number
  readonly windowMs: number
  readonly burstLimit: number
}

export interface RedisTlsConfiguration {
  /** Files in PEM; null for the public authorities, and for no certificate of one's own. */
  readonly caFile: string | null
  readonly certificate: { readonly file: string; readonly keyFile: string } | null
  /** Null: the host of the address. */
  readonly serverName: string | null
}

export interface RedisConfiguration {
  /** Without user and password. */
  readonly url: string
  /** Null where the connection is not encrypted. */
  readonly tls: RedisTlsConfiguration | null
  readonly username: string | null
  readonly password: Secret | null
  readonly prefix: string
  readonly timeoutMs: number
}

export interface SimulatorConfiguration {
  readonly seed: number
  /** Before the first token, and between tokens. */
  readonly firstTokenMs: number
  readonly tokenMs: number
}

/** A provider package of the AI SDK. */
export interface PackageConfiguration {
  readonly name: string
  /** The function that makes the provider; null for the only one. */
  readonly exportName: string | null
  readonly options: Readonly<Record<string, unknown>>
}

export interface HealthCheckConfiguration {
  readonly intervalMs: number
  /** Null: the first of the provider. */
  readonly model: string | null
  readonly maxPerHour: number
}

export interface ProviderConfiguration {
  readonly name: string
  readonly type: string
  readonly baseUrl: string | null
  readonly keys: readonly Secret[]
  /** Where a key was looked for and not found: names of variables. */
  readonly missingKeyVariables: readonly string[]
  /** null: those that it lists, else its well-known models. */
  readonly models: readonly string[] | null
  /** It may be asked for its models. */
  readonly discovery: boolean
  readonly enabled: boolean
  /** Lower is asked first. */
  readonly priority: number
  readonly timeouts: TimeoutConfiguration
  readonly maxRetries: number
  readonly maxConnections: number
  /** Any path of the provider may be asked for. */
  readonly passthrough: boolean
  /** Its files and batches may be used, where it has such. */
  readonly files: boolean
  /** Null: it is asked for nothing but what clients want. */
  readonly healthCheck: HealthCheckConfiguration | null
  readonly apiVersion: string | null
  readonly deployments: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
  readonly organization: string | null
  readonly project: string | null
  /** Where the provider has one address for each region. */
  readonly region: string | null
  readonly aws: AwsCredentials | null
  /** The largest context window that may be asked for; null: no limit. */
  readonly maxContext: number | null
  /** Of a Google Cloud project. */
  readonly location: string | null
  readonly google: GoogleCredentials
  /** Null where the type needs none. */
  readonly package: PackageConfiguration | null
  /** Model -> the model whose price it has, for deployments and fine-tuned names. */
  readonly baseModels: Readonly<Record<string, string>>
}

/** One mistake in a configuration, at its place. */
export interface Problem {
  readonly file: string
  /** From 1; null where the mistake is in the environment. */
  readonly line: number | null
  readonly column: number | null
  /** `providers[1].priorty` */
  readonly path: string
  readonly message: string
}
