// What the conditions of rules look at, made of a request when a condition asks for it and not before.

import type { IncomingHttpHeaders } from 'node:http'
import { isObject, type JsonObject } from '../../lib/json-value.ts'
import type { RouteFacts } from '../strategy.ts'
import { promptFields } from './prompt-fields.ts'

/** A request, as far as routes are chosen by it. */
export interface AskedRequest {
  readonly facts: RouteFacts
  readonly tenant: string
  readonly keyId: string | null
  readonly headers: IncomingHttpHeaders
  /** The parsed body. */
  readonly body: JsonObject
  /** Milliseconds since the epoch. */
  readonly at: number
}

export const metadataHeader = 'x-llm-proxy-metadata'

/** Of what strangers send: more is left out, so that no condition takes long. */
const maxEntries = 64
const charactersPerToken = 4

/** Headers that hold credentials: no condition sees them. */
const secretHeaders: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'api-key',
  'x-api-key',
  'x-goog-api-key',
  'x-amz-security-token',
])

/** Whole numbers are BigInt, as the language of the conditions has them. */
export class RequestVariables {
  readonly #asked: AskedRequest
  readonly #keyHeader: string
  #metadata: JsonObject | null = null
  #parameters: JsonObject | null = null
  #headers: JsonObject | null = null

  /** @param keyHeader holds keys of this gateway, lower case */
  constructor(asked: AskedRequest, keyHeader: string) {
    this.#asked = asked
    this.#keyHeader = keyHeader
  }

  get metadata(): JsonObject {
    this.#metadata ??= readMetadata(this.#asked)
    return this.#metadata
  }

  get tenant(): string {
    return this.#asked.tenant
  }

  get key(): string {
    return this.#asked.keyId ?? ''
  }

  get model(): string {
    return this.#asked.facts.model
  }

  get operation(): string {
    return this.#asked.facts.operation
  }

  get streaming(): boolean {
    return this.#asked.facts.streaming
  }

  get input_tokens(): bigint {
    return BigInt(Math.ceil(this.#asked.facts.inputCharacters / charactersPerToken))
  }

  get max_tokens(): bigint {
    return BigInt(Math.trunc(readMaxTokens(this.#asked.body) ?? 0))
  }

  get parameters(): JsonObject {
    this.#parameters ??= readParameters(this.#asked.body)
    return this.#parameters
  }

  get needs(): Readonly<Record<string, boolean>> {
    const { tools, vision, json, reasoning = false } = this.#asked.facts.needs
    return { tools, vision, json, reasoning }
  }

  get headers(): JsonObject {
    this.#headers ??= this.#readHeaders()
    return this.#headers
  }

  get hour(): bigint {
    return BigInt(this.now.getUTCHours())
  }

  /** 0 is Sunday, as in `now.getDayOfWeek()`. */
  get weekday(): bigint {
    return BigInt(this.now.getUTCDay())
  }

  get now(): Date {
    return new Date(this.#asked.at)
  }

  get user(): string {
    const { user } = this.#asked.body
    if (typeof user === 'string') return user
    const named = this.metadata['user_id']
    return typeof named === 'string' ? named : ''
  }

  #readHeaders(): JsonObject {
    const seen = emptyTable()
    for (const [name, value] of Object.entries(this.#asked.headers))
      if (value !== undefined && !secretHeaders.has(name) && name !== this.#keyHeader)
        seen[name] = Array.isArray(value) ? value.join(', ') : value
    return seen
  }
}

/** Fields of the body, and above them those of the header: a JSON object, or `name=value, name=value`. */
function readMetadata({ body, headers }: AskedRequest): JsonObject {
  const table = emptyTable()
  const { metadata, requestMetadata } = body
  for (const source of [requestMetadata, metadata, parseMetadata(headers[metadataHeader])])
    if (isObject(source))
      for (const [name, value] of Object.entries(source).slice(0, maxEntries)) table[name] = value
  return table
}

function parseMetadata(header: string | readonly string[] | undefined): JsonObject | null {
  if (typeof header !== 'string') return null
  if (!header.trimStart().startsWith('{')) return parsePairs(header)
  try {
    const value: unknown = JSON.parse(header)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

function parsePairs(header: string): JsonObject {
  const table = emptyTable()
  for (const pair of header.split(',')) {
    const equals = pair.indexOf('=')
    if (equals > 0) table[pair.slice(0, equals).trim()] = pair.slice(equals + 1).trim()
  }
  return table
}

function readParameters(body: JsonObject): JsonObject {
  const table = emptyTable()
  for (const name of Object.keys(body)) if (!promptFields.has(name)) table[name] = body[name]
  return table
}

/** How formats call the bound of an answer; at the top, or one level down. */
export function readMaxTokens(body: JsonObject): number | null {
  const { generationConfig, inferenceConfig, options } = body
  const candidates = [
    body['max_completion_tokens'],
    body['max_tokens'],
    body['max_output_tokens'],
    isObject(generationConfig) ? generationConfig['maxOutputTokens'] : null,
    isObject(inferenceConfig) ? inferenceConfig['maxTokens'] : null,
    isObject(options) ? options['num_predict'] : null,
  ]
  const found = candidates.find(value => typeof value === 'number' && Number.isFinite(value))
  return typeof found === 'number' ? found : null
}

function emptyTable(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>
}
