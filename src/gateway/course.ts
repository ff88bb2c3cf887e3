// The course of one request over its targets: who is asked next, what each failed with, who is waited for.

import type { UpstreamRequest } from '../call.ts'
import type { Conversation } from '../conversation/conversation.ts'
import { GatewayError } from '../errors.ts'
import type { EncodeContext, StreamEncoder, WireEvent } from '../formats/format.ts'
import type { Exchange } from './exchange.ts'
import { LimitWaits } from './limit-waits.ts'
import type { Plan } from './plan.ts'
import type { Remedy } from './remedy.ts'
import type { RoutePolicy } from './route-policy.ts'

export interface Attempt {
  /** Another target, not known to rest, follows this one. */
  readonly alternatives: boolean
  readonly remedy: Remedy
  /** See `UpstreamRequest.patienceMs`. */
  readonly patienceMs: number | undefined
}

/** How an answer is joined to what the client has read of another. */
export interface Joining {
  /** What is asked instead. */
  extend(conversation: Conversation): Conversation
  /** In place of the client's encoder. */
  openEncoder(context: EncodeContext<Conversation>, write: (event: WireEvent) => void): StreamEncoder
}

/** A target, the way there, and what it has refused already. */
export type RemediedPlan = Plan & Pick<Attempt, 'remedy'> & { readonly joining?: Joining }

/** Makes the request for one target. The exchange is that of the attempt: its page tells of nothing else. */
export type Prepare = (
  exchange: Exchange,
  plan: Plan,
  attempt: Attempt,
) => UpstreamRequest | Promise<UpstreamRequest>

/** Who may be asked, and how. */
export interface Asking {
  /** Best first. */
  readonly plans: readonly Plan[]
  readonly policy: RoutePolicy
  readonly prepare: Prepare
  /** Asking two targets at once does no more than asking one. */
  readonly repeatable: boolean
}

export interface Course {
  readonly exchange: Exchange
  readonly asking: Asking
  /** In the order in which they came. */
  readonly failures: Failed[]
  /** The place of the next target. */
  next: number
  /** Targets that said when they can be asked again; null as long as none did. */
  limits: LimitWaits<Plan> | null
}

export interface Failed {
  readonly plan: Plan
  readonly failure: GatewayError
}

/** Of the time that is left, what a silent target may use up where another one is healthy. */
const patientShare = 2 / 3
export function openCourse(exchange: Exchange, asking: Asking): Course {
  return { exchange, asking, failures: [], next: 0, limits: null }
}

/** How long a target may be silent where another one is healthy. */
export function patienceWith({ gateway, deadline }: Exchange): number {
  return Math.ceil((deadline - gateway.clock.now()) * patientShare)
}

/** The target to ask now; null where none is left. A promise only where one is waited for. */
export function chooseNext(course: Course): Plan | null | Promise<Plan | null> {
  const { policy } = course.asking
  const waitForLimit = (): Promise<Plan> | null => course.limits?.waitForFirst() ?? null
  if (policy.limitWait === 'last_resort') return nextUnasked(course) ?? waitForLimit()
  return waitForLimit() ?? nextUnasked(course)
}

function nextUnasked(course: Course): Plan | null {
  const { plans } = course.asking
  while (course.next < plans.length) {
    const plan = plans[course.next] as Plan
    course.next++
    if (!hasFailed(course, plan)) return plan
  }
  return null
}

function hasFailed({ failures }: Course, plan: Plan): boolean {
  for (const failed of failures) if (failed.plan === plan) return true
  return false
}

/** The first target in line beside this one that was not asked yet and is not known to rest. */
export function findAlternative(course: Course, plan: Plan): Plan | null {
  const { plans } = course.asking
  const { health } = course.exchange.gateway
  for (let index = course.next; index < plans.length; index++) {
    const other = plans[index] as Plan
    if (other !== plan && !health.resting(other.target)) return other
  }
  return null
}

/**
 * Keeps what a target failed with. Only one that was limited, or overloaded and not asked again, is ever come back to:
 * one that stayed silent, refused or broke would most likely do so again.
 * @param retried it was asked as often as it may be
 */
export function noteFailure(course: Course, { plan, failure }: Failed, retried: boolean): void {
  course.failures.push({ plan, failure })
  if (failure.retryAfterMs === null) return
  course.limits ??= new LimitWaits(course.exchange, course.asking.policy.maxLimitWaitMs)
  course.limits.note(plan, failure, retried)
}

/** The last failure holds for every target: the caller gets it. */
export function isDecided({ failures, asking }: Course): boolean {
  const last = failures.at(-1)
  return last !== undefined && isFinal(last.failure, asking.policy)
}

function isFinal(failure: GatewayError, { failoverStatuses }: RoutePolicy): boolean {
  // What one target cannot be asked, the next one may understand.
  if (failure.entry.retry !== 'final' || failure.code === 'unsupported_parameter') return false
  if (failure.code === 'context_length_exceeded' || failure.code === 'content_filter') return true
  return failure.upstreamStatus === null || !failoverStatuses.has(failure.upstreamStatus)
}

/**
 * The failure that says most to the caller: the one that no target can mend, a limit that will end, or the last one of
 * an upstream that was really asked. The wait it names is the shortest that any target asked for, because one of them
 * is enough.
 */
export function nameFailure(course: Course): GatewayError {
  const failures = course.failures.map(({ failure }) => failure)
  const last = failures.at(-1) ?? new GatewayError('no_provider')
  if (isDecided(course)) return last
  const limited = failures.findLast(({ code }) => code === 'upstream_rate_limited')
  const chosen = limited ?? failures.findLast(({ code }) => code !== 'circuit_open') ?? last
  const waits = failures.flatMap(failure => failure.retryAfterMs ?? [])
  if (waits.length === 0 || chosen.entry.retry === 'final') return chosen
  return chosen.retold({ retryAfterMs: Math.min(...waits) })
}
