// What is known of one target at this moment, for streams and for whole answers: calls under way, latencies, outcomes
// by kind of request, tokens and cost.

import type { Usage } from '../call.ts'
import { Evidence } from './evidence.ts'
import { PeakAverage } from './peak-average.ts'
import type { Belief } from './strategy.ts'

export interface Forgetting {
  /** What was seen of a target counts half after this time. */
  readonly targetHalfLifeMs: number
  /** What was seen of it in one kind of request: seen less often, and changing less. */
  readonly contextHalfLifeMs: number
}

/** With so many calls of its own, a kind of request counts as much as all calls of the target. */
const borrowedCalls = 4
/** Newer answers count so much, at least. */
const usageShare = 0.05

/** The times from the request to the first content differ from those to a whole answer: each has its own side. */
export class TargetSide {
  readonly peak = new PeakAverage()
  readonly overall: Evidence
  readonly contexts = new Map<number, Evidence>()
  readonly #forgetting: Forgetting
  /** Calls without any content by now, and the sum of the times at which they began. */
  #waiting = 0
  #waitingSince = 0

  constructor(forgetting: Forgetting, now: number) {
    this.#forgetting = forgetting
    this.overall = new Evidence(forgetting.targetHalfLifeMs, now)
  }

  beginWait(now: number): void {
    this.#waiting++
    this.#waitingSince += now
  }

  endWait(began: number): void {
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

  learnOutcome(succeeded: boolean, context: number, now: number): void {
    this.overall.learnOutcome(succeeded, now)
    this.contextEvidence(context, now).learnOutcome(succeeded, now)
  }

  learnLatency(latencyMs: number, context: number, now: number): void {
    this.peak.learn(latencyMs, now)
    this.overall.learnLatency(latencyMs, now)
    this.contextEvidence(context, now).learnLatency(latencyMs, now)
  }

  /** Whoever waits already waits so long on average: a target that has stopped answering is noticed without an answer. */
  waitMs(now: number): number {
    return this.#waiting === 0 ? 0 : now - this.#waitingSince / this.#waiting
  }

  /** What was seen in the context, completed by what was seen of the target at all where that is little. */
  belief(context: number, now: number): Omit<Belief, 'costNanoUsd'> | null {
    const { overall } = this
    overall.fade(now)
    const own = this.contexts.get(context)
    own?.fade(now)
    const calls = overall.successes + overall.failures
    const ownCalls = (own?.successes ?? 0) + (own?.failures ?? 0)
    const borrowed = calls === 0 ? 0 : borrow(calls, ownCalls) / calls
    const lent = overall.latencies === 0 ? 0 : borrow(overall.latencies, own?.latencies ?? 0)
    const count = (own?.latencies ?? 0) + lent
    if (calls === 0 && count === 0 && this.#waiting === 0) return null
    const mean = count === 0 ? null : ((own?.latencies ?? 0) * (own?.mean ?? 0) + lent * overall.mean) / count
    return {
      successes: (own?.successes ?? 0) + borrowed * overall.successes,
      failures: (own?.failures ?? 0) + borrowed * overall.failures,
      latencyMs: mean === null ? this.#latencyOfSilence(now) : mean * this.#slowdown(now),
      latencyCount: count,
      latencySpread: own !== undefined && own.latencies > lent ? own.spread : overall.spread,
    }
  }

  /** Of a target that was asked and has never answered. */
  #latencyOfSilence(now: number): number | null {
    return this.#waiting === 0 ? null : this.waitMs(now)
  }

  /** How much longer answers take than those that have come: calls that wait are evidence, too. */
  #slowdown(now: number): number {
    const { mean, latencies } = this.overall
    // Of calls under way, half of the usual time has passed on average; where times scatter much, all of it or more.
    const overdue = this.waitMs(now) - mean
    if (mean <= 0 || overdue <= mean) return 1
    const expected = (latencies * mean + this.#waiting * overdue) / (latencies + this.#waiting)
    return Math.max(1, expected / mean)
  }
}

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
