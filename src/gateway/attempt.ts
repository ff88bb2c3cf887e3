// The only fallback loop: targets in their order, each with a body made anew from the client's bytes, until one
// answers. How one target is asked (keys, retries, breaker, timers) is the business of the layers below.

import type { Reply, UpstreamRequest } from '../call.ts'
import { asGatewayError, GatewayError } from '../errors.ts'
import type { Exchange } from './exchange.ts'
import type { Plan } from './plan.ts'
import { findRemedy, type Remedy } from './remedy.ts'

export interface Attempt {
  /** Other targets follow this one. */
  readonly alternatives: boolean
  readonly remedy: Remedy
}

/** A target, the way there, and what it has refused already. */
export type RemediedPlan = Plan & Pick<Attempt, 'remedy'>

/** Makes the request for one target. */
export type Prepare = (plan: Plan, attempt: Attempt) => UpstreamRequest | Promise<UpstreamRequest>

/** @throws GatewayError the failure that says most, with all attempts, where none answered */
export async function attemptTargets(
  exchange: Exchange,
  plans: readonly Plan[],
  prepare: Prepare,
): Promise<Reply> {
  const { clock } = exchange.gateway
  const began = clock.now()
  try {
    return await tryInTurn(exchange, plans, prepare)
  } catch (thrown) {
    const failure = asGatewayError(thrown)
    failure.attempts = exchange.attempts
    throw failure
  } finally {
    exchange.page.upstreamMs = clock.now() - began
  }
}

async function tryInTurn(exchange: Exchange, plans: readonly Plan[], prepare: Prepare): Promise<Reply> {
  const { clock } = exchange.gateway
  const failures: GatewayError[] = []
  for (const [index, plan] of plans.entries()) {
    if (exchange.cancellation.cancelled) throw new GatewayError('client_disconnected')
    if (clock.now() >= exchange.deadline) throw new GatewayError('deadline_exceeded')
    exchange.page.target = plan.target
    try {
      const alternatives = index < plans.length - 1
      return await askTarget(exchange, plan, remedy => prepare(plan, { alternatives, remedy }))
    } catch (thrown) {
      const failure = asGatewayError(thrown)
      failures.push(failure)
      // What one target cannot be asked, the next one may understand.
      if (failure.entry.retry === 'final' && failure.code !== 'unsupported_parameter') break
    }
  }
  throw nameFailure(failures)
}

/** Asks one target, again as long as its refusal names something that can be left out. */
async function askTarget(
  { gateway }: Exchange,
  { target }: Plan,
  prepare: (remedy: Remedy) => UpstreamRequest | Promise<UpstreamRequest>,
): Promise<Reply> {
  let remedy = gateway.lessons.of(target.id)
  for (;;) {
    try {
      const request = prepare(remedy)
      return await gateway.send(request instanceof Promise ? await request : request)
    } catch (thrown) {
      const next = findRemedy(asGatewayError(thrown), remedy)
      if (next === null) throw thrown
      gateway.lessons.learn(target.id, next)
      remedy = next
    }
  }
}

/**
 * The failure that says most to the caller: the last one of an upstream that was really asked. The wait it names is
 * the shortest that any target asked for, because one of them is enough.
 */
function nameFailure(failures: readonly GatewayError[]): GatewayError {
  const asked = failures.findLast(failure => failure.code !== 'circuit_open')
  const chosen = asked ?? failures.at(-1) ?? new GatewayError('no_provider')
  const waits = failures.flatMap(failure => failure.retryAfterMs ?? [])
  if (waits.length === 0 || chosen.entry.retry === 'final') return chosen
  return chosen.retold({ retryAfterMs: Math.min(...waits) })
}
