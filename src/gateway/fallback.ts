// The targets that a route keeps for prompts that are too long for the others, or that a content filter refused.

import type { GatewayError } from '../errors.ts'
import { parseJsonBody } from '../formats/json-body.ts'
import type { Exchange } from './exchange.ts'
import { findAble, type Plan, type Route } from './plan.ts'
import { keepNeeded, type ParsedRequest, type PlannedRequest } from './request.ts'
import type { RoutePolicy } from './route-policy.ts'

export interface Fallback {
  readonly request: PlannedRequest
  readonly route: Route
}

export function hasFallbacks({ fallbacks }: RoutePolicy): boolean {
  return fallbacks.contextLength.length > 0 || fallbacks.contentFilter.length > 0
}

/** Who may still answer after this failure; null where the policy names nobody for it, or nobody who can. */
export function planFallback(
  exchange: Exchange,
  request: PlannedRequest,
  { route, failure }: { readonly route: Route; readonly failure: GatewayError },
): Fallback | null {
  const names = namesFor(failure, route.policy)
  if (names.length === 0) return null
  const parsed = readAgain(exchange, request)
  const plans = names
    .flatMap(name => plansOf(exchange, parsed, name))
    // The same prompt would be refused again.
    .filter(({ target }) => target.id !== exchange.page.target?.id)
  if (plans.length === 0) return null
  return {
    request: keepNeeded(exchange, parsed, { ways: plans.map(({ way }) => way), traits: request.traits }),
    route: { ...route, plans: healthyFirst(exchange, plans) },
  }
}

function namesFor({ code }: GatewayError, { fallbacks }: RoutePolicy): readonly string[] {
  if (code === 'context_length_exceeded') return fallbacks.contextLength
  return code === 'content_filter' ? fallbacks.contentFilter : []
}

/** The prompt was let go of: failures like these are rare, and its bytes are still there. */
function readAgain({ call }: Exchange, { bytes, form, facts, recalled }: PlannedRequest): ParsedRequest {
  const body = form === null ? parseJsonBody(bytes) : form.fields
  return { bytes, body, form, facts, address: call.address, ...(recalled !== null && { recalled }) }
}

function plansOf(exchange: Exchange, parsed: ParsedRequest, name: string): readonly Plan[] {
  try {
    const known = exchange.snapshot.resolve(name, exchange.call.endpoint.operation)
    return findAble(exchange, parsed, known).able
  } catch {
    // A name that leads nowhere must not hide why the request failed.
    return []
  }
}

function healthyFirst({ gateway }: Exchange, plans: readonly Plan[]): readonly Plan[] {
  const rests = ({ target }: Plan): number => Number(gateway.health.resting(target))
  return plans.toSorted((one, other) => rests(one) - rests(other))
}
