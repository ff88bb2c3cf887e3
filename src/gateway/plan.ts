// From a parsed request to the targets that may answer it, in the order in which they are tried.

import type { RequestTraits, Target } from '../call.ts'
import { GatewayError } from '../errors.ts'
import type { RouteDecision } from '../events.ts'
import { findOwnFields } from '../formats/shared/own-fields.ts'
import { type ConversationName, findNeeds, readMaxTokens } from '../routing/rules/index.ts'
import type { Exchange } from './exchange.ts'
import { refusedParameter, unsupportedParameter } from './parameters.ts'
import type { ParsedRequest } from './request.ts'
import type { RoutePolicy } from './route-policy.ts'
import type { Shadow } from './shadow.ts'
import type { AskedRoute, ChosenRoute, RankedTargets, ShadowPolicy, Snapshot } from './snapshot.ts'
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
  readonly traits: RequestTraits
  /** See `RankedTargets`. */
  readonly conversation: ConversationName | null
  readonly shadow: Shadow | null
}

/** What of an exchange its route depends on. */
export interface Planning {
  readonly snapshot: Snapshot
  readonly startedWall: number
  readonly call: Pick<Exchange['call'], 'endpoint' | 'headers'>
  readonly page: Pick<Exchange['page'], 'tenant' | 'keyId'>
}

export interface Decided {
  readonly route: Route
  readonly decision: RouteDecision
}

/**
 * The route of a request: its targets in the order in which they are tried. A target whose provider would have to
 * ignore a parameter that changes the meaning is left out.
 * @throws GatewayError `model_not_found`, `no_provider`, or `unsupported_parameter` where no target is left
 */
export function planRoute(exchange: Exchange, request: ParsedRequest): Route {
  const { route, decision } = decideRoute(exchange, request)
  exchange.page.decision = decision
  if (route.plans.length > 1) exchange.snapshot.countRoute(decision.model)
  return route
}

/** The same, without a trace: what would be decided now. */
export function decideRoute(planning: Planning, request: ParsedRequest): Decided {
  const { snapshot } = planning
  const asked = askFor(planning, request)
  const chosen = snapshot.chooseRoute(asked)
  const known = resolveAll(planning, chosen)
  const { able, filtered, refused } = findAble(planning, request, known)
  if (able.length === 0) throw refuseAll(request, known, refused)
  const targets = able.map(({ target }) => target)
  const { order, ranking, conversation } = snapshot.rank(targets, chosen, asked)
  const tried = originFirst(order, request)
  const plans = able.length === 1 ? able : inOrder(able, tried)
  const { inputCharacters, needs } = asked.facts
  const facts = { inputCharacters, needs, maxTokens: readMaxTokens(request.body) }
  const { rule, policy, shadow } = chosen
  const copy = shadow === null ? null : planShadow(planning, request, shadow)
  return {
    route: {
      plans,
      policy,
      traits: asked.facts,
      conversation,
      shadow: copy === null ? null : { ...copy, decision: { ...copy.decision, rule, facts } },
    },
    decision: describe(chosen, rankedAs(tried, { order, ranking }), { tried, filtered, facts }),
  }
}

type Tried = Pick<RouteDecision, 'filtered'> &
  Pick<Required<RouteDecision>, 'facts'> & { readonly tried: readonly Target[] }

/** Field by field, as one is made for each request. */
function describe(
  { rule, model, split }: ChosenRoute,
  { strategy, seed, scores, propensity, affinity }: RankedTargets['ranking'],
  { tried, filtered, facts }: Tried,
): RouteDecision {
  const candidates = tried.map(({ id }) => id)
  const decision = {
    rule,
    model,
    strategy,
    seed,
    candidates,
    scores,
    propensity,
    filtered,
    split: split ?? null,
    facts,
  }
  return affinity === undefined ? decision : { ...decision, affinity }
}

function inOrder(plans: readonly Plan[], order: readonly Target[]): readonly Plan[] {
  const ways = new Map(plans.map(plan => [plan.target, plan]))
  return order.map(target => ways.get(target) as Plan)
}

/** The first target that can be asked; none is no failure of the request. */
function planShadow(planning: Planning, request: ParsedRequest, policy: ShadowPolicy): Shadow | null {
  const { snapshot, call } = planning
  try {
    const known = snapshot.resolve(policy.use, call.endpoint.operation)
    const [plan] = findAble(planning, request, known).able
    if (plan === undefined) return null
    const order = { seed: null, scores: null, propensity: null, filtered: [], candidates: [plan.target.id] }
    const decision = { rule: null, model: policy.use, strategy: 'priority', ...order, shadow: true }
    return { plan, policy, decision }
  } catch {
    return null
  }
}

/** What the rules may look at. */
export function askFor({ call, page, startedWall }: Planning, { facts, body }: ParsedRequest): AskedRoute {
  const { model, streaming, inputCharacters } = facts
  const { operation } = call.endpoint
  return {
    facts: { model, operation, streaming, inputCharacters, needs: findNeeds(body) },
    tenant: page.tenant,
    keyId: page.keyId,
    headers: call.headers,
    body,
    at: startedWall,
  }
}

/** Of several names, one that leads nowhere is passed over. */
function resolveAll({ snapshot, call }: Planning, { model, others }: ChosenRoute): readonly Target[] {
  const { operation } = call.endpoint
  if (others.length === 0) return snapshot.resolve(model, operation)
  const found = new Map<string, Target>()
  let failure: unknown = null
  for (const name of [model, ...others]) {
    try {
      for (const target of snapshot.resolve(name, operation).filter(({ id }) => !found.has(id)))
        found.set(target.id, target)
    } catch (thrown) {
      failure ??= thrown
    }
  }
  if (found.size === 0) throw failure
  return [...found.values()]
}

export interface AblePlans {
  readonly able: readonly Plan[]
  readonly filtered: RouteDecision['filtered']
  /** The first parameter for which a target was left out. */
  readonly refused: string | null
}

/** Those that can be asked, and why the others cannot. */
export function findAble(planning: Planning, request: ParsedRequest, known: readonly Target[]): AblePlans {
  const { snapshot, call } = planning
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
      : untranslatable(planning, request, way)
    if (field === null) able.push({ target, way })
    else filtered.push({ target: target.id, reason: `does not take \`${field}\`` })
    refused ??= field
  }
  return { able, filtered, refused }
}

/** The first field that the way's format cannot say and that changes the meaning; null where there is none. */
function untranslatable(
  { call }: Planning,
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
  if (recalled === undefined) return targets
  const origin = targets.find(({ id }) => id === recalled.origin)
  return origin === undefined ? targets : [origin, ...targets.filter(target => target !== origin)]
}

/** What the ranking says of the targets, in the order in which they are tried; the first was not chosen by it. */
export function rankedAs(
  tried: readonly Target[],
  { order, ranking }: Pick<RankedTargets, 'order' | 'ranking'>,
): RankedTargets['ranking'] {
  const { scores } = ranking
  if (tried[0] === order[0]) return ranking
  return {
    ...ranking,
    scores: scores === null ? null : tried.map(target => scores[order.indexOf(target)] ?? null),
    propensity: null,
  }
}

function refuseAll({ facts }: ParsedRequest, known: readonly Target[], refused: string | null): GatewayError {
  const names = [...new Set(known.map(target => target.connection.provider))].join(', ')
  if (refused === null) {
    const message = `${names} cannot be asked for \`${facts.model}\` in this format.`
    return new GatewayError('invalid_request', { message, param: 'model' })
  }
  return unsupportedParameter(refused, facts.model, names)
}
