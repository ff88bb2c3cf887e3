// The vocabulary of failure: one class, one table. docs/errors.md is generated from the table.

/**
 * What may be done about a failure.
 * - `final`: the same request fails the same way everywhere; the caller gets the error.
 * - `next_target`: another deployment may answer; the same one will not.
 * - `retry`: the same deployment may answer when asked again, and so may another.
 */
export type RetryClass = 'final' | 'next_target' | 'retry'

/** Whether a failure speaks against the health of the deployment (`counts`) or says nothing of it (`neutral`). */
export type BreakerEffect = 'counts' | 'neutral'

export interface ErrorEntry {
  /** HTTP status of the answer to the client. */
  readonly status: number
  /** `type` of the error object in the client's format, in OpenAI's vocabulary. */
  readonly type: string
  readonly retry: RetryClass
  readonly breaker: BreakerEffect
  /** Default message, and the row of the reference page. */
  readonly message: string
  /** What its reader can do about it. */
  readonly advice: string
}

export const errorTable = {
  // The client's request.
  invalid_json: entry(
    400,
    'invalid_request_error',
    'The body is not valid JSON.',
    'Mend the body at the position named in the message.',
  ),
  invalid_request: entry(
    400,
    'invalid_request_error',
    'A field of the request is missing or has the wrong type.',
    'Mend the field named in `param`.',
  ),
  unsupported_parameter: entry(
    400,
    'invalid_request_error',
    'A parameter changes the meaning of the request, and no available provider of the model takes it.',
    'Leave the parameter named in `param` out, or choose a model whose provider takes it.',
  ),
  context_length_exceeded: entry(
    400,
    'invalid_request_error',
    "The prompt is longer than the model's context window.",
    'Shorten the conversation or choose a model with a larger window.',
  ),
  content_filter: entry(
    400,
    'invalid_request_error',
    "The provider's content filter refused the request.",
    'Change the prompt; the details are in the message.',
  ),
  missing_api_key: entry(
    401,
    'authentication_error',
    'No API key was sent.',
    'Send `Authorization: Bearer KEY`, `api-key: KEY`, or the configured header.',
  ),
  invalid_api_key: entry(
    401,
    'authentication_error',
    'The API key is not known here: send one of this gateway, not one of a provider.',
    'Send a key of this gateway, not one of a provider.',
  ),
  permission_denied: entry(
    403,
    'permission_error',
    'The API key may not do this.',
    'Use a key with the needed scope.',
  ),
  not_found: entry(
    404,
    'invalid_request_error',
    'There is nothing at this address.',
    'Compare the path with the API reference.',
  ),
  model_not_found: entry(
    404,
    'invalid_request_error',
    'No configured provider serves this model.',
    'Use one of the names in the message, or GET /v1/models.',
  ),
  method_not_allowed: entry(
    405,
    'invalid_request_error',
    'This address does not take this method.',
    'Use a method named in the `allow` header.',
  ),
  request_timeout: entry(
    408,
    'invalid_request_error',
    'The request did not arrive whole in time.',
    'Send the headers and the body without pauses.',
  ),
  body_too_large: entry(
    413,
    'invalid_request_error',
    'The body is larger than this gateway takes.',
    'Shorten it, or raise `server.max_body_mb`.',
  ),
  unsupported_media_type: entry(
    415,
    'invalid_request_error',
    'The body is in an encoding that is not taken.',
    'Send plain UTF-8 JSON, or a form where the operation takes one, without `content-encoding`.',
  ),
  rate_limit_exceeded: entry(
    429,
    'rate_limit_error',
    'The API key has used up its rate limit.',
    'Wait for `retry-after` seconds.',
  ),
  headers_too_large: entry(
    431,
    'invalid_request_error',
    'The headers are larger than this gateway takes.',
    'Send fewer or shorter headers.',
  ),
  client_disconnected: entry(
    499,
    'client_disconnected',
    'The client left before the answer was whole.',
    'Nothing: nobody reads this answer. It stands in the log and the ledger.',
  ),
  superseded: entry(
    499,
    'client_disconnected',
    'Another target that was asked at the same time answered first.',
    'Nothing: it is no failure of the request, and stands with its attempts alone.',
  ),

  // The upstream.
  upstream_invalid_request: entry(
    400,
    'invalid_request_error',
    'The provider refused the request.',
    "Read the provider's words in the message.",
  ),
  upstream_model_not_found: upstream(
    404,
    'invalid_request_error',
    'next_target',
    'neutral',
    'The provider does not serve this model any more.',
    'Choose another model, or correct the configured name.',
  ),
  upstream_rate_limited: upstream(
    429,
    'rate_limit_error',
    'next_target',
    'neutral',
    'The provider limits the rate of this key or model.',
    'Wait for `retry-after` seconds, or configure another deployment.',
  ),
  upstream_quota_exceeded: upstream(
    429,
    'insufficient_quota',
    'next_target',
    'neutral',
    'The account at the provider has no quota left.',
    'Top up the account, or configure another deployment.',
  ),
  upstream_authentication: upstream(
    502,
    'upstream_error',
    'next_target',
    'neutral',
    "The provider does not accept this gateway's key.",
    "Mend the provider's key in the configuration.",
  ),
  upstream_error: upstream(
    502,
    'upstream_error',
    'retry',
    'counts',
    'The provider failed.',
    'Try again; the attempts are listed in the error.',
  ),
  upstream_malformed: upstream(
    502,
    'upstream_error',
    'retry',
    'counts',
    'The provider answered something that is not its own format.',
    'Try again; if it lasts, look at `base_url` and the type of the provider.',
  ),
  upstream_truncated: upstream(
    502,
    'upstream_error',
    'retry',
    'counts',
    'The answer of the provider ended before its end.',
    'Try again; what had arrived was passed on.',
  ),
  upstream_unreachable: upstream(
    503,
    'upstream_error',
    'retry',
    'counts',
    'The provider cannot be reached.',
    'Look at `base_url`, at the network, and at the status page of the provider.',
  ),
  upstream_overloaded: upstream(
    503,
    'overloaded_error',
    'retry',
    'counts',
    'The provider is overloaded.',
    'Try again later, or configure another deployment.',
  ),
  upstream_busy: upstream(
    503,
    'overloaded_error',
    'next_target',
    'neutral',
    'All connections to the provider are in use.',
    'Raise `max_connections` of the provider, or configure another deployment.',
  ),
  upstream_timeout: upstream(
    504,
    'timeout_error',
    'next_target',
    'counts',
    'The provider was silent for too long.',
    'Raise the timer named in the message if the model is meant to be slow.',
  ),
  upstream_diverged: upstream(
    502,
    'upstream_error',
    'final',
    'neutral',
    'The answer of another provider did not begin with the text that was sent already.',
    'Nothing: it was asked to rescue a stream that had broken off, which ended with its own error.',
  ),

  // The gateway.
  circuit_open: upstream(
    503,
    'upstream_error',
    'next_target',
    'neutral',
    'The deployment failed too often and rests.',
    'Wait for `retry-after` seconds; it is tried again by itself.',
  ),
  no_provider: entry(
    503,
    'upstream_error',
    'The model is configured, but none of its providers can be used.',
    'The message says what each of them lacks, for example a key.',
  ),
  deadline_exceeded: entry(
    504,
    'timeout_error',
    'The total time for this request ran out.',
    'Raise `timeouts.total`, or configure faster deployments.',
  ),
  shutting_down: entry(
    503,
    'overloaded_error',
    'This gateway is shutting down.',
    'Send the request again: another instance, or this one after its restart, takes it.',
  ),
  storage_full: entry(
    503,
    'overloaded_error',
    'This gateway cannot write its ledger.',
    'Free space in the data directory.',
  ),
  internal_error: entry(
    500,
    'api_error',
    'The gateway made a mistake.',
    'Report it with the `x-request-id` of the answer.',
  ),
} satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof errorTable

/** One call of an upstream within a request, as it stands in the error body, the log and the ledger. */
export interface AttemptRecord {
  readonly provider: string
  readonly model: string
  /** HTTP status of the upstream; null where none arrived. */
  readonly status: number | null
  /** null where the attempt succeeded. */
  readonly code: ErrorCode | null
  /** Milliseconds from sending to the end of the attempt, or to its first content where it became the answer. */
  readonly durationMs: number
  /** Why it was made beside, or after, the one that should have sufficed; absent for that one and its retries. */
  readonly role?: 'hedge' | 'rescue'
  /** Events of its stream that were not of their format and were dropped; absent for none. */
  readonly malformedEvents?: number
  /** What it is billed for, where it did not become the answer; tokens are estimated, cost in nano US dollars. */
  readonly billed?: {
    readonly inputTokens: number
    readonly outputTokens: number
    readonly costNanoUsd: number | null
  }
}

export interface ErrorDetails {
  /** Replaces the default message of the table. Never holds a secret. */
  readonly message?: string
  /** The field, header or parameter at fault, as the client wrote it: `messages[2].role`. */
  readonly param?: string
  /** How long the client or the next attempt should wait, in milliseconds. */
  readonly retryAfterMs?: number
  readonly provider?: string
  /** HTTP status of the upstream. */
  readonly upstreamStatus?: number
  /** The code that the upstream gave, in its own vocabulary. */
  readonly upstreamCode?: string
  readonly cause?: unknown
}

type Retelling = { readonly code?: ErrorCode } & {
  readonly [Detail in Exclude<keyof ErrorDetails, 'cause'>]?: Exclude<ErrorDetails[Detail], undefined> | null
}

/** The only error that crosses a folder. Everything else is a bug and becomes `internal_error` at the door. */
export class GatewayError extends Error {
  readonly code: ErrorCode
  readonly param: string | null
  readonly retryAfterMs: number | null
  readonly provider: string | null
  readonly upstreamStatus: number | null
  readonly upstreamCode: string | null
  /** Every upstream call of the request, set once when the last one failed. */
  attempts: readonly AttemptRecord[] = []

  constructor(code: ErrorCode, details: ErrorDetails = {}) {
    super(
      details.message ?? errorTable[code].message,
      details.cause === undefined ? {} : { cause: details.cause },
    )
    this.name = 'GatewayError'
    this.code = code
    this.param = details.param ?? null
    this.retryAfterMs = details.retryAfterMs ?? null
    this.provider = details.provider ?? null
    this.upstreamStatus = details.upstreamStatus ?? null
    this.upstreamCode = details.upstreamCode ?? null
  }

  /** The same failure, told otherwise: what is not given stays, null takes it out. */
  retold({ code = this.code, ...changes }: Retelling): GatewayError {
    const { message, param, retryAfterMs, provider, upstreamStatus, upstreamCode } = this
    const told = { message, param, retryAfterMs, provider, upstreamStatus, upstreamCode, ...changes }
    const details = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== null))
    return new GatewayError(code, { ...details, cause: this })
  }

  get entry(): ErrorEntry {
    return errorTable[this.code]
  }
}

/** Whatever was thrown, as a GatewayError; a stranger becomes `internal_error` and keeps its cause for the log. */
export function asGatewayError(thrown: unknown): GatewayError {
  return thrown instanceof GatewayError ? thrown : new GatewayError('internal_error', { cause: thrown })
}

function entry(status: number, type: string, ...words: [message: string, advice: string]): ErrorEntry {
  return { status, type, retry: 'final', breaker: 'neutral', message: words[0], advice: words[1] }
}

function upstream(
  status: number,
  type: string,
  ...rest: [retry: RetryClass, breaker: BreakerEffect, message: string, advice: string]
): ErrorEntry {
  return { status, type, retry: rest[0], breaker: rest[1], message: rest[2], advice: rest[3] }
}
