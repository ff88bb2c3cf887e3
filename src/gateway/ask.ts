// From a parsed request to the answer of a target: what it goes on from, who may answer, and each of them in turn.

import type { Reply } from '../call.ts'
import { attemptTargets } from './attempt.ts'
import type { Exchange } from './exchange.ts'
import { keepNeeded, type ParsedRequest, type PlannedRequest, planRoute, type Route } from './plan.ts'
import { prepareRequest } from './prepare.ts'
import { bufferWhole, rescueWhereBroken } from './rescue/rescue.ts'
import { recallHistory } from './responses/recall.ts'
import { rememberAnswer } from './responses/remember.ts'

/**
 * Not async, and neither is what it calls first: a function that waits holds what it was given, and the parsed prompt is
 * to be let go of before the upstream is asked.
 * @throws GatewayError at once where no target may be asked; the promise rejects where none answers
 */
export function askTargets(exchange: Exchange, parsed: ParsedRequest): Promise<Reply> {
  const recalled = recallHistory(exchange, parsed)
  if (recalled instanceof Promise) return recalled.then(request => planAndAsk(exchange, request))
  return planAndAsk(exchange, recalled)
}

function planAndAsk(exchange: Exchange, parsed: ParsedRequest): Promise<Reply> {
  const route = planRoute(exchange, parsed)
  return askInTurn(exchange, keepNeeded(exchange, parsed, route.plans), route)
}

async function askInTurn(exchange: Exchange, request: PlannedRequest, route: Route): Promise<Reply> {
  const { plans } = route
  const reply = await attemptTargets(exchange, plans, (plan, attempt) => {
    const made = prepareRequest(exchange, request, { ...plan, ...attempt })
    return made instanceof Promise ? made.then(each => bufferWhole(each, route)) : bufferWhole(made, route)
  })
  return rememberAnswer(exchange, { request, plans }, rescueWhereBroken(exchange, { request, route }, reply))
}
