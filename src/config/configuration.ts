// What the program runs on: the file and the environment, checked, with defaults filled in. Immutable.
// Durations are milliseconds and sizes bytes, whatever unit the file uses.

import type { Secret } from '../lib/secret.ts'

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
  }
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

export interface TimeoutConfiguration {
  readonly connectMs: number
  readonly headersMs: number
  readonly firstContentMs: number
  readonly idleMs: number
}

export interface RateLimitConfiguration {
  readonly requestsPerWindow: number
  readonly windowMs: number
  readonly burstLimit: number
}

export interface RedisConfiguration {
  /** Without user and password. */
  readonly url: string
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

export interface ProviderConfiguration {
  readonly name: string
  readonly type: string
  readonly baseUrl: string | null
  readonly keys: readonly Secret[]
  /** Where a key was looked for and not found: names of variables. */
  readonly missingKeyVariables: readonly string[]
  /** null: the provider's well-known models. */
  readonly models: readonly string[] | null
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

/** Of an AWS account. */
export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: Secret
  readonly sessionToken: Secret | null
}

/** Of a Google Cloud account; neither for what the machine itself has. */
export interface GoogleCredentials {
  readonly credentialsFile: string | null
  /** What would stand in such a file: given in place of a key. */
  readonly credentialsText: Secret | null
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
