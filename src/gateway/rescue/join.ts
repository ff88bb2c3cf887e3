// Who may go on with a partial answer, in which way, and the request for that.

import type { UpstreamRequest, Usage } from '../../call.ts'
import type { Conversation } from '../../conversation/conversation.ts'
import type { ChatTranslation, EncodeContext, StreamEncoder, WireEvent } from '../../formats/format.ts'
import { TranslatingTap } from '../../formats/streams/translating-tap.ts'
import type { Joining } from '../course.ts'
import type { Exchange } from '../exchange.ts'
import type { Plan } from '../plan.ts'
import { prepareRequest } from '../prepare.ts'
import type { Remedy } from '../remedy.ts'
import { type PlannedRequest, readAsked } from '../request.ts'
import type { RescuePolicy } from '../route-policy.ts'
import { encodeContext, encodeTarget } from '../translate.ts'
import { chatOf } from '../way.ts'
import { Joint } from './joint.ts'
import type { JointKind } from './match-sent.ts'
import type { PartialAnswer } from './partial-answer.ts'

export type JoinMode = 'continue' | 'restart'

export interface Join {
  readonly plan: Plan
  readonly mode: JoinMode
  readonly kind: JointKind
  readonly conversation: Conversation
  /** Of what the answer may have, what is left for who goes on; without bound where the client set none. */
  readonly tokensLeft: number
}

interface Choice {
  readonly request: PlannedRequest
  /** Those that have not been asked, in the order of the route. */
  readonly plans: readonly Plan[]
  readonly partial: PartialAnswer
  /** How many tokens the answer has so far. */
  readonly tokensSent: number
  readonly policy: RescuePolicy
}

/** First those that can go on, then those that may answer anew. */
export function planJoins(exchange: Exchange, choice: Choice): readonly Join[] {
  const { request, plans, partial, tokensSent, policy } = choice
  const able = plans.filter(({ way }) => way.operation === 'chat')
  const [first] = able
  const asked = first === undefined ? null : readAsked(exchange, request, first.way)
  if (asked?.kind !== 'chat' || (asked.conversation.sampling.choices ?? 1) > 1) return []
  const { conversation } = asked
  const joins: Join[] = []
  const wants = (mode: JoinMode): boolean => policy === mode || policy === 'auto'
  const tokensLeft = (conversation.sampling.maxTokens ?? Number.POSITIVE_INFINITY) - tokensSent
  if (wants('continue') && partial.text.trim() !== '' && tokensLeft >= 1)
    for (const plan of able) {
      const kind = continuationOf(exchange, plan, conversation)
      if (kind !== null) joins.push({ plan, mode: 'continue', kind, conversation, tokensLeft })
    }
  if (wants('restart') && !partial.mixed)
    for (const plan of able)
      joins.push({ plan, mode: 'restart', kind: 'repetition', conversation, tokensLeft })
  return joins
}

/** Null where the target does not go on from a text, or would have to put its answer into a tool. */
function continuationOf(exchange: Exchange, plan: Plan, conversation: Conversation): JointKind | null {
  const { prefill, jsonSchema } = chatOf(plan.way.format).abilities(
    encodeTarget(exchange, plan),
    conversation,
  )
  if (prefill === undefined || (conversation.output?.type === 'json_schema' && !jsonSchema)) return null
  if (conversation.toolChoice?.mode === 'required') return null
  return prefill === 'echo' ? 'echo' : 'continuation'
}

interface JoinRequest {
  readonly request: PlannedRequest
  readonly partial: PartialAnswer
  /** What the attempts before have used up. */
  readonly spent: Usage | null
  readonly join: Join
  readonly alternatives: boolean
  readonly remedy: Remedy
  /** See `UpstreamRequest.patienceMs`. */
  readonly patienceMs: number | undefined
}

/** @throws GatewayError where this target cannot be asked so */
export function prepareJoin(
  exchange: Exchange,
  { request, partial, spent, join, alternatives, remedy, patienceMs }: JoinRequest,
): UpstreamRequest | Promise<UpstreamRequest> {
  const { plan, mode, kind, tokensLeft } = join
  const answers = chatOf(exchange.call.endpoint.format)
  const joining: Joining = {
    extend: conversation =>
      mode === 'continue' ? withPrefill(bounded(conversation, tokensLeft), partial.text) : conversation,
    openEncoder(context, write) {
      const encoder = openPrimed(answers, partial, { context, write })
      return new Joint({ kind, partial, spent, encoder })
    },
  }
  // The client's own bytes are asked again as they are: only what comes back is joined.
  if (plan.way.direct && mode === 'restart')
    return withJoinedTap(
      prepareRequest(exchange, request, { ...plan, alternatives, remedy, patienceMs }),
      openDirect(exchange, join, joining),
    )
  return prepareRequest(exchange, request, { ...plan, alternatives, remedy, patienceMs, joining })
}

/** All parts of an answer together are no longer than the client wants it. */
function bounded(conversation: Conversation, tokensLeft: number): Conversation {
  const { sampling } = conversation
  if (sampling.maxTokens === undefined) return conversation
  return { ...conversation, sampling: { ...sampling, maxTokens: Math.floor(tokensLeft) } }
}

/** The answer so far, as the last thing the model said; without blanks at its end, which vendors refuse. */
function withPrefill(conversation: Conversation, text: string): Conversation {
  const said = { role: 'assistant', parts: [{ type: 'text', text: text.trimEnd() }] } as const
  const { messages } = conversation
  const last = messages.at(-1)
  // The client may have given the beginning of the answer itself.
  if (last?.role !== 'assistant') return { ...conversation, messages: [...messages, said] }
  const own = { ...last, parts: [...last.parts, ...said.parts] }
  return { ...conversation, messages: [...messages.slice(0, -1), own] }
}

interface Opening {
  readonly context: EncodeContext<Conversation>
  readonly write: (event: WireEvent) => void
}

/** An encoder that is where the client is. */
function openPrimed(
  chat: ChatTranslation,
  partial: PartialAnswer,
  { context, write }: Opening,
): StreamEncoder {
  let primed = false
  const pass = (event: WireEvent): void => {
    if (primed) write(event)
  }
  const replay = (encoder: StreamEncoder): void => {
    for (const event of partial.events) encoder.push(event)
  }
  const { wire } = partial
  let encoder = chat.resumeEncoder?.(context, pass, { wire, replay })
  if (encoder === undefined) {
    encoder = chat.openEncoder(context, pass)
    replay(encoder)
  }
  primed = true
  return encoder
}

function openDirect(
  exchange: Exchange,
  { plan, conversation }: Join,
  joining: Joining,
): () => TranslatingTap {
  const { createId } = exchange.gateway
  const { framing } = plan.way.format
  const context = encodeContext(exchange, { ...conversation, messages: [] })
  return () =>
    new TranslatingTap({
      from: framing,
      to: exchange.call.endpoint.format.framing,
      openDecoder: emit => chatOf(plan.way.format).openDecoder({ createId }, emit),
      openEncoder: write => joining.openEncoder(context, write),
    })
}

async function withJoinedTap(
  prepared: UpstreamRequest | Promise<UpstreamRequest>,
  openTap: () => TranslatingTap,
): Promise<UpstreamRequest> {
  const request = await prepared
  return { ...request, reader: { ...request.reader, openTap } }
}
