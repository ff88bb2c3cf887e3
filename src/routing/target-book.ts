// The live book of the targets: what the strategies know of them. It learns from each call of an upstream, as a layer
// around sending, and forgets in real time, so that rare traffic does not live on yesterday's news.

import type { AnswerFacts, Layer, Reply, RequestTraits, UpstreamRequest, Usage } from '../call.ts'
import { asGatewayError, type ErrorCode, type GatewayError } from '../errors.ts'
import type { BreakerState, ExchangeEnded, GatewayEvent } from '../events.ts'
import type { Clock } from '../lib/clock.ts'
import { isTargetId, targetIdOf } from '../lib/target-id.ts'
import { contextOf } from './context.ts'
import { ownCostOf } from './own-cost.ts'
import type { RouteFacts, TargetStats } from './strategy.ts'
import { type CallPlace, type Forgetting, TargetRecord, type TargetSide } from './target-record.ts'
import { restoreTarget, saveTarget, type TargetBookSnapshot, targetBookSnapshot } from './target-snapshot.ts'

export type { TargetBookSnapshot } from './target-snapshot.ts'

export interface TargetBookOptions {
  readonly clock: Pick<Clock, 'now' | 'wall'>
  breakerState(targetId: string): BreakerState
  /** Bound of memory: clients may name models that nobody configured. */
  readonly maxTargets?: number
  readonly forgetting?: Forgetting
}

export interface TargetBook {
  readonly stats: TargetStats
  /** Innermost beside the breaker: each call of an upstream is one lesson. */
  readonly layer: Layer
  /** Learns the cost of what was answered. */
  observe(event: GatewayEvent): void
  /** Counts a decision for a name: the next one has another turn. */
  countTurn(model: string): void
  /** What a request will probably use at a target, by what its requests have used: the base of an expected cost. */
  expectedUsage(targetId: string, facts: RouteFacts): Usage
  /** Tokens written in a second of an answer; null before the first. */
  tokensPerSecond(targetId: string): number | null
  /** For those who send without the layer. */
  beginCall(call: CallFacts): OpenCall
  /** As plain JSON. */
  snapshot(): TargetBookSnapshot
  /** Replaces what is known. False, and nothing changed, where that is no snapshot. */
  restore(saved: unknown): boolean
}

export interface CallFacts {
  readonly targetId: string
  readonly facts: Pick<RouteFacts, 'streaming' | 'inputCharacters' | 'needs'>
}

/** A call under way. `close` is called once, last. */
export interface OpenCall {
  /** The first content, or a whole answer, is here. */
  answered(): void
  close(lesson: Lesson): void
}

/** A neutral end says nothing of the target: a client that left, a request at fault. */
export type Lesson =
  | { readonly kind: 'success'; readonly usage: Usage | null }
  | { readonly kind: 'failure' }
  | { readonly kind: 'neutral' }
  | { readonly kind: 'limited'; readonly restMs: number }

/** What was seen of a target counts half after a minute or two, so that a change is noticed while it lasts. */
const usualForgetting: Forgetting = { targetHalfLifeMs: 120_000, contextHalfLifeMs: 360_000 }
const rememberedTargets = 1_000
const rememberedModels = 10_000

/** How long a target is left to others after a refusal that does not say so itself; and the longest in any case. */
const restAfter: Partial<Record<ErrorCode, number>> = {
  upstream_rate_limited: 5_000,
  upstream_quota_exceeded: 60_000,
  upstream_authentication: 60_000,
  upstream_model_not_found: 60_000,
  upstream_busy: 1_000,
}
const longestRestMs = 5 * 60_000

/** Before a target has counted tokens. */
const usualTokensPerCharacter = 0.25
const usualOutputTokens = 400
const noTraits: RequestTraits = { inputCharacters: 0, needs: { tools: false, vision: false, json: false } }
const closedNeutral: Lesson = { kind: 'neutral' }

export function createTargetBook(options: TargetBookOptions): TargetBook {
  const { clock, breakerState, maxTargets = rememberedTargets, forgetting = usualForgetting } = options
  const records = new Map<string, TargetRecord>()
  const turns = new Map<string, number>()

  function recordOf(targetId: string): TargetRecord {
    const known = records.get(targetId)
    if (known !== undefined) return known
    if (records.size >= maxTargets) dropOldest(records)
    const record = new TargetRecord(forgetting, clock.now())
    records.set(targetId, record)
    return record
  }

  const stats = readStats({ records, turns, clock, breakerState })
  const begin: Begin = (targetId, streaming, traits) =>
    new CallUnderWay({ record: recordOf(targetId), streaming, traits, clock })

  return {
    stats,
    layer: send => request =>
      request.healthCheck === true ? send(request) : sendAndLearn(request, send, begin),
    observe(event) {
      if (event.type !== 'exchange_ended' || event.outcome !== 'ok' || event.costStatus !== 'priced') return
      const cost = ownCostOf(event)
      if (cost !== null) records.get(idOf(event))?.learnCost(cost)
    },
    countTurn(model) {
      if (turns.size >= rememberedModels) turns.clear()
      turns.set(model, ((turns.get(model) ?? 0) + 1) % 2 ** 31)
    },
    expectedUsage: (targetId, facts) => expectUsage(records.get(targetId), facts),
    tokensPerSecond: targetId => records.get(targetId)?.tokensPerSecond ?? null,
    beginCall: ({ targetId, facts }) => begin(targetId, facts.streaming, facts),
    snapshot: () => ({
      version: 1,
      savedAt: clock.wall(),
      targets: Object.fromEntries([...records].map(([id, record]) => [id, saveTarget(record, clock.now())])),
    }),
    restore(saved) {
      const { success, data } = targetBookSnapshot.safeParse(saved)
      if (!success) return false
      const savedAt = clock.now() - Math.max(0, clock.wall() - data.savedAt)
      const kept = Object.entries(data.targets).slice(0, maxTargets)
      records.clear()
      for (const [id, target] of kept) records.set(id, restoreTarget(target, forgetting, savedAt))
      return true
    },
  }
}

interface StatsSource extends Pick<TargetBookOptions, 'clock' | 'breakerState'> {
  readonly records: ReadonlyMap<string, TargetRecord>
  readonly turns: ReadonlyMap<string, number>
}

function readStats({ records, turns, clock, breakerState }: StatsSource): TargetStats {
  return {
    breakerOpen: id => breakerState(id) === 'open',
    recovering: id => breakerState(id) === 'half_open',
    limited(id) {
      const until = records.get(id)?.limitedUntil ?? Number.NEGATIVE_INFINITY
      return until !== Number.NEGATIVE_INFINITY && until > clock.now()
    },
    inFlight: id => records.get(id)?.inFlight ?? 0,
    firstContentMs(id, streaming) {
      const side = records.get(id)?.sideOf(streaming)
      if (side === undefined) return null
      const now = clock.now()
      const peak = side.peak.read(now)
      return peak === null ? null : Math.max(peak, side.waitMs(now))
    },
    turn: model => turns.get(model) ?? 0,
    belief(id, facts) {
      const record = records.get(id)
      if (record === undefined) return null
      return record.sideOf(facts.streaming).belief(contextOf(facts), clock.now(), record)
    },
  }
}

/** The one that was met first; not one with calls under way, which would come back as a stranger. */
function dropOldest(records: Map<string, TargetRecord>): void {
  for (const [id, record] of records) {
    if (record.inFlight > 0) continue
    records.delete(id)
    return
  }
}

/** As the decision names it, where it does. */
function idOf({ decision, provider, model }: ExchangeEnded): string {
  const first = decision?.candidates[0]
  return first !== undefined && isTargetId(first, provider, model) ? first : targetIdOf(provider, model)
}

interface CallOptions {
  readonly record: TargetRecord
  readonly streaming: boolean
  readonly traits: RequestTraits
  readonly clock: Pick<Clock, 'now'>
}

type Begin = (targetId: string, streaming: boolean, traits: RequestTraits) => OpenCall

/** A class because one is made for each call of an upstream. */
class CallUnderWay implements OpenCall, CallPlace {
  readonly context: number
  readonly began: number
  readonly calls: number
  readonly #record: TargetRecord
  readonly #side: TargetSide
  readonly #streaming: boolean
  readonly #characters: number
  readonly #clock: Pick<Clock, 'now'>
  #answeredAt: number | null = null

  constructor({ record, streaming, traits, clock }: CallOptions) {
    this.context = contextOf(traits)
    this.began = clock.now()
    this.calls = ++record.inFlight
    this.#record = record
    this.#side = record.sideOf(streaming)
    this.#streaming = streaming
    this.#characters = traits.inputCharacters
    this.#clock = clock
    this.#side.beginWait(this.began)
  }

  answered(): void {
    const now = this.#clock.now()
    this.#answeredAt = now
    this.#side.endWait(this.began, true)
    // Content that came is a fact, whatever becomes of the rest.
    this.#side.learnLatency(now - this.began, this, now)
  }

  close(lesson: Lesson): void {
    const now = this.#clock.now()
    this.#record.inFlight--
    if (this.#answeredAt === null) this.#side.endWait(this.began, false)
    if (lesson.kind === 'success') this.#succeed(lesson.usage, now)
    else if (lesson.kind === 'failure') this.#side.learnOutcome(false, this, now)
    else if (lesson.kind === 'limited') this.#record.limitedUntil = now + lesson.restMs
  }

  #succeed(usage: Usage | null, now: number): void {
    this.#side.learnOutcome(true, this, now)
    this.#record.limitedUntil = Number.NEGATIVE_INFINITY
    if (usage === null) return
    const writingMs = this.#streaming ? now - (this.#answeredAt ?? this.began) : now - this.began
    this.#record.learnUsage(usage, { characters: this.#characters, writingMs })
  }
}

async function sendAndLearn(
  request: UpstreamRequest,
  send: (request: UpstreamRequest) => Promise<Reply>,
  begin: Begin,
): Promise<Reply> {
  const call = begin(request.target.id, request.streaming, request.traits ?? noTraits)
  let reply: Reply
  try {
    reply = await send(request)
  } catch (thrown) {
    call.close(lessonOf(asGatewayError(thrown), request))
    throw thrown
  }
  if (teaches(request)) call.answered()
  const { facts } = reply
  if (reply.kind === 'full') call.close(lessonOfAnswer(request, facts))
  else
    reply.onClose(failure =>
      call.close(failure === null ? lessonOfEnd(request, facts) : lessonOf(failure, request)),
    )
  return reply
}

/** Counting tokens is another, quicker business than answering. */
function teaches({ operation }: UpstreamRequest): boolean {
  return operation !== 'token_count'
}

function lessonOfAnswer(request: UpstreamRequest, { usage }: AnswerFacts): Lesson {
  return teaches(request) ? { kind: 'success', usage } : closedNeutral
}

/** A client that leaves ends the stream without a failure, and without saying how it would have ended. */
function lessonOfEnd(request: UpstreamRequest, facts: AnswerFacts): Lesson {
  return request.cancellation.cancelled ? closedNeutral : lessonOfAnswer(request, facts)
}

function lessonOf(failure: GatewayError, { cancellation }: UpstreamRequest): Lesson {
  if (cancellation.cancelled) return closedNeutral
  if (failure.entry.breaker === 'counts') return { kind: 'failure' }
  const usualMs = restAfter[failure.code]
  if (usualMs === undefined) return closedNeutral
  return { kind: 'limited', restMs: Math.min(failure.retryAfterMs ?? usualMs, longestRestMs) }
}

/** Cache reads are expected as often as they were had. */
function expectUsage(record: TargetRecord | undefined, facts: RouteFacts): Usage {
  const { operation, inputCharacters } = facts
  const usual = record?.usage ?? null
  const input = Math.round(inputCharacters * (usual?.tokensPerCharacter ?? usualTokensPerCharacter))
  const cacheRead = Math.round(input * Math.min(1, usual?.cacheReadShare ?? 0))
  const writes = operation === 'chat' || operation === 'completion'
  return {
    inputUncached: input - cacheRead,
    cacheRead,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    outputText: Math.round(usual?.outputTokens ?? (writes ? usualOutputTokens : 0)),
    outputReasoning: 0,
    audioInput: 0,
    audioOutput: 0,
  }
}
