// The only fallback loop: targets in their order, each with a body made anew from the client's bytes, until one
// answers. How one target is asked (keys, retries, breaker, timers) is the business of the layers below.

import type { Reply } from '../call.ts'
import { asGatewayError, GatewayError } from '../errors.ts'
import {
  type Asking,
  type Course,
  chooseNext,
  findAlternative,
  isDecided,
  nameFailure,
  noteFailure,
  openCourse,
  patienceWith,
} from './course.ts'
import type { Exchange } from './exchange.ts'
import { planHedge, raceTargets } from './hedge.ts'
import { sendWithRemedies } from './lane.ts'
import type { Plan } from './plan.ts'

/** @throws GatewayError the failure that says most, with all attempts, where none answered */
export async function attemptTargets(exchange: Exchange, asking: Asking): Promise<Reply> {
  const { clock } = exchange.gateway
  const began = clock.now()
  try {
    return await tryInTurn(openCourse(exchange, asking))
  } catch (thrown) {
    const failure = asGatewayError(thrown)
    failure.attempts = exchange.attempts
    throw failure
  } finally {
    exchange.page.upstreamMs += clock.now() - began
  }
}

async function tryInTurn(course: Course): Promise<Reply> {
  const { exchange } = course
  for (;;) {
    const chosen = isDecided(course) ? null : chooseNext(course)
    const plan = chosen instanceof Promise ? await chosen : chosen
    if (plan === null) throw nameFailure(course)
    refuseIfOver(exchange)
    const hedge = planHedge(course, plan)
    const reply = await (hedge === null
      ? askTarget(course, exchange, plan)
      : raceTargets(course, hedge, lane => askTarget(course, lane.exchange, lane.plan)))
    if (reply !== null) return reply
  }
}

function refuseIfOver({ gateway, cancellation, deadline }: Exchange): void {
  if (cancellation.cancelled) throw new GatewayError('client_disconnected')
  if (gateway.clock.now() >= deadline) throw new GatewayError('deadline_exceeded')
}

/**
 * Asks one target, again as long as its refusal names something that can be left out.
 * @returns null where it failed; the course knows with what
 */
async function askTarget(course: Course, exchange: Exchange, plan: Plan): Promise<Reply | null> {
  const { page } = exchange
  const { target } = plan
  page.target = target
  const alternatives = findAlternative(course, plan) !== null
  const patienceMs = alternatives ? patienceWith(exchange) : undefined
  try {
    return await sendWithRemedies(exchange, target, remedy =>
      course.asking.prepare(exchange, plan, { alternatives, remedy, patienceMs }),
    )
  } catch (thrown) {
    // It was left for another target that answered, or for a refusal that holds for both: nothing to tell.
    if (exchange.cancellation.cancelled && !course.exchange.cancellation.cancelled) return null
    noteFailure(course, { plan, failure: asGatewayError(thrown) }, !alternatives)
    return null
  }
}
