// The contract of a provider: a vendor as data. An OpenAI-compatible one is a page; index.ts has a line for each.

import type {
  AuthScheme,
  AwsCredentials,
  Destination,
  GoogleCredentials,
  Operation,
  RawSend,
} from '../call.ts'
import type { ErrorCode } from '../errors.ts'
import type { FieldEdits } from '../formats/format.ts'
import type { Quirks } from '../formats/quirks.ts'
import type { Secret } from '../lib/secret.ts'
import type { ModelListing } from './listing.ts'

/** What the configuration says of one provider, after defaults. Durations in milliseconds. */
export interface ProviderSettings {
  /** The configured name; the type's own name where the configuration gives none. */
  readonly name: string
  /** Overrides the provider's own; with a path, without a trailing slash. */
  readonly baseUrl: string | null
  readonly keys: readonly Secret[]
  /** `api-version` of Azure; null for its v1 surface and for everybody else. */
  readonly apiVersion: string | null
  /** Model -> deployment, for Azure. */
  readonly deployments: Readonly<Record<string, string>>
  /** Further fixed headers of the configuration. */
  readonly headers: Readonly<Record<string, string>>
  /** Organisation and project, where the provider knows them. */
  readonly organization: string | null
  readonly project: string | null
  /** Where the provider has one address for each region. */
  readonly region: string | null
  readonly aws: AwsCredentials | null
  /** The largest context window that may be asked for, where the request sets it; null for no limit. */
  readonly maxContext: number | null
  /** Of a Google Cloud project. */
  readonly location: string | null
  readonly google: GoogleCredentials
}

/**
 * What becomes of a parameter that a provider lacks: `refuse` where leaving it out would change the meaning
 * (the request fails with its name, or goes to another provider), `drop` where it is harmless (reported in
 * `x-llm-proxy-warnings`), the name under which this provider knows it, or the values that it knows, where others are
 * dropped.
 */
export type ParameterRule =
  | 'refuse'
  | 'drop'
  | { readonly rename: string }
  | { readonly values: readonly unknown[] }

/** An error of the provider that its status alone does not tell. First match wins. */
export interface ErrorRule {
  readonly status?: number
  /** Compared with the code or type in the body. */
  readonly upstreamCode?: string
  /** Tested against the message in the body. */
  readonly message?: RegExp
  readonly code: ErrorCode
}

export interface Provider {
  /** The key of the provider list and the `type` of the configuration: `groq`. */
  readonly type: string
  /** As people write it: `Groq`. */
  readonly title: string
  /** With a path, without a trailing slash; null where only the configuration can know it. */
  readonly baseUrl: string | null
  /** The end of a configured path that belongs to the paths of the operations: people write it where others want it. */
  readonly pathTail?: RegExp
  /** The address that follows from other settings, where none is configured. */
  baseUrlFor?(settings: ProviderSettings): string | null
  /** Environment variables that may hold the key, first found wins. Empty where no key is needed. */
  readonly keyVariables: readonly string[]
  /** Environment variables that may hold the base URL. */
  readonly baseUrlVariables?: readonly string[]
  /** Environment variables that may hold the region, first found wins. */
  readonly regionVariables?: readonly string[]
  /** Credentials of an AWS account may stand in place of a key. */
  readonly takesAwsCredentials?: boolean
  /** An account of Google Cloud may stand in place of a key: one in a file, or that of the machine. */
  readonly takesGoogleAccount?: boolean
  /** Works without a key: a server on one's own machine. */
  readonly keyOptional?: boolean
  /**
   * The wire formats by operation; an operation that is absent is not offered. A client that speaks one of them is
   * served in it; for all others the first is translated.
   */
  readonly formats: Readonly<Partial<Record<Operation, readonly string[]>>>
  /** Those of one model, where not every model has all of them; undefined for all. A choice among `formats`. */
  formatsFor?(operation: Operation, model: string): readonly string[] | undefined
  /** What has to change in every body of a format, beside the model. */
  editsFor?(destination: Destination): FieldEdits
  /** How this provider speaks those formats otherwise than their inventors. */
  readonly quirks?: Quirks
  /** Those that depend on the settings; they come on top. */
  quirksFor?(settings: ProviderSettings): Quirks
  /** Path and query below the base URL. */
  pathFor(destination: Destination, settings: ProviderSettings): string
  /** Whether it has files and batches in OpenAI's shape. */
  readonly relayed?: ReadonlyArray<'file' | 'batch'>
  /** Where these are below the base URL, for a path such as `/files/ID`; absent where that is the path itself. */
  relayPathFor?(path: string, settings: ProviderSettings): string
  /** Credentials and fixed headers, name and value in turn, lower case. */
  headersFor(key: Secret | null, settings: ProviderSettings): readonly string[]
  /** How requests are signed, or where their tokens come from, where the key in a header is not all. */
  authScheme?(settings: ProviderSettings): AuthScheme | null
  /** Whether `stream_options.include_usage` is asked for: `reject` where the server refuses or needs not the field. */
  readonly streamUsage: 'ask' | 'reject'
  readonly parameters: Readonly<Record<string, ParameterRule>>
  readonly errors: readonly ErrorRule[]
  /** How it lists its models; absent where it does not. */
  readonly listing?: ModelListing
  /** Model names served where neither the configuration nor a listing names any: the well-known ones. */
  readonly models: readonly string[]
  /** The provider of the price table, where it is not the type. */
  readonly priceProvider?: string
  /** Answers without a network; only the simulator. */
  readonly answer?: RawSend
}
