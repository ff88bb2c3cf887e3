// The targets that a route keeps for prompts that are too long for the others, or that a content filter refused.

import { asGatewayError, type ErrorCode, type GatewayError } from '../errors.ts'
import type { FallbackDecision } from '../events.ts'
import { parseJsonBody } from '../formats/json-body.ts'
import type { Exchange } from './exchange.ts'
import { findAble, type Plan, type Route } from './plan.ts'
import { keepNeeded, type ParsedRequest, type PlannedRequest } from './request.ts'
import type { RoutePolicy } from './route-policy.ts'

export interface Fallback {
  readonly request: PlannedRequest
  readonly route: Route
  readonly decision: FallbackDecision
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
  const able = names
    .flatMap(name => plansOf(exchange, parsed, name))
    // The same prompt would be refused again.
    .filter(({ target }) => target.id !== exchange.page.target?.id)
  if (able.length === 0) return null
  const plans = healthyFirst(exchange, able)
  const ways = plans.map(({ way }) => way)
  const needed = readNeeded(exchange, parsed, { ways, traits: request.traits })
  if (needed === null) return null
  const candidates = plans.map(({ target }) => target.id)
  return {
    request: needed,
    route: { ...route, plans },
    decision: { after: failure.code, use: names, candidates },
  }
}

type Needs = Parameters<typeof keepNeeded>[2]

/** Null where the request cannot be said in the neutral form, which its own targets did not need. */
function readNeeded(exchange: Exchange, parsed: ParsedRequest, needs: Needs): PlannedRequest | null {
  try {
    return keepNeeded(exchange, parsed, needs)
  } catch (thrown) {
    exchange.page.warnings.push(`no fallback: ${asGatewayError(thrown).message}`)
    return null
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

/** Failures of a fallback that tell the caller more than why it was asked: it may come again, or the request is over. */
const telling: ReadonlySet<ErrorCode> = new Set([
  'client_disconnected',
  'deadline_exceeded',
  'upstream_rate_limited',
  'upstream_overloaded',
])

/** What the caller hears of where a fallback failed, too: the refusal, unless it is worth while to come again. */
export function refusalOrLimit(
  exchange: Exchange,
  refusal: GatewayError,
  failure: GatewayError,
): GatewayError {
  if (telling.has(failure.code)) return failure
  exchange.page.warnings.push(`the fallback failed: ${failure.code}`)
  refusal.attempts = exchange.attempts
  return refusal
}
