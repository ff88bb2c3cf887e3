// Asks those who may go on with a broken stream, one after the other: the healthy ones first, each in a lane of its own.

import type { Reply, StreamedReply, StreamTap, Target, UpstreamRequest } from '../../call.ts'
import { asGatewayError, GatewayError } from '../../errors.ts'
import { patienceWith } from '../course.ts'
import type { Exchange } from '../exchange.ts'
import { billLeft, openLane, sendWithRemedies } from '../lane.ts'
import { LimitWaits } from '../limit-waits.ts'
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

/** A class because a client may leave at any moment of it. */
export class Search {
  readonly #rescue: Rescue
  readonly #joins: readonly Join[]
  readonly #limits: LimitWaits<Target>
  /** Who is asked at this moment. */
  #open: OpenJoin | null = null

  constructor(rescue: Rescue, joins: readonly Join[]) {
    this.#rescue = rescue
    this.#joins = joins
    this.#limits = new LimitWaits(rescue.exchange, rescue.policy.maxLimitWaitMs)
  }

  /** @returns null where nobody goes on */
  async run(): Promise<Found | null> {
    const { exchange } = this.#rescue
    for (;;) {
      const join = this.#chooseNext() ?? (await this.#awaitLimited())
      if (join === null || isOver(exchange)) return null
      const outcome = await this.#ask(join)
      if (!(outcome instanceof GatewayError)) return outcome
      if (outcome.code === 'upstream_diverged') return null
      this.#spoil(join, outcome)
    }
  }

  /** The client has left: what is asked at this moment is written down. */
  abandon(): void {
    if (this.#open !== null) closeLeft(this.#rescue.exchange, this.#open)
    this.#open = null
  }

  #mayAsk({ mode, plan: { target } }: Join): boolean {
    const { targets, prefills } = this.#rescue.spoilt
    return !targets.has(target) && !(mode === 'continue' && prefills.has(target))
  }

  #rests({ plan }: Join): boolean {
    return this.#rescue.exchange.gateway.health.resting(plan.target)
  }

  #chooseNext(): Join | null {
    const left = this.#joins.filter(join => this.#mayAsk(join) && !this.#limits.has(join.plan.target))
    return left.find(join => !this.#rests(join)) ?? left[0] ?? null
  }

  /** The one whose limit ends first, once it has; null where that is too late. */
  async #awaitLimited(): Promise<Join | null> {
    const target = await this.#limits.waitForFirst()
    return this.#joins.find(join => join.plan.target === target && this.#mayAsk(join)) ?? null
  }

  #spoil({ mode, plan: { target } }: Join, failure: GatewayError): void {
    const { spoilt } = this.#rescue
    // Of a stream that has broken nobody waits for one that is overloaded.
    if (this.#limits.note(target, failure, true)) return
    // A prefill that is refused says nothing of a fresh answer.
    spoilt[mode === 'continue' && failure.entry.retry === 'final' ? 'prefills' : 'targets'].add(target)
  }

  async #ask(join: Join): Promise<Found | GatewayError> {
    const { exchange } = this.#rescue
    const { target } = join.plan
    const startedAt = exchange.gateway.clock.now()
    const asked: OpenJoin = { target, lane: openLane(exchange), startedAt, tap: null }
    const alternatives = this.#joins.some(
      other => other.plan.target !== target && this.#mayAsk(other) && !this.#rests(other),
    )
    this.#open = asked
    try {
      const reply = await send(this.#rescue, join, { asked, alternatives })
      if (this.#open === asked) close(exchange, asked)
      if (reply.kind !== 'stream') return new GatewayError('upstream_malformed')
      return { reply, join, warnings: asked.lane.page.warnings }
    } catch (thrown) {
      const failure = asGatewayError(thrown)
      if (this.#open === asked) closeFailed(exchange, asked, failure)
      return failure
    } finally {
      this.#open = null
    }
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
