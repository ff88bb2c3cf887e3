// Rescues streams that break after their first content, as the policy of their route says: docs/streaming.md.

import type { Reply, StreamedReply, StreamTap, Target, UpstreamRequest } from '../../call.ts'
import { asGatewayError, GatewayError } from '../../errors.ts'
import { notRescued } from '../../events.ts'
import type { Exchange } from '../exchange.ts'
import type { Route } from '../plan.ts'
import { findRemedy } from '../remedy.ts'
import type { PlannedRequest } from '../request.ts'
import { type BrokenAttempt, billBroken, markBroken, markRescues, spentWith } from './books.ts'
import { BufferedTap } from './buffered-tap.ts'
import { type Join, planJoins, prepareJoin } from './join.ts'
import { type PartialAnswer, readPartialAnswer } from './partial-answer.ts'
import { type Broken, type Continuation, type FindContinuation, RescuedStream } from './rescued-stream.ts'

export interface Rescuable {
  readonly request: PlannedRequest
  readonly route: Route
}

/** The request, whose stream is held back until it is whole, where the policy wants that. */
export function bufferWhole(request: UpstreamRequest, { policy }: Route): UpstreamRequest {
  if (policy.rescue !== 'buffer' || !request.streaming || request.anyAnswer === true) return request
  const { reader } = request
  return {
    ...request,
    reader: { ...reader, openTap: contentType => new BufferedTap(reader.openTap(contentType)) },
  }
}

/** The reply, with which others go on where it breaks; itself where the policy wants nothing of the kind. */
export function rescueWhereBroken(exchange: Exchange, asked: Rescuable, reply: Reply): Reply {
  const { rescue } = asked.route.policy
  const { format } = exchange.call.endpoint
  if (rescue === 'error' || rescue === 'buffer') return reply
  if (reply.kind === 'full' || reply.unframed === true || format.chat === undefined) return reply
  const stream = new RescuedStream(reply, createFinder(exchange, asked))
  return {
    ...reply,
    stream,
    facts: stream.facts,
    fail: error => stream.reply.fail?.(error) ?? format.encodeStreamError(error, exchange.id),
  }
}

function createFinder(exchange: Exchange, { request, route }: Rescuable): FindContinuation {
  const { page } = exchange
  const spoilt: Spoilt = { targets: new Set(), prefills: new Set() }
  return async broken => {
    const { target, warnings } = page
    if (target === null) return null
    spoilt.targets.add(target)
    const attempt = brokenAttempt(exchange, target, broken)
    markBroken(exchange, attempt)
    const partial = readable(exchange, broken)
    if (partial === null) return null
    if (typeof partial === 'string') {
      warnings.push(`${notRescued}${partial}`)
      return null
    }
    const plans = route.plans.filter(plan => !spoilt.targets.has(plan.target))
    const rescue: Rescue = { exchange, request, spoilt, attempt, partial }
    const joins = planJoins(exchange, { request, plans, partial, policy: route.policy.rescue })
    const told = [...warnings]
    const found = await askInTurn(rescue, joins)
    const fresh = found === null ? [] : warnings.filter(warning => !told.includes(warning))
    warnings.splice(0, warnings.length, ...told, ...fresh)
    if (found === null) {
      if (!isOver(exchange))
        warnings.push(
          `${notRescued}${joins.length === 0 ? 'no other target can go on' : 'no other target went on'}`,
        )
      return null
    }
    billBroken(exchange, attempt)
    page.target = found.join.plan.target
    const note = `rescued: ${found.join.mode} from ${target.id} to ${page.target.id}`
    warnings.push(note)
    return { reply: found.reply, note: noteFor(exchange, note) } satisfies Continuation
  }
}

function brokenAttempt({ attempts }: Exchange, target: Target, { failure, facts }: Broken): BrokenAttempt {
  return { target, facts, code: failure.code, at: attempts.length - 1 }
}

/** @returns null where another target would do no better, or a reason to tell */
function readable(exchange: Exchange, { failure, sent }: Broken): PartialAnswer | string | null {
  const { framing, chat } = exchange.call.endpoint.format
  if (failure.entry.retry === 'final' || chat === undefined || isOver(exchange)) return null
  return sent === null ? 'the answer is too long' : readPartialAnswer(sent, { framing, chat })
}

function isOver({ cancellation, deadline, gateway }: Exchange): boolean {
  return cancellation.cancelled || gateway.clock.now() >= deadline
}

/** Who is not asked again for this request. */
interface Spoilt {
  readonly targets: Set<Target>
  /** Those that may still answer anew. */
  readonly prefills: Set<Target>
}

interface Rescue {
  readonly exchange: Exchange
  readonly request: PlannedRequest
  readonly spoilt: Spoilt
  readonly attempt: BrokenAttempt
  readonly partial: PartialAnswer
}

interface Found {
  readonly reply: StreamedReply
  readonly join: Join
}

async function askInTurn(rescue: Rescue, joins: readonly Join[]): Promise<Found | null> {
  const { exchange, spoilt } = rescue
  for (const [index, join] of joins.entries()) {
    if (isOver(exchange)) return null
    const { target } = join.plan
    if (spoilt.targets.has(target) || (join.mode === 'continue' && spoilt.prefills.has(target))) continue
    const alternatives = joins.slice(index + 1).some(({ plan }) => plan.target !== target)
    const reply = await askToJoin(rescue, join, alternatives)
    if (reply instanceof GatewayError) {
      if (reply.code === 'upstream_diverged') return null
      // A prefill that is refused says nothing of a fresh answer.
      const refused = join.mode === 'continue' && reply.entry.retry === 'final'
      spoilt[refused ? 'prefills' : 'targets'].add(target)
    } else return { reply, join }
  }
  return null
}

async function askToJoin(
  rescue: Rescue,
  join: Join,
  alternatives: boolean,
): Promise<StreamedReply | GatewayError> {
  const { exchange } = rescue
  const from = exchange.attempts.length
  const tapped: Tapped = { tap: null }
  try {
    const reply = await send(rescue, join, { alternatives, tapped })
    return reply.kind === 'stream' ? reply : new GatewayError('upstream_malformed')
  } catch (thrown) {
    const failure = asGatewayError(thrown)
    const at = exchange.attempts.length - 1
    if (failure.code === 'upstream_diverged' && tapped.tap !== null && at >= from)
      billBroken(exchange, { target: join.plan.target, facts: tapped.tap.facts, code: failure.code, at })
    return failure
  } finally {
    markRescues(exchange, from)
  }
}

interface Tapped {
  tap: StreamTap | null
}

/** Asks again as long as the refusal names something that can be left out. */
async function send(
  { exchange, request, attempt, partial }: Rescue,
  join: Join,
  { alternatives, tapped }: { readonly alternatives: boolean; readonly tapped: Tapped },
): Promise<Reply> {
  const { gateway } = exchange
  const { id } = join.plan.target
  const spent = spentWith(exchange, attempt)
  let remedy = gateway.lessons.of(id)
  for (;;) {
    try {
      const made = prepareJoin(exchange, { request, partial, spent, join, alternatives, remedy })
      const ready = made instanceof Promise ? await made : made
      return await gateway.send(listen(ready, tapped))
    } catch (thrown) {
      const next = findRemedy(asGatewayError(thrown), remedy)
      if (next === null) throw thrown
      gateway.lessons.learn(id, next)
      remedy = next
    }
  }
}

function listen(request: UpstreamRequest, tapped: Tapped): UpstreamRequest {
  const { reader } = request
  const openTap = (contentType?: string): StreamTap => {
    tapped.tap = reader.openTap(contentType)
    return tapped.tap
  }
  return { ...request, reader: { ...reader, openTap } }
}

/** A comment, which no client reads but people do. */
function noteFor({ call }: Exchange, note: string): Buffer {
  const isEventStream = call.endpoint.format.framing.contentType.startsWith('text/event-stream')
  return Buffer.from(isEventStream ? `: ${note.replace(/[^\x20-\x7e]/g, '?')}\n\n` : '')
}
