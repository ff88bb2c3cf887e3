// What is known of one target at this moment, for streams and for whole answers: calls under way, latencies, outcomes
// by kind of request, tokens and cost.

import type { Usage } from '../call.ts'
import { Evidence } from './evidence.ts'
import { FailureRun } from './failure-run.ts'
import { LoadSlope } from './load-slope.ts'
import { PeakAverage } from './peak-average.ts'
import { Silence } from './silence.ts'
import type { Belief } from './strategy.ts'

export interface Forgetting {
  /** What was seen of a target counts half after this time. */
  readonly targetHalfLifeMs: number
  /** What was seen of it in one kind of request: seen less often, and changing less. */
  readonly contextHalfLifeMs: number
}

/** With so many calls of its own, a kind of request counts as much as all calls of the target. */
const borrowedCalls = 4
/** However surely a failure belongs to an outage. */
const leastFailureWeight = 0.2
/** Newer answers count so much, at least. */
const usageShare = 0.05

/** Where a lesson belongs. */
export interface CallPlace {
  readonly context: number
  readonly began: number
  /** Calls of the target that were under way when it began, itself among them. */
  readonly calls: number
}

/** The times from the request to the first content differ from those to a whole answer: each has its own side. */
export class TargetSide {
  readonly peak = new PeakAverage()
  readonly overall: Evidence
  readonly contexts = new Map<number, Evidence>()
  readonly #forgetting: Forgetting
  readonly #run = new FailureRun()
  readonly #load = new LoadSlope()
  readonly #silence = new Silence()
  /** Calls without any content by now, and the sum of the times at which they began. */
  #waiting = 0
  #waitingSince = 0

  constructor(forgetting: Forgetting, now: number) {
    this.#forgetting = forgetting
    this.overall = new Evidence(forgetting.targetHalfLifeMs, now)
  }

  beginWait(now: number): void {
    this.#waiting++
    this.#silence.begin(now)
    this.#waitingSince += now
  }

  endWait(began: number, answered: boolean): void {
    if (answered) this.#silence.answer(began)
    else this.#silence.leave(began)
    this.#waiting--
    this.#waitingSince = this.#waiting === 0 ? 0 : this.#waitingSince - began
  }

  contextEvidence(context: number, now: number): Evidence {
    let evidence = this.contexts.get(context)
    if (evidence === undefined) {
      evidence = new Evidence(this.#forgetting.contextHalfLifeMs, now)
      this.contexts.set(context, evidence)
    }
    return evidence
  }

  learnOutcome(succeeded: boolean, { context, began }: CallPlace, now: number): void {
    const own = this.contextEvidence(context, now)
    if (succeeded) this.#run.succeed(began)
    else this.#run.fail(began, now, Math.max(this.overall.failureRate, own.failureRate))
    // The failures of an outage do not say how often the target fails when it is up.
    const weight = succeeded ? 1 : Math.max(leastFailureWeight, 1 - this.#run.peak)
    this.overall.learnOutcome(succeeded, now, weight)
    own.learnOutcome(succeeded, now, weight)
  }

  learnLatency(latencyMs: number, { context, began, calls }: CallPlace, now: number): void {
    this.#run.succeed(began)
    this.peak.learn(latencyMs, now)
    const usual = this.#load.learn(latencyMs, calls)
    this.overall.learnLatency(usual, now)
    this.contextEvidence(context, now).learnLatency(usual, now)
  }

  /** Whoever waits already waits so long on average: a target that has stopped answering is noticed without an answer. */
  waitMs(now: number): number {
    return this.#waiting === 0 ? 0 : now - this.#waitingSince / this.#waiting
  }

  /** What was seen in the context, completed by what was seen of the target at all where that is little. */
  belief(context: number, now: number, { inFlight, costNanoUsd }: RecordNumbers): Belief | null {
    const { overall } = this
    overall.fade(now)
    const own = this.contexts.get(context)
    own?.fade(now)
    const calls = overall.successes + overall.failures
    const ownCalls = own === undefined ? 0 : own.successes + own.failures
    const borrowed = calls === 0 ? 0 : borrow(calls, ownCalls) / calls
    const ownLatencies = own === undefined ? 0 : own.latencies
    const lent = overall.latencies === 0 ? 0 : borrow(overall.latencies, ownLatencies)
    const count = ownLatencies + lent
    if (calls === 0 && count === 0 && this.#waiting === 0) return null
    const load = this.#load.factor(inFlight + 1)
    const mean = count === 0 ? null : (load * (ownLatencies * (own?.mean ?? 0) + lent * overall.mean)) / count
    return {
      successes: (own?.successes ?? 0) + borrowed * overall.successes,
      failures: (own?.failures ?? 0) + borrowed * overall.failures,
      outage: this.#outage(now, overall.mean * load),
      latencyMs: mean === null ? this.#latencyOfSilence(now) : mean * this.#slowdown(now, load),
      latencyCount: count,
      latencySpread: own !== undefined && ownLatencies > lent ? own.spread : overall.spread,
      costNanoUsd,
    }
  }

  #outage(now: number, meanMs: number): number {
    if (this.#waiting === 0) return this.#run.outage(now, false)
    const silent = this.#silence.probability(now, meanMs, this.overall.spread)
    return 1 - (1 - silent) * (1 - this.#run.outage(now, true))
  }

  /** Of a target that was asked and has never answered. */
  #latencyOfSilence(now: number): number | null {
    return this.#waiting === 0 ? null : this.waitMs(now)
  }

  /** How much longer answers take than those that have come: calls that wait are evidence, too. */
  #slowdown(now: number, load: number): number {
    if (this.#waiting === 0) return 1
    const mean = this.overall.mean * load
    const { latencies } = this.overall
    // Of calls under way, half of the usual time has passed on average; where times scatter much, all of it or more.
    const overdue = this.waitMs(now) - mean
    if (mean <= 0 || overdue <= mean) return 1
    const expected = (latencies * mean + this.#waiting * overdue) / (latencies + this.#waiting)
    return Math.max(1, expected / mean)
  }
}

type RecordNumbers = Pick<TargetRecord, 'inFlight' | 'costNanoUsd'>

/** How many calls of the target at all count in a context that has so many of its own. */
function borrow(calls: number, ownCalls: number): number {
  return Math.min(calls, (borrowedCalls * borrowedCalls) / (borrowedCalls + ownCalls))
}

/** What answers of a target usually use; null before the first. */
export interface UsualUsage {
  readonly tokensPerCharacter: number | null
  /** Of the input, that which is read from the provider's prompt cache. */
  readonly cacheReadShare: number
  readonly outputTokens: number
}

export class TargetRecord {
  inFlight = 0
  limitedUntil = Number.NEGATIVE_INFINITY
  /** Faded means; null before the first. */
  costNanoUsd: number | null = null
  tokensPerSecond: number | null = null
  usage: UsualUsage | null = null
  readonly streams: TargetSide
  readonly wholes: TargetSide

  constructor(forgetting: Forgetting, now: number) {
    this.streams = new TargetSide(forgetting, now)
    this.wholes = new TargetSide(forgetting, now)
  }

  sideOf(streaming: boolean): TargetSide {
    return streaming ? this.streams : this.wholes
  }

  learnUsage(
    usage: Usage,
    { characters, writingMs }: { characters: number | null; writingMs: number },
  ): void {
    const read = usage.cacheRead
    const input = usage.inputUncached + usage.cacheWrite5m + usage.cacheWrite1h + usage.audioInput + read
    const output = usage.outputText + usage.outputReasoning + usage.audioOutput
    const perCharacter = characters === null || characters === 0 ? null : input / characters
    this.usage = {
      tokensPerCharacter: blend(this.usage?.tokensPerCharacter ?? null, perCharacter),
      cacheReadShare: blend(this.usage?.cacheReadShare ?? null, input === 0 ? 0 : read / input) ?? 0,
      outputTokens: blend(this.usage?.outputTokens ?? null, output) ?? 0,
    }
    const speed = output > 0 && writingMs > 0 ? (1000 * output) / writingMs : null
    this.tokensPerSecond = blend(this.tokensPerSecond, speed)
  }

  learnCost(costNanoUsd: number): void {
    this.costNanoUsd = blend(this.costNanoUsd, costNanoUsd)
  }
}

function blend(before: number | null, next: number | null): number | null {
  if (before === null || next === null) return next ?? before
  return before + usageShare * (next - before)
}
