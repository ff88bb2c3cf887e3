// What would become of a request, and why, without sending anything.

import type { Target } from '../call.ts'
import type { Endpoint } from '../endpoints/endpoint.ts'
import { GatewayError } from '../errors.ts'
import type { RouteDecision } from '../events.ts'
import { isObject, type JsonObject } from '../lib/json-value.ts'
import type { RouteFacts, TargetStats } from '../routing/index.ts'
import { askFor, decideRoute, type Planning, type Route } from './plan.ts'
import type { RoutePolicy } from './route-policy.ts'
import type { Snapshot } from './snapshot.ts'

export interface ExplainDeps {
  readonly snapshot: Snapshot
  readonly endpoints: readonly Endpoint[]
  readonly stats: TargetStats
  /** Asking the target now would most likely be in vain. */
  readonly rests: (target: Target) => boolean
  /** Milliseconds since the epoch. */
  readonly now: number
  /** What the request will probably cost, in nano US dollars; null: unpriced. */
  expectedCost(target: Target, facts: RouteFacts): number | null
}

const fields = [
  'endpoint',
  'format',
  'model',
  'request',
  'headers',
  'metadata',
  'tenant',
  'key',
  'at',
] as const
type Question = Readonly<Partial<Record<(typeof fields)[number], unknown>>>

/** @throws GatewayError `invalid_request` naming the field, or what the request itself would be refused with */
export function explainRoute(body: unknown, deps: ExplainDeps): object {
  const question = readQuestion(body)
  const endpoint = findEndpoint(question, deps.endpoints)
  const address = { model: optionalText(question, 'model'), streaming: endpoint.streaming ?? null }
  const request = requestOf(question)
  const { model } = address
  const named = model === null || !endpoint.format.modelInBody ? request : { ...request, model }
  const facts = endpoint.format.checkRequest(named, address)
  const planning: Planning = {
    snapshot: deps.snapshot,
    startedWall: readTime(question, deps.now),
    call: { endpoint, headers: headersOf(question) },
    page: {
      tenant: optionalText(question, 'tenant') ?? '',
      keyId: optionalText(question, 'key'),
    },
  }
  const parsed = { bytes: Buffer.alloc(0), body: named, form: null, facts, address }
  const asked = askFor(planning, parsed)
  const { route, decision } = decideRoute(planning, parsed)
  return {
    endpoint: endpoint.route,
    operation: endpoint.operation,
    model_asked: facts.model,
    config_version: deps.snapshot.version,
    facts: {
      input_characters: facts.inputCharacters,
      streaming: facts.streaming,
      needs: asked.facts.needs,
      max_tokens: decision.facts?.maxTokens ?? null,
    },
    rule: decision.rule,
    rules: deps.snapshot.explainRules(asked).map(({ rule, misfit }) => ({
      name: rule,
      matched: misfit === null,
      reason: misfit,
    })),
    model: decision.model,
    split: decision.split ?? null,
    strategy: decision.strategy,
    seed: decision.seed,
    propensity: decision.propensity,
    affinity: decision.affinity === true,
    candidates: describeCandidates(route, decision, { ...deps, facts: asked.facts }),
    filtered: decision.filtered,
    policy: describePolicy(route.policy),
    shadow: route.shadow?.plan.target.id ?? null,
  }
}

function describeCandidates(
  { plans, policy }: Route,
  { scores }: RouteDecision,
  {
    stats,
    rests,
    facts,
    expectedCost,
  }: Pick<ExplainDeps, 'stats' | 'rests' | 'expectedCost'> & { readonly facts: RouteFacts },
): readonly object[] {
  const reasonToAskLast = (target: Target): string | null => {
    if (stats.breakerOpen(target.id)) return 'it has failed and rests'
    return policy.limitWait !== 'preferred' && rests(target) ? 'its keys rest' : null
  }
  return plans.map(({ target, way }, index) => {
    const cost = expectedCost(target, facts)
    return {
      target: target.id,
      provider: target.connection.provider,
      model: target.model,
      format: way.format.name,
      translated: !way.direct,
      score: scores?.[index] ?? null,
      expected_cost_usd: cost === null ? null : cost / 1e9,
      breaker_open: stats.breakerOpen(target.id),
      asked_last: plans.length > 1 ? reasonToAskLast(target) : null,
      limited: stats.limited?.(target.id) ?? false,
      in_flight: stats.inFlight(target.id),
      first_content_ms: stats.firstContentMs(target.id, facts.streaming),
    }
  })
}

function describePolicy(policy: RoutePolicy): object {
  const { hedge, fallbacks } = policy
  return {
    rescue: policy.rescue,
    hedge:
      hedge === null
        ? null
        : {
            after_ms: hedge.afterMs,
            max_share: hedge.maxShare,
            max_cost_usd: hedge.maxCostNanoUsd === null ? null : hedge.maxCostNanoUsd / 1e9,
          },
    limit_wait: policy.limitWait,
    max_limit_wait_ms: policy.maxLimitWaitMs,
    fallbacks: { context_length: fallbacks.contextLength, content_filter: fallbacks.contentFilter },
    failover_statuses: [...policy.failoverStatuses],
  }
}

function readQuestion(body: unknown): Question {
  if (!isObject(body)) return refuse(null, 'The body must be a JSON object with `request`.')
  const unknown = Object.keys(body).find(name => !(fields as readonly string[]).includes(name))
  if (unknown !== undefined)
    return refuse(unknown, `\`${unknown}\` is not known here; the fields are ${fields.join(', ')}.`)
  return body
}

function findEndpoint(question: Question, endpoints: readonly Endpoint[]): Endpoint {
  const route = optionalText(question, 'endpoint')
  const format = optionalText(question, 'format')
  if (route !== null) {
    const found = endpoints.find(endpoint => endpoint.route === route)
    return found ?? refuse('endpoint', `There is no endpoint \`${route}\`.`)
  }
  const wanted = format ?? 'openai-chat'
  const found = endpoints.find(endpoint => endpoint.format.name === wanted)
  if (found !== undefined) return found
  const names = [...new Set(endpoints.map(endpoint => endpoint.format.name))].join(', ')
  return refuse('format', `There is no format \`${wanted}\`; the formats are ${names}.`)
}

function requestOf({ request, metadata }: Question): JsonObject {
  if (!isObject(request)) return refuse('request', '`request` must be the body of a request, as an object.')
  if (metadata === undefined) return request
  if (!isObject(metadata)) return refuse('metadata', '`metadata` must be an object.')
  const own = request['metadata']
  return { ...request, metadata: { ...(isObject(own) ? own : {}), ...metadata } }
}

function headersOf({ headers = {} }: Question): Record<string, string> {
  if (!isObject(headers)) return refuse('headers', '`headers` must be an object of texts.')
  const lower: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value !== 'string') return refuse(`headers.${name}`, `\`headers.${name}\` must be a text.`)
    lower[name.toLowerCase()] = value
  }
  return lower
}

function readTime({ at }: Question, now: number): number {
  if (at === undefined) return now
  const time = typeof at === 'string' ? Date.parse(at) : Number.NaN
  return Number.isNaN(time) ? refuse('at', '`at` must be a time such as `2026-01-31T12:00:00Z`.') : time
}

function optionalText(question: Question, name: (typeof fields)[number]): string | null {
  const value = question[name]
  if (value === undefined || value === null) return null
  return typeof value === 'string' ? value : refuse(name, `\`${name}\` must be a text.`)
}

function refuse(param: string | null, message: string): never {
  throw new GatewayError('invalid_request', param === null ? { message } : { message, param })
}
