// Rescues streams that break after their first content, as the policy of their route says: docs/streaming.md.

import type { Reply, Target, UpstreamRequest } from '../../call.ts'
import { asGatewayError } from '../../errors.ts'
import { notRescued } from '../../events.ts'
import type { Exchange } from '../exchange.ts'
import type { Route } from '../plan.ts'
import type { PlannedRequest } from '../request.ts'
import { type BrokenAttempt, billBroken, countSent, markBroken } from './books.ts'
import { BufferedTap } from './buffered-tap.ts'
import { planJoins } from './join.ts'
import { type PartialAnswer, readPartialAnswer } from './partial-answer.ts'
import { type Broken, type Continuation, type Finder, RescuedStream } from './rescued-stream.ts'
import { isOver, Search, type Spoilt } from './search.ts'

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

function createFinder(exchange: Exchange, { request, route }: Rescuable): Finder {
  const { page } = exchange
  const { policy, conversation } = route
  const spoilt: Spoilt = { targets: new Set(), prefills: new Set() }
  let search: Search | null = null
  /** What the answer had when the attempt began that goes on with it: none where it began anew. */
  let before = 0

  async function find(broken: Broken): Promise<Continuation | null> {
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
    const tokensSent = countSent(exchange, partial, { before, facts: broken.facts })
    const joins = planJoins(exchange, { request, plans, partial, tokensSent, policy: policy.rescue })
    search = new Search({ exchange, request, policy, spoilt, attempt, partial }, joins)
    const found = await search.run()
    if (found === null && isOver(exchange)) return null
    if (found === null) {
      const reason = joins.length === 0 ? 'no other target can go on' : 'no other target went on'
      warnings.push(`${notRescued}${reason}`)
      return null
    }
    billBroken(exchange, attempt)
    before = found.join.mode === 'continue' ? tokensSent : 0
    page.target = found.join.plan.target
    // The conversation goes on where its answer was finished.
    if (conversation !== null) exchange.snapshot.keepConversation(conversation, page.target.id)
    const note = `rescued: ${found.join.mode} from ${target.id} to ${page.target.id}`
    warnings.push(...found.warnings.filter(warning => !warnings.includes(warning)), note)
    return { reply: found.reply, note: noteFor(exchange, note) }
  }

  return {
    find: broken => find(broken).catch((thrown: unknown) => tellMistake(exchange, thrown)),
    abandon: () => search?.abandon(),
  }
}

/** Whatever a search fails with, the client hears of the failure that was there before. */
function tellMistake({ id, page, gateway }: Exchange, thrown: unknown): null {
  const { code, message } = asGatewayError(thrown)
  page.warnings.push(`${notRescued}${message}`)
  if (code === 'internal_error') {
    const reason = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
    gateway.observe({
      type: 'notice',
      level: 'error',
      message: 'a rescue has failed',
      detail: { id, reason },
    })
  }
  return null
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

/** A comment, which no client reads but people do. */
function noteFor({ call }: Exchange, note: string): Buffer {
  const isEventStream = call.endpoint.format.framing.contentType.startsWith('text/event-stream')
  return Buffer.from(isEventStream ? `: ${note.replace(/[^\x20-\x7e]/g, '?')}\n\n` : '')
}
