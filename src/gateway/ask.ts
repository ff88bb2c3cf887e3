// From a parsed request to the answer of a target: what it goes on from, who may answer, and each of them in turn.

import type { Reply } from '../call.ts'
import { asGatewayError, type GatewayError } from '../errors.ts'
import type { Alarm } from '../lib/alarms.ts'
import { attemptTargets } from './attempt.ts'
import type { Asking } from './course.ts'
import { deliverFull, deliverStream, keepWaitingClientAlive } from './deliver.ts'
import type { Exchange } from './exchange.ts'
import { type Fallback, hasFallbacks, planFallback, refusalOrLimit } from './fallback.ts'
import { isRepeatable } from './hedge.ts'
import { lookUpConversation } from './look-up.ts'
import { planRoute, type Route } from './plan.ts'
import { prepareRequest } from './prepare.ts'
import { keepNeeded, type ParsedRequest, type PlannedRequest } from './request.ts'
import { bufferWhole, rescueWhereBroken } from './rescue/rescue.ts'
import { recallHistory } from './responses/recall.ts'
import { rememberAnswer } from './responses/remember.ts'

/** The answer of the first target that has one. Not async, so that nobody holds the parsed prompt while it is awaited. */
export function answerFromTargets(exchange: Exchange, parsed: ParsedRequest): Promise<void> {
  const { streaming } = parsed.facts
  const replying = askTargets(exchange, parsed)
  return deliver(exchange, replying, streaming ? keepWaitingClientAlive(exchange) : null)
}

async function deliver(exchange: Exchange, replying: Promise<Reply>, waiting: Alarm | null): Promise<void> {
  try {
    const reply = await replying
    if (reply.kind === 'stream') deliverStream(exchange, reply)
    else deliverFull(exchange, reply)
  } finally {
    waiting?.close()
  }
}

/**
 * Not async, and neither is what it calls first: a function that waits holds what it was given, and the parsed prompt is
 * to be let go of before the upstream is asked.
 * @throws GatewayError at once where no target may be asked; the promise rejects where none answers
 */
export function askTargets(exchange: Exchange, parsed: ParsedRequest): Promise<Reply> {
  const recalled = recallHistory(exchange, parsed)
  if (recalled instanceof Promise) return recalled.then(request => findAndAsk(exchange, request))
  return findAndAsk(exchange, recalled)
}

/** Another instance may know where the conversation is: asked for once, before the route is planned. */
function findAndAsk(exchange: Exchange, parsed: ParsedRequest): Promise<Reply> {
  const found = lookUpConversation(exchange, parsed)
  return found === null ? planAndAsk(exchange, parsed) : found.then(() => planAndAsk(exchange, parsed))
}

function planAndAsk(exchange: Exchange, parsed: ParsedRequest): Promise<Reply> {
  const route = planRoute(exchange, parsed)
  const ways = route.plans.map(({ way }) => way)
  return askInTurn(exchange, keepNeeded(exchange, parsed, { ways, traits: route.traits }), route)
}

/** One promise less where the route has nobody else to ask, as most have not. */
function askInTurn(exchange: Exchange, request: PlannedRequest, route: Route): Promise<Reply> {
  const answering = askRoute(exchange, request, route)
  if (!hasFallbacks(route.policy)) return answering
  return answering.catch((thrown: unknown) => {
    const refusal = asGatewayError(thrown)
    const fallback = planFallback(exchange, request, { route, failure: refusal })
    if (fallback === null) throw refusal
    return askFallback(exchange, fallback, refusal)
  })
}

/** Where it fails as well, the row tells of it, and of the target whose refusal the caller gets. */
async function askFallback(exchange: Exchange, fallback: Fallback, refusal: GatewayError): Promise<Reply> {
  const { page } = exchange
  const { target, decision } = page
  if (decision !== null) page.decision = { ...decision, fallback: fallback.decision }
  try {
    return await askRoute(exchange, fallback.request, fallback.route)
  } catch (thrown) {
    const told = refusalOrLimit(exchange, refusal, asGatewayError(thrown))
    if (told === refusal) page.target = target
    throw told
  }
}

async function askRoute(exchange: Exchange, request: PlannedRequest, route: Route): Promise<Reply> {
  const { plans, conversation, shadow } = route
  const reply = await attemptTargets(exchange, askingOf(exchange, request, route))
  const { target } = exchange.page
  if (shadow !== null) exchange.gateway.shadows?.start(exchange, request, shadow)
  if (conversation !== null && target !== null) exchange.snapshot.keepConversation(conversation, target.id)
  return rememberAnswer(exchange, { request, plans }, rescueWhereBroken(exchange, { request, route }, reply))
}

function askingOf(exchange: Exchange, request: PlannedRequest, route: Route): Asking {
  const { plans, policy } = route
  return {
    plans,
    policy,
    repeatable: policy.hedge !== null && isRepeatable(exchange, request),
    prepare(lane, plan, attempt) {
      const made = prepareRequest(lane, request, { ...attempt, target: plan.target, way: plan.way })
      return made instanceof Promise ? made.then(each => bufferWhole(each, route)) : bufferWhole(made, route)
    },
  }
}
