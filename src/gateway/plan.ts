// From a parsed request to the targets that may answer it, and to the bytes that each of them gets: the client's own,
// with nothing changed but the model's name, what the upstream needs to count tokens, and what the provider lacks.

import type { Target, UpstreamRequest } from '../call.ts'
import { GatewayError } from '../errors.ts'
import type { FieldEdits, JsonObject, RequestFacts } from '../formats/format.ts'
import { spliceTopLevel } from '../lib/json-splice.ts'
import type { ParameterRule } from '../providers/provider.ts'
import type { Exchange } from './exchange.ts'

export interface ParsedRequest {
  readonly bytes: Buffer
  /** The parsed parameters; the prompt is in the bytes alone. */
  readonly body: JsonObject
  readonly facts: RequestFacts
}

/** The prompt, by operation: most of a body, and no rule of a provider is about it. */
const promptFields: ReadonlySet<string> = new Set(['messages', 'prompt', 'input'])

/**
 * The body without its prompt. Once its shape is checked nobody reads that any more; let go of before the upstream is
 * asked, it is young garbage, where it would grow old waiting for the answer.
 */
export function keepParameters(body: JsonObject, { fields }: RequestFacts): JsonObject {
  const kept: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  for (const field of fields) if (!promptFields.has(field)) kept[field] = body[field]
  return kept
}

/** Headers of the client that mean something to an upstream; all others stay here. */
const passedHeaders = ['openai-beta', 'idempotency-key'] as const

/**
 * The targets in the order in which they are tried. A target whose provider would have to ignore a parameter that
 * changes the meaning is left out.
 * @throws GatewayError `model_not_found`, `no_provider`, or `unsupported_parameter` where no target is left
 */
export function planTargets(exchange: Exchange, request: ParsedRequest): readonly Target[] {
  const { facts } = request
  const { snapshot, call } = exchange
  const { operation } = call.endpoint
  const known = snapshot.resolve(facts.model, operation)
  const refusals = known.map(target => refusedField(snapshot.providerOf(target).parameters, request))
  const able = refusals.some(field => field !== null)
    ? known.filter((_, index) => refusals[index] === null)
    : known
  const refused = refusals.find(field => field !== null)
  if (able.length === 0 && refused !== undefined && refused !== null) {
    const names = [...new Set(known.map(target => target.connection.provider))].join(', ')
    throw new GatewayError('unsupported_parameter', {
      message: `The parameter \`${refused}\` is not supported for \`${facts.model}\` by ${names}.`,
      param: refused,
    })
  }
  const { model, streaming, inputCharacters } = facts
  return snapshot.order(able, { model, operation, streaming, inputCharacters })
}

/** Makes the request for one target from the original bytes. */
export function prepareRequest(
  exchange: Exchange,
  request: ParsedRequest,
  { target, alternatives }: { readonly target: Target; readonly alternatives: boolean },
): UpstreamRequest {
  const { call, snapshot } = exchange
  const { facts } = request
  const provider = snapshot.providerOf(target)
  exchange.page.warnings.length = 0
  const edits = {
    ...parameterEdits(provider.parameters, request, exchange.page.warnings),
    ...(facts.streaming && provider.streamUsage === 'ask'
      ? call.endpoint.format.editsForUsage(request.body)
      : {}),
    ...(target.model === facts.model ? {} : { model: JSON.stringify(target.model) }),
  }
  return {
    id: exchange.id,
    target,
    operation: call.endpoint.operation,
    streaming: facts.streaming,
    body: isEmpty(edits) ? request.bytes : spliceTopLevel(request.bytes, edits, facts.fields),
    clientHeaders: clientHeaders(exchange),
    key: null,
    reader: provider.reader(call.endpoint.operation, facts.wantsStreamUsage),
    cancellation: exchange.cancellation,
    deadline: exchange.deadline,
    attempts: exchange.attempts,
    alternatives,
  }
}

function refusedField(
  rules: Readonly<Record<string, ParameterRule>>,
  { facts, body }: ParsedRequest,
): string | null {
  const refused = facts.fields.find(field => ownRule(rules, field) === 'refuse' && !saysNothing(body[field]))
  return refused ?? null
}

/** A value with which a parameter is as good as absent: dropping it changes nothing. */
function saysNothing(value: unknown): boolean {
  if (value === null || value === false) return true
  return typeof value === 'object' && Object.keys(value).length === 0
}

function parameterEdits(
  rules: Readonly<Record<string, ParameterRule>>,
  { facts, body }: ParsedRequest,
  warnings: string[],
): FieldEdits {
  const edits: Record<string, string | null> = {}
  for (const field of facts.fields) {
    const rule = ownRule(rules, field)
    if (rule === undefined) continue
    edits[field] = null
    // What had to be refused was left out by planTargets; what is left says nothing.
    if (rule === 'refuse') continue
    if (rule === 'drop') {
      warnings.push(`dropped parameter ${field}`)
    } else if (!facts.fields.includes(rule.rename)) {
      edits[rule.rename] = JSON.stringify(body[field])
    }
  }
  return edits
}

/** Field names come from the client: `constructor` is not a rule. */
function ownRule(rules: Readonly<Record<string, ParameterRule>>, field: string): ParameterRule | undefined {
  return Object.hasOwn(rules, field) ? rules[field] : undefined
}

function clientHeaders({ call }: Exchange): readonly string[] {
  const passed: string[] = []
  for (const name of passedHeaders) {
    const value = call.headers[name]
    if (typeof value === 'string') passed.push(name, value)
  }
  return passed
}

function isEmpty(edits: FieldEdits): boolean {
  for (const _ in edits) return false
  return true
}
