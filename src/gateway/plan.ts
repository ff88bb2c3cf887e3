// From a parsed request to the targets that may answer it, and to what has to be kept of it until one has.

import type { Target } from '../call.ts'
import type { Conversation } from '../conversation/conversation.ts'
import type { EmbeddingRequest } from '../conversation/embedding.ts'
import { mendHistory } from '../conversation/mend-history.ts'
import type { RerankRequest } from '../conversation/rerank.ts'
import { GatewayError } from '../errors.ts'
import type { RouteDecision } from '../events.ts'
import type { Form } from '../formats/form-body.ts'
import type { Address, Format, JsonObject, PassingEdits, RequestFacts } from '../formats/format.ts'
import { parseJsonBody } from '../formats/json-body.ts'
import { findFieldsAside, findOwnFields } from '../formats/shared/own-fields.ts'
import type { RouteFacts } from '../routing/index.ts'
import type { Exchange } from './exchange.ts'
import { refusedParameter } from './parameters.ts'
import type { Recalled } from './responses/recall.ts'
import type { RoutePolicy } from './route-policy.ts'
import { findWay, foreignTo, translationOf, type Way } from './way.ts'

/** A request of which the shape was checked. */
export interface ParsedRequest {
  readonly bytes: Buffer
  readonly body: JsonObject
  /** Null where the body is JSON. */
  readonly form: Form | null
  readonly facts: RequestFacts
  readonly address: Address
  /** What it goes on from, in formats whose servers remember; absent where it stands alone. */
  readonly recalled?: Recalled
}

/** A target and how the request gets there. */
export interface Plan {
  readonly target: Target
  readonly way: Way
}

/** Who may answer a request, best first, and how it is treated on the way. */
export interface Route {
  readonly plans: readonly Plan[]
  readonly policy: RoutePolicy
}

/** What is asked, in the neutral form, with the fields of the client's format that are left out on the way to another. */
export type Asked = { readonly dropped: readonly string[] } & (
  | { readonly kind: 'chat'; readonly conversation: Conversation }
  | { readonly kind: 'embedding'; readonly request: EmbeddingRequest }
  | { readonly kind: 'rerank'; readonly request: RerankRequest }
)

/** A request while it is tried: from this, each attempt makes its own. */
export interface PlannedRequest {
  readonly bytes: Buffer
  readonly form: Form | null
  /** The parsed parameters; the prompt is in the bytes alone. */
  readonly parameters: JsonObject
  readonly facts: RequestFacts
  /** Of the client's own bytes, before any target gets them. */
  readonly passing: PassingEdits
  /** For the first attempt that translates; null where every target speaks the client's format, and once it is used. */
  readonly asked: { first: Asked | null }
  readonly recalled: Recalled | null
}

/**
 * The route of a request: its targets in the order in which they are tried. A target whose provider would have to
 * ignore a parameter that changes the meaning is left out.
 * @throws GatewayError `model_not_found`, `no_provider`, or `unsupported_parameter` where no target is left
 */
export function planRoute(exchange: Exchange, request: ParsedRequest): Route {
  const { snapshot, call, page, startedWall } = exchange
  const facts = routeFacts(exchange, request)
  const { tenant, keyId } = page
  const asked = { facts, tenant, keyId, headers: call.headers, body: request.body, at: startedWall }
  const route = snapshot.chooseRoute(asked)
  const known = snapshot.resolve(route.model, call.endpoint.operation)
  const { able, filtered, refused } = findAble(exchange, request, known)
  if (able.length === 0) throw refuseAll(request, known, refused)
  const { order, ranking } = snapshot.rank(
    able.map(({ target }) => target),
    route,
    facts,
  )
  const ways = new Map(able.map(plan => [plan.target, plan]))
  const plans = originFirst(order, request).map(target => ways.get(target) as Plan)
  const candidates = plans.map(({ target }) => target.id)
  page.decision = { rule: route.rule, model: route.model, candidates, filtered, ...ranking }
  return { plans, policy: route.policy }
}

function routeFacts({ call }: Exchange, { facts }: ParsedRequest): RouteFacts {
  const { model, streaming, inputCharacters, fields } = facts
  const { operation } = call.endpoint
  const needs = { tools: fields.includes('tools'), vision: false, json: fields.includes('response_format') }
  return { model, operation, streaming, inputCharacters, needs }
}

export interface AblePlans {
  readonly able: readonly Plan[]
  readonly filtered: RouteDecision['filtered']
  /** The first parameter for which a target was left out. */
  readonly refused: string | null
}

/** Those that can be asked, and why the others cannot. */
export function findAble(exchange: Exchange, request: ParsedRequest, known: readonly Target[]): AblePlans {
  const { snapshot, call } = exchange
  const able: Plan[] = []
  const filtered: { target: string; reason: string }[] = []
  let refused: string | null = null
  for (const target of known) {
    const side = snapshot.providerOf(target)
    const way = findWay(call.endpoint, { side, model: target.model })
    if (way === null) {
      filtered.push({ target: target.id, reason: 'cannot be asked in this format' })
      continue
    }
    const field = way.direct
      ? refusedParameter(side.parameters, request)
      : untranslatable(exchange, request, way)
    if (field === null) able.push({ target, way })
    else filtered.push({ target: target.id, reason: `does not take \`${field}\`` })
    refused ??= field
  }
  return { able, filtered, refused }
}

/** The first field that the way's format cannot say and that changes the meaning; null where there is none. */
function untranslatable(
  { call }: Exchange,
  { body, recalled }: ParsedRequest,
  { operation, format }: Way,
): string | null {
  const rules = translationOf(call.endpoint.format, operation)?.ownFields
  if (rules === undefined) return null
  const { refused } = findOwnFields(recalled?.whole ?? body, rules)
  return foreignTo(translationOf(format, operation), refused)[0] ?? null
}

/** Who made what the request goes on from understands it best. */
function originFirst(targets: readonly Target[], { recalled }: ParsedRequest): readonly Target[] {
  const origin = targets.find(({ id }) => id === recalled?.origin)
  return origin === undefined ? targets : [origin, ...targets.filter(target => target !== origin)]
}

function refuseAll({ facts }: ParsedRequest, known: readonly Target[], refused: string | null): GatewayError {
  const names = [...new Set(known.map(target => target.connection.provider))].join(', ')
  if (refused === null) {
    const message = `${names} cannot be asked for \`${facts.model}\` in this format.`
    return new GatewayError('invalid_request', { message, param: 'model' })
  }
  return new GatewayError('unsupported_parameter', {
    message: `The parameter \`${refused}\` is not supported for \`${facts.model}\` by ${names}.`,
    param: refused,
  })
}

const noEdits: PassingEdits = { edits: {}, warnings: [] }

/**
 * What the attempts need of a request. Where every target takes the client's bytes, the parsed prompt is let go of
 * before the upstream is asked: it is young garbage then, where it would grow old waiting for the answer.
 */
export function keepNeeded(
  exchange: Exchange,
  request: ParsedRequest,
  plans: readonly Plan[],
): PlannedRequest {
  const { bytes, body, form, facts, recalled = null } = request
  const translated = plans.find(({ way }) => !way.direct)
  const passed = plans.some(({ way }) => way.direct)
  return {
    bytes,
    form,
    parameters: keepParameters(body, facts),
    facts,
    passing: (passed && exchange.call.endpoint.format.editsForPassing?.(body)) || noEdits,
    asked: {
      first: translated === undefined ? null : decode(exchange.call.endpoint.format, request, translated.way),
    },
    recalled,
  }
}

/** What is asked, read once more from the bytes: for what turns out to be needed only after a refusal. */
export function readAsked({ call }: Exchange, { bytes, recalled }: PlannedRequest, way: Way): Asked {
  const body = recalled?.whole ?? parseJsonBody(bytes)
  return decode(call.endpoint.format, { body, address: call.address }, way)
}

/** The prompt, by operation: most of a body, and no rule of a provider is about it. */
const promptFields: ReadonlySet<string> = new Set([
  'messages',
  'prompt',
  'input',
  'contents',
  'texts',
  'inputs',
  'images',
  'documents',
])

function keepParameters(body: JsonObject, { fields }: RequestFacts): JsonObject {
  const kept: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  for (const field of fields) if (!promptFields.has(field)) kept[field] = body[field]
  return kept
}

function decode(
  format: Format,
  { body: written, address, recalled }: Pick<ParsedRequest, 'body' | 'address' | 'recalled'>,
  { operation }: Way,
): Asked {
  const body = recalled?.whole ?? written
  const { name, chat, embedding, rerank } = format
  const rules = translationOf(format, operation)?.ownFields
  const dropped = rules === undefined ? [] : findOwnFields(body, rules).dropped
  if (operation === 'chat' && chat !== undefined) {
    const conversation = mendHistory(chat.decodeRequest(body, address))
    const aside = rules === undefined ? [] : findFieldsAside(conversation, name, rules).dropped
    return { kind: 'chat', conversation, dropped: [...dropped, ...aside] }
  }
  if (operation === 'embedding' && embedding !== undefined)
    return { kind: 'embedding', request: embedding.decodeRequest(body, address), dropped }
  if (operation === 'rerank' && rerank !== undefined)
    return { kind: 'rerank', request: rerank.decodeRequest(body, address), dropped }
  throw new Error(`${name} cannot be translated for ${operation}`)
}
