// What was seen of each model at each provider lately: calls and failures, times to the first token, and what its tokens
// have really cost. A few additions at the end of a request; everything else happens when somebody asks.

import { z } from 'zod'
import type { Usage } from '../call.ts'
import type { AttemptRecord } from '../errors.ts'
import type { ExchangeEnded, Observer } from '../events.ts'
import type { Clock } from '../lib/clock.ts'
import { bucketCount, bucketOf, quantile } from './rolling-window.ts'
import { Spans } from './spans.ts'
import { blamesProvider } from './stats.ts'

export interface TrafficReading {
  /** Calls, and those that failed through the provider, of the last five to ten minutes. */
  readonly calls: number
  readonly failures: number
  /** Milliseconds from the call to the first content of a stream, in the same time; null where there was none. */
  readonly firstToken: { readonly p50: number; readonly p95: number; readonly count: number } | null
  /** What was used and paid in the last half day to a day; null where nothing was. Answers without a price are left out. */
  readonly paid: { readonly usage: Usage; readonly costNanoUsd: number; readonly answers: number } | null
}

export interface ModelTraffic {
  readonly observe: Observer
  /** Null where nothing was ever seen. */
  read(provider: string, model: string): TrafficReading | null
  /** Everything that was seen. */
  readAll(): Iterable<{ readonly provider: string; readonly model: string; readonly reading: TrafficReading }>
  snapshot(): TrafficSnapshot
  /** Takes over what an earlier process has seen. False, and nothing changed, where that is no snapshot. */
  restore(saved: unknown): boolean
}

const recentMs = 5 * 60_000
const paidMs = 12 * 3_600_000
/** Clients may name models that nobody has. */
const rememberedModels = 2_000

const amount = z.number().nonnegative()
const paidCounts = z.object({
  inputUncached: amount,
  cacheRead: amount,
  cacheWrite5m: amount,
  cacheWrite1h: amount,
  outputText: amount,
  outputReasoning: amount,
  audioInput: amount,
  audioOutput: amount,
  costNanoUsd: amount,
  answers: amount,
})

/** What was paid for the tokens of one model, by spans of half a day. */
const paidModel = z.object({
  provider: z.string(),
  model: z.string(),
  epoch: z.int(),
  current: paidCounts.nullable(),
  previous: paidCounts.nullable(),
})
const trafficSnapshot = z.object({ version: z.literal(1), paid: z.array(paidModel).max(rememberedModels) })

/** What is worth keeping over a restart: payments, which count for a day. Calls of the last minutes are not. */
export type TrafficSnapshot = z.infer<typeof trafficSnapshot>

interface RecentCounts {
  calls: number
  failures: number
  readonly firstTokens: Uint32Array
  streams: number
}

type PaidCounts = z.infer<typeof paidCounts>

interface Traffic {
  readonly recent: Spans<RecentCounts>
  /** By the time of day, as it is kept over restarts. */
  readonly paid: Spans<PaidCounts>
}

export function createModelTraffic(clock: Pick<Clock, 'now' | 'wall'>): ModelTraffic {
  /** By provider and model: no joined key has to be made for each call. */
  const providers = new Map<string, Map<string, Traffic>>()
  let remembered = 0

  function trafficOf(provider: string, model: string): Traffic {
    const models = providers.get(provider) ?? new Map<string, Traffic>()
    const known = models.get(model)
    if (known !== undefined) return known
    if (remembered >= rememberedModels) forgetAll()
    const traffic = { recent: new Spans(recentMs, createRecent), paid: new Spans(paidMs, createPaid) }
    providers.set(provider, models.set(model, traffic))
    remembered++
    return traffic
  }

  function forgetAll(): void {
    for (const models of providers.values()) models.clear()
    remembered = 0
  }

  function observeExchange(event: ExchangeEnded): void {
    const now = clock.now()
    for (const attempt of event.attempts) {
      // A breaker that is open keeps the call from being made.
      if (attempt.code === 'circuit_open') continue
      countCall(trafficOf(attempt.provider, attempt.model).recent.at(now), attempt, event)
    }
    const { provider, model, usage, costNanoUsd } = event
    if (provider === null || model === null || usage === null || costNanoUsd === null) return
    if (event.costStatus === 'priced')
      countCost(trafficOf(provider, model).paid.at(clock.wall()), usage, costNanoUsd)
  }

  return {
    observe(event) {
      if (event.type === 'exchange_ended') observeExchange(event)
    },
    read(provider, model) {
      const traffic = providers.get(provider)?.get(model)
      return traffic === undefined ? null : readTraffic(traffic, clock)
    },
    *readAll() {
      for (const { provider, model, traffic } of everyModel(providers))
        yield { provider, model, reading: readTraffic(traffic, clock) }
    },
    snapshot() {
      const now = clock.wall()
      const paid = [...everyModel(providers)].flatMap(({ provider, model, traffic }) => {
        const saved = traffic.paid.save(now)
        return saved === null ? [] : [{ provider, model, ...saved }]
      })
      return { version: 1, paid }
    },
    restore(saved) {
      const read = trafficSnapshot.safeParse(saved)
      if (!read.success) return false
      for (const { provider, model, ...spans } of read.data.paid)
        trafficOf(provider, model).paid.restore(spans)
      return true
    },
  }
}

function* everyModel(providers: ReadonlyMap<string, ReadonlyMap<string, Traffic>>) {
  for (const [provider, models] of providers)
    for (const [model, traffic] of models) yield { provider, model, traffic }
}

function countCall(counts: RecentCounts, attempt: AttemptRecord, event: ExchangeEnded): void {
  const answered = attempt.code === null
  // An answer that broke off had won: its attempt knows nothing of it.
  const broke = answered && event.outcome === 'truncated'
  counts.calls++
  if (broke || blamesProvider(attempt.code)) counts.failures++
  if (!answered || !event.streaming) return
  const bucket = bucketOf(attempt.durationMs)
  counts.firstTokens[bucket] = (counts.firstTokens[bucket] ?? 0) + 1
  counts.streams++
}

function countCost(counts: PaidCounts, usage: Usage, costNanoUsd: number): void {
  addUsage(counts, usage)
  counts.costNanoUsd += costNanoUsd
  counts.answers++
}

function addUsage(into: PaidCounts, usage: Usage): void {
  into.inputUncached += usage.inputUncached
  into.cacheRead += usage.cacheRead
  into.cacheWrite5m += usage.cacheWrite5m
  into.cacheWrite1h += usage.cacheWrite1h
  into.outputText += usage.outputText
  into.outputReasoning += usage.outputReasoning
  into.audioInput += usage.audioInput
  into.audioOutput += usage.audioOutput
}

function readTraffic({ recent, paid }: Traffic, clock: Pick<Clock, 'now' | 'wall'>): TrafficReading {
  const counts = createRecent()
  for (const span of recent.read(clock.now())) {
    counts.calls += span.calls
    counts.failures += span.failures
    counts.streams += span.streams
    for (const [bucket, count] of span.firstTokens.entries())
      counts.firstTokens[bucket] = (counts.firstTokens[bucket] ?? 0) + count
  }
  const { calls, failures, streams, firstTokens } = counts
  const timeOf = (share: number) => quantile(firstTokens, streams, share)
  return {
    calls,
    failures,
    firstToken: streams === 0 ? null : { p50: timeOf(0.5), p95: timeOf(0.95), count: streams },
    paid: readPaid(paid.read(clock.wall())),
  }
}

function readPaid(spans: readonly PaidCounts[]): TrafficReading['paid'] {
  const sum = createPaid()
  for (const span of spans) {
    addUsage(sum, span)
    sum.costNanoUsd += span.costNanoUsd
    sum.answers += span.answers
  }
  const { costNanoUsd, answers, ...usage } = sum
  return answers === 0 ? null : { usage, costNanoUsd, answers }
}

function createRecent(): RecentCounts {
  return { calls: 0, failures: 0, firstTokens: new Uint32Array(bucketCount), streams: 0 }
}

function createPaid(): PaidCounts {
  return {
    inputUncached: 0,
    cacheRead: 0,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    outputText: 0,
    outputReasoning: 0,
    audioInput: 0,
    audioOutput: 0,
    costNanoUsd: 0,
    answers: 0,
  }
}
