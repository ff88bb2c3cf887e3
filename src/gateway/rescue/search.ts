// Asks those who may go on with a broken stream, one after the other: the healthy ones first, each in a lane of its own.

import type { Reply, StreamedReply, StreamTap, Target, UpstreamRequest } from '../../call.ts'
import { asGatewayError, GatewayError } from '../../errors.ts'
import { pause } from '../../lib/pause.ts'
import { patienceWith } from '../course.ts'
import type { Exchange } from '../exchange.ts'
import { billLeft, openLane, sendWithRemedies } from '../lane.ts'
import type { PlannedRequest } from '../request.ts'
import type { RoutePolicy } from '../route-policy.ts'
import { type BrokenAttempt, billBroken, spentWith } from './books.ts'
import { type Join, prepareJoin } from './join.ts'
import type { PartialAnswer } from './partial-answer.ts'

/** Who is not asked again for this request. */
export interface Spoilt {
  readonly targets: Set<Target>
  /** Those that may still answer anew. */
  readonly prefills: Set<Target>
}

export interface Rescue {
  readonly exchange: Exchange
  readonly request: PlannedRequest
  readonly policy: RoutePolicy
  readonly spoilt: Spoilt
  readonly attempt: BrokenAttempt
  readonly partial: PartialAnswer
}

export interface Found {
  readonly reply: StreamedReply
  readonly join: Join
  /** Of the lane in which it was asked. */
  readonly warnings: readonly string[]
}

export interface Search {
  readonly found: Promise<Found | null>
  /** The client has left: what is asked at this moment is written down. */
  abandon(): void
}

/** An upstream that limits again and again is not waited for again and again. */
const mostWaits = 2
/** Timers ring early by a fraction of a millisecond. */
const shortestWaitMs = 2

export function startSearch(rescue: Rescue, joins: readonly Join[]): Search {
  const { exchange, spoilt, policy } = rescue
  const { clock, health } = exchange.gateway
  /** When those that are limited can be asked again. */
  const limited = new Map<Target, number>()
  let open: OpenJoin | null = null
  let waits = 0
  let waitedMs = 0

  const mayAsk = ({ mode, plan: { target } }: Join): boolean =>
    !spoilt.targets.has(target) && !(mode === 'continue' && spoilt.prefills.has(target))

  async function askInTurn(): Promise<Found | null> {
    for (;;) {
      const join = chooseNext() ?? (await awaitLimited())
      if (join === null || isOver(exchange)) return null
      const outcome = await ask(join)
      if (!(outcome instanceof GatewayError)) return outcome
      if (outcome.code === 'upstream_diverged') return null
      spoil(join, outcome)
    }
  }

  function chooseNext(): Join | null {
    const left = joins.filter(join => mayAsk(join) && !limited.has(join.plan.target))
    return left.find(({ plan }) => !health.resting(plan.target)) ?? left[0] ?? null
  }

  /** The one whose limit ends first, once it has; null where that is too late. */
  async function awaitLimited(): Promise<Join | null> {
    const [first] = [...limited].toSorted(([, one], [, other]) => one - other)
    if (first === undefined || waits++ >= mostWaits) return null
    const [target, until] = first
    const waitMs = Math.max(0, until - clock.now()) + shortestWaitMs
    waitedMs += waitMs
    if (waitedMs > policy.maxLimitWaitMs || clock.now() + waitMs >= exchange.deadline) return null
    await pause(waitMs, clock, exchange.cancellation)
    limited.delete(target)
    return joins.find(join => join.plan.target === target && mayAsk(join)) ?? null
  }

  function spoil({ mode, plan: { target } }: Join, { code, retryAfterMs, entry }: GatewayError): void {
    if (code === 'upstream_rate_limited' && retryAfterMs !== null)
      limited.set(target, clock.now() + retryAfterMs)
    // A prefill that is refused says nothing of a fresh answer.
    else spoilt[mode === 'continue' && entry.retry === 'final' ? 'prefills' : 'targets'].add(target)
  }

  async function ask(join: Join): Promise<Found | GatewayError> {
    const { target } = join.plan
    const asked: OpenJoin = { target, lane: openLane(exchange), startedAt: clock.now(), tap: null }
    open = asked
    const alternatives = joins.some(
      other => other.plan.target !== target && mayAsk(other) && !health.resting(other.plan.target),
    )
    try {
      const reply = await send(rescue, join, { asked, alternatives })
      if (open === asked) close(exchange, asked)
      if (reply.kind !== 'stream') return new GatewayError('upstream_malformed')
      return { reply, join, warnings: asked.lane.page.warnings }
    } catch (thrown) {
      const failure = asGatewayError(thrown)
      if (open === asked) closeFailed(exchange, asked, failure)
      return failure
    } finally {
      open = null
    }
  }

  return {
    found: askInTurn(),
    abandon() {
      if (open !== null) closeLeft(exchange, open)
      open = null
    },
  }
}

interface OpenJoin {
  readonly target: Target
  readonly lane: Exchange
  readonly startedAt: number
  tap: StreamTap | null
}

export function isOver({ cancellation, deadline, gateway }: Exchange): boolean {
  return cancellation.cancelled || gateway.clock.now() >= deadline
}

function send(
  { exchange, request, attempt, partial }: Rescue,
  join: Join,
  { asked, alternatives }: { readonly asked: OpenJoin; readonly alternatives: boolean },
): Promise<Reply> {
  const { lane } = asked
  const spent = spentWith(exchange, attempt)
  const patienceMs = alternatives ? patienceWith(exchange) : undefined
  return sendWithRemedies(lane, join.plan.target, remedy => {
    const how = { alternatives, remedy, patienceMs }
    const made = prepareJoin(lane, { request, partial, spent, join, ...how })
    return made instanceof Promise ? made.then(ready => listen(ready, asked)) : listen(made, asked)
  })
}

function listen(request: UpstreamRequest, asked: OpenJoin): UpstreamRequest {
  const { reader } = request
  const openTap = (contentType?: string): StreamTap => {
    asked.tap = reader.openTap(contentType)
    return asked.tap
  }
  return { ...request, reader: { ...reader, openTap } }
}

/** Its attempts are attempts at the answer. */
function close({ attempts }: Exchange, { lane }: OpenJoin): void {
  for (const record of lane.attempts) attempts.push({ ...record, role: 'rescue' })
}

/** A fresh answer that went another way was produced all the same. */
function closeFailed(exchange: Exchange, asked: OpenJoin, { code }: GatewayError): void {
  const { target, lane, tap } = asked
  close(exchange, asked)
  if (code !== 'upstream_diverged' || tap === null || lane.attempts.length === 0) return
  billBroken(exchange, { target, facts: tap.facts, code, at: exchange.attempts.length - 1 })
}

function closeLeft(exchange: Exchange, asked: OpenJoin): void {
  const told =
    asked.lane.attempts.at(-1)?.code === 'client_disconnected' ? asked.lane.attempts.pop() : undefined
  close(exchange, asked)
  exchange.attempts.push({ ...billLeft(exchange, { ...asked, told }), role: 'rescue' })
}
