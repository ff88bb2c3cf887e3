// The breaker of one target: its state, its probes, and what is known of its failures and of its pace.

import type { Reply, UpstreamRequest } from '../call.ts'
import { GatewayError } from '../errors.ts'
import type { BreakerState, Observer } from '../events.ts'
import type { Clock } from '../lib/clock.ts'
import { createFailureCounts, type FailureCounts } from './failure-counts.ts'
import { createLatencyHistogram } from './latency-histogram.ts'
import { OpenCall, OpenCalls, type ProbeLeave } from './open-calls.ts'

export interface BreakerSettings {
  /** Consecutive failures that open it; more where the target usually fails now and then. */
  readonly failureThreshold: number
  /** The first rest; doubles with each one that the probes do not end. */
  readonly recoveryMs: number
  /** Probes in flight at once while half-open, and successes that close it. */
  readonly halfOpenMaxCalls: number
  /** The longest rest. */
  readonly maxRecoveryMs?: number
}

/** The other instances of this gateway. */
export interface BreakerFleet {
  /** Tells them that a circuit changed here, and how long an open one rests. */
  onChange(targetId: string, state: BreakerState, restMs: number): void
  /** Leave to probe a target, which one instance has at a time; null while another has it. */
  takeProbe(targetId: string): Promise<ProbeLeave | null>
}

export interface CircuitOptions {
  readonly settings: BreakerSettings
  readonly clock: Pick<Clock, 'now' | 'after'>
  readonly observe: Observer
  /** A number from 0 to below 1: rests differ by a tenth, so that many gateways do not come back at once. */
  readonly random: () => number
  /** Absent where this instance is the only one. */
  readonly fleet?: BreakerFleet | undefined
}

export interface CallEnd {
  readonly verdict: 'success' | 'failure' | 'neutral'
  /** Whether the upstream said anything. */
  readonly heard: boolean
}

const longestRestMs = 5 * 60_000
/** Rests are longer or shorter by up to this share. */
const restJitter = 0.1
/** What a caller is told to wait for while all probes are under way. */
const probingMs = 1000

/** Silent for at least so long, and so many times as long as 19 of 20 answers take: the target is avoided. */
const silentMs = 1000
const silentTimes = 3
/** And when it goes on: the breaker opens, and whoever waits for the target is let go of. */
const frozenMs = 5000
const frozenTimes = 8

/** A probe that is silent is given up earlier than other calls where another target is there. */
const probeMs = 2000
const probeTimes = 4

/** A class because its calls pass through it on every request. */
export class Circuit {
  readonly #target: string
  readonly #options: CircuitOptions
  readonly #failures: FailureCounts
  readonly #streamTimes = createLatencyHistogram()
  readonly #fullTimes = createLatencyHistogram()
  readonly #calls = new OpenCalls()
  /** In flight; those of an earlier half-open time still hold their slot. */
  readonly #probes = new Set<OpenCall>()
  #state: BreakerState = 'closed'
  #era = 0
  #successfulProbes = 0
  #nextRestMs: number
  #restsUntil = 0
  /** However long the others let the target rest. */
  #longestRestUntil = 0
  #watching = false

  constructor(target: string, options: CircuitOptions) {
    this.#target = target
    this.#options = options
    this.#failures = createFailureCounts(options.settings.failureThreshold)
    this.#nextRestMs = options.settings.recoveryMs
  }

  get state(): BreakerState {
    if (this.#state === 'closed') return 'closed'
    return this.#restsUntil > this.#options.clock.now() ? 'open' : 'half_open'
  }

  isResting(): boolean {
    const now = this.#options.clock.now()
    if (this.#state !== 'closed' && this.#restsUntil > now) return true
    if (this.#state === 'open') return false
    if (this.#state === 'half_open') return this.#probesTaken(now)
    if (!this.#isSilent(now, silentMs, silentTimes)) return false
    this.#watchOver()
    return true
  }

  usualMs(streaming: boolean): number | null {
    return (streaming ? this.#streamTimes : this.#fullTimes).p95()
  }

  /** @throws GatewayError `circuit_open` */
  admit(request: UpstreamRequest): OpenCall {
    const { provider } = request.target.connection
    const now = this.#options.clock.now()
    // Also of a half-open one: another instance may have failed with its probes.
    if (this.#state !== 'closed' && this.#restsUntil > now) throw refusal(provider, this.#restsUntil - now)
    if (this.#state === 'open') this.#change('half_open')
    const call = new OpenCall(request, now, this.#era)
    if (this.#state === 'half_open') {
      if (this.#probesTaken(now)) throw refusal(provider, probingMs)
      this.#probes.add(call)
    }
    this.#calls.begin(call)
    return call
  }

  isProbe(call: OpenCall): boolean {
    return this.#probes.has(call)
  }

  /** Waits for the leave of the other instances. @throws GatewayError `circuit_open` where one of them probes */
  async takeLeave(call: OpenCall, fleet: BreakerFleet): Promise<void> {
    const { target } = call.request
    call.leave = await fleet.takeProbe(target.id)
    // The other instance may have failed meanwhile.
    if (call.leave !== null && this.state !== 'open') return
    this.settle(call, { verdict: 'neutral', heard: false })
    throw refusal(target.connection.provider, probingMs)
  }

  /** The request as it is sent: a probe has less patience where another target is there. */
  prepare(request: UpstreamRequest, call: OpenCall): UpstreamRequest {
    if (!request.alternatives || !this.#probes.has(call)) return request
    const usualMs = this.#usualPaceMs()
    if (usualMs === null) return request
    const patienceMs = Math.ceil(Math.max(probeMs, probeTimes * usualMs))
    return { ...request, patienceMs: Math.min(patienceMs, request.patienceMs ?? patienceMs) }
  }

  /** An answer has come, or begun. */
  answer(call: OpenCall, reply: Reply): void {
    // One token is here sooner than any answer to a client.
    if (call.request.healthCheck === true) return
    const tookMs = this.#options.clock.now() - call.startedAt
    if (reply.kind === 'full') {
      this.#fullTimes.add(tookMs)
      return
    }
    this.#streamTimes.add(tookMs)
    this.#calls.hear()
    this.#calls.stream(call, reply.facts)
    this.#passProbe(call)
  }

  /** A stream that has begun shows that its target answers: nobody waits for its end to ask again. */
  #passProbe(call: OpenCall): void {
    if (!this.#probes.delete(call)) return
    if (call.era === this.#era && this.#state === 'half_open') {
      this.#settleProbe('success')
      // What becomes of it now counts like that of any other call.
      call.era = this.#era
      call.passed = true
    }
    call.leave?.release()
    call.leave = null
  }

  /** Takes how a call ended, once for each. */
  settle(call: OpenCall, { verdict, heard }: CallEnd): void {
    if (heard) this.#calls.hear()
    this.#calls.end(call)
    this.#probes.delete(call)
    // Its success was counted when it began.
    const counted = call.passed && verdict === 'success'
    const counts = verdict !== 'neutral' && !counted && call.era === this.#era
    if (counts && this.#state === 'half_open') this.#settleProbe(verdict)
    else if (counts) this.#settleClosed(verdict)
    // After the others were told of what it came to.
    call.leave?.release()
  }

  /** See `CircuitBreaker.hear`. */
  hear(restMs: number): void {
    if (this.#state === 'closed') return
    if (restMs === 0) {
      this.#enter('closed')
      return
    }
    // One that alone cannot reach the target keeps nobody from it for long.
    const until = Math.min(this.#options.clock.now() + restMs, this.#longestRestUntil)
    this.#restsUntil = Math.max(this.#restsUntil, until)
  }

  #settleClosed(verdict: 'success' | 'failure'): void {
    const now = this.#options.clock.now()
    this.#failures.add(verdict, now)
    if (verdict === 'failure' && this.#failures.isOutage(now)) this.#change('open')
  }

  #settleProbe(verdict: 'success' | 'failure'): void {
    if (verdict === 'failure') this.#change('open')
    else if (++this.#successfulProbes >= this.#options.settings.halfOpenMaxCalls) this.#change('closed')
  }

  #change(next: BreakerState): void {
    this.#enter(next)
    const { clock, fleet } = this.#options
    fleet?.onChange(this.#target, next, next === 'open' ? this.#restsUntil - clock.now() : 0)
  }

  #enter(next: BreakerState): void {
    const { clock, observe, random, settings } = this.#options
    const { recoveryMs, maxRecoveryMs = longestRestMs } = settings
    this.#state = next
    this.#era++
    this.#successfulProbes = 0
    this.#failures.startAnew()
    this.#calls.hear()
    if (next === 'closed') this.#nextRestMs = recoveryMs
    if (next === 'open') {
      this.#restsUntil = clock.now() + this.#nextRestMs * (1 + (random() - 0.5) * 2 * restJitter)
      this.#longestRestUntil = this.#restsUntil + recoveryMs
      this.#nextRestMs = Math.min(this.#nextRestMs * 2, Math.max(recoveryMs, maxRecoveryMs))
    }
    observe({ type: 'breaker_changed', target: this.#target, state: next })
  }

  /** Probes are counted with the successes: there is never one more than it takes to close. */
  #probesTaken(now: number): boolean {
    dropOverdue(this.#probes, now)
    return this.#probes.size + this.#successfulProbes >= this.#options.settings.halfOpenMaxCalls
  }

  /** Of the slower kind of answer, as both may be waited for. */
  #usualPaceMs(): number | null {
    const stream = this.#streamTimes.p95()
    const full = this.#fullTimes.p95()
    return stream === null || full === null ? (stream ?? full) : Math.max(stream, full)
  }

  /** Whether as many calls as would open the breaker, had they failed, have waited for so long without any answer. */
  #isSilent(now: number, leastMs: number, times: number): boolean {
    if (this.#state !== 'closed') return false
    const since = this.#calls.silentSince(this.#options.settings.failureThreshold, now)
    const usualMs = since === null ? null : this.#usualPaceMs()
    return since !== null && usualMs !== null && now - since >= Math.max(leastMs, times * usualMs)
  }

  /** As long as it is avoided nobody asks it, so that somebody has to look after those who still wait. */
  #watchOver(): void {
    if (this.#watching) return
    this.#watching = true
    const { clock } = this.#options
    const frozenAfterMs = Math.max(frozenMs, frozenTimes * (this.#usualPaceMs() ?? 0))
    clock.after(frozenAfterMs - silentMs, () => {
      this.#watching = false
      if (this.#isSilent(clock.now(), frozenMs, frozenTimes)) this.#letGo()
    })
  }

  /** Opens, and ends the calls that another target can take. */
  #letGo(): void {
    this.#change('open')
    for (let call = this.#calls.waiting.first; call !== null; ) {
      const { request, next } = call
      if (request.alternatives) request.underway?.call?.giveUp(frozen(request))
      call = next
    }
  }
}

function frozen({ target }: UpstreamRequest): GatewayError {
  return new GatewayError('upstream_timeout', {
    message: `${target.id} has stopped to answer anybody.`,
    provider: target.connection.provider,
  })
}

/** A request is over after its deadline: a probe that never told its end must not hold its slot for ever. */
function dropOverdue(probes: Set<OpenCall>, now: number): void {
  for (const probe of probes) if (probe.request.deadline < now) probes.delete(probe)
}

function refusal(provider: string, retryAfterMs: number): GatewayError {
  return new GatewayError('circuit_open', { provider, retryAfterMs: Math.ceil(retryAfterMs) })
}
