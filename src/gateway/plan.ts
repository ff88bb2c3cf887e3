// From a parsed request to the targets that may answer it, in the order in which they are tried.

import type { Target } from '../call.ts'
import { GatewayError } from '../errors.ts'
import type { RouteDecision } from '../events.ts'
import { findOwnFields } from '../formats/shared/own-fields.ts'
import type { RouteFacts } from '../routing/index.ts'
import type { Exchange } from './exchange.ts'
import { refusedParameter, unsupportedParameter } from './parameters.ts'
import { type ParsedRequest, traitsOf } from './request.ts'
import type { RoutePolicy } from './route-policy.ts'
import { findWay, foreignTo, translationOf, type Way } from './way.ts'

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
  const { model, streaming } = facts
  return { model, operation: call.endpoint.operation, streaming, ...traitsOf(facts) }
}

interface AblePlans {
  readonly able: readonly Plan[]
  readonly filtered: RouteDecision['filtered']
  /** The first parameter for which a target was left out. */
  readonly refused: string | null
}

function findAble(exchange: Exchange, request: ParsedRequest, known: readonly Target[]): AblePlans {
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
      ? refusedParameter(side.parameters, { fields: request.facts.fields, body: request.body })
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
  return unsupportedParameter(refused, facts.model, names)
}
