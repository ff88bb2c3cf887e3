// Lets a failing target rest. Closed until it fails too often, then open for a time, then half-open: a few probes at a
// time, as many successes in all to close again, and one failure to rest twice as long.

import type { Layer, Reply, UpstreamRequest } from '../call.ts'
import { asGatewayError, GatewayError } from '../errors.ts'
import type { BreakerState, Observer } from '../events.ts'
import type { Clock } from '../lib/clock.ts'

export interface BreakerSettings {
  /** Consecutive failures that open it. */
  readonly failureThreshold: number
  /** The first rest; doubles with each one that the probes do not end. */
  readonly recoveryMs: number
  /** Probes of a half-open time, but for those that say nothing: as many successes close it. */
  readonly halfOpenMaxCalls: number
  /** The longest rest. */
  readonly maxRecoveryMs?: number
}

/** The other instances of this gateway. */
export interface BreakerFleet {
  /** Tells them that a circuit changed here, and how long an open one rests. */
  onChange(targetId: string, state: BreakerState, restMs: number): void
  /** Leave to probe a target, which one instance has at a time; null while another has it. */
  takeProbe(targetId: string): Promise<{ release(): void } | null>
}

export interface CircuitBreakerOptions {
  readonly settings: BreakerSettings
  readonly clock: Pick<Clock, 'now'>
  readonly observe: Observer
  /** Absent where this instance is the only one. */
  readonly fleet?: BreakerFleet | undefined
}

export interface CircuitBreaker {
  readonly layer: Layer
  /** `half_open` as soon as the rest is over, so that whoever avoids open targets sends the probes. */
  stateOf(targetId: string): BreakerState
  /** Of every target that was called. */
  states(): ReadonlyMap<string, BreakerState>
  /**
   * What another instance says: that it lets the target rest for a time, or, with 0, that the target answers again. A
   * closed circuit stays closed; one that rests here rests a little longer, or no longer.
   */
  hear(targetId: string, restMs: number): void
}

type Verdict = 'success' | 'failure' | 'neutral'

/** The breaker of one target. */
interface Circuit {
  state(): BreakerState
  /** @throws GatewayError `circuit_open` */
  admit(request: UpstreamRequest): AdmittedCall
  /** Takes how a call ended, once for each. */
  settle(call: AdmittedCall, verdict: Verdict): void
  hear(restMs: number): void
}

interface AdmittedCall {
  readonly probe: boolean
  /** Of a probe, where there are other instances. */
  leave: { release(): void } | null
  /** Grows with each change of state: a call that began in an earlier one has no say. */
  readonly era: number
  readonly deadline: number
}

const longestRestMs = 5 * 60_000
/** A target is also opened when this share of its recent outcomes are failures, if there are enough to tell. */
const failureShare = 0.5
const outcomesToTell = 20
const rememberedTargets = 10_000
/** What a caller is told to wait for while all probes are under way. */
const probingMs = 1000

export function createCircuitBreaker(options: CircuitBreakerOptions): CircuitBreaker {
  const circuits = new Map<string, Circuit>()

  function circuitOf(targetId: string): Circuit {
    let circuit = circuits.get(targetId)
    if (circuit === undefined) {
      // Clients may name models that nobody configured, so what is remembered of targets is bounded.
      if (circuits.size >= rememberedTargets) forgetClosed(circuits)
      circuit = createCircuit(targetId, options)
      circuits.set(targetId, circuit)
    }
    return circuit
  }

  return {
    layer: send => async request => {
      const circuit = circuitOf(request.target.id)
      const call = circuit.admit(request)
      if (call.probe && options.fleet !== undefined) {
        call.leave = await options.fleet.takeProbe(request.target.id)
        // The other instance may have failed meanwhile.
        if (call.leave === null || circuit.state() === 'open') {
          circuit.settle(call, 'neutral')
          throw refusal(request.target.connection.provider, probingMs)
        }
      }
      let reply: Reply
      try {
        reply = await send(request)
      } catch (thrown) {
        circuit.settle(call, verdictOn(asGatewayError(thrown), request))
        throw thrown
      }
      if (reply.kind === 'full') circuit.settle(call, 'success')
      else reply.onClose(failure => circuit.settle(call, verdictOn(failure, request)))
      return reply
    },
    stateOf: targetId => circuits.get(targetId)?.state() ?? 'closed',
    states: () => new Map([...circuits].map(([targetId, circuit]) => [targetId, circuit.state()])),
    hear: (targetId, restMs) => circuits.get(targetId)?.hear(restMs),
  }
}

function forgetClosed(circuits: Map<string, Circuit>): void {
  for (const [targetId, circuit] of circuits) if (circuit.state() === 'closed') circuits.delete(targetId)
}

function createCircuit(target: string, { settings, clock, observe, fleet }: CircuitBreakerOptions): Circuit {
  const { failureThreshold, halfOpenMaxCalls } = settings
  let state: BreakerState = 'closed'
  let era = 0
  let consecutiveFailures = 0
  let successfulProbes = 0
  let outcomes = createOutcomeCounts()
  const rest = createRest(settings, clock)
  /** In flight; those of an earlier half-open time still hold their slot. */
  const probes = new Set<AdmittedCall>()

  function change(next: BreakerState): void {
    enter(next)
    fleet?.onChange(target, next, next === 'open' ? rest.leftMs() : 0)
  }

  function enter(next: BreakerState): void {
    state = next
    era++
    consecutiveFailures = 0
    successfulProbes = 0
    outcomes = createOutcomeCounts()
    if (next === 'closed') rest.forget()
    if (next === 'open') rest.begin()
    observe({ type: 'breaker_changed', target, state })
  }

  function settleClosed(verdict: 'success' | 'failure'): void {
    outcomes.add(verdict, clock.now())
    consecutiveFailures = verdict === 'success' ? 0 : consecutiveFailures + 1
    if (verdict === 'success') return
    if (consecutiveFailures >= failureThreshold || outcomes.mostlyFailed(clock.now())) change('open')
  }

  function settleProbe(verdict: 'success' | 'failure'): void {
    if (verdict === 'failure') change('open')
    else if (++successfulProbes >= halfOpenMaxCalls) change('closed')
  }

  return {
    state: () => (state === 'closed' ? state : rest.state()),
    admit({ target: { connection }, deadline }) {
      if (state !== 'closed' && rest.leftMs() > 0) throw refusal(connection.provider, rest.leftMs())
      if (state === 'open') change('half_open')
      const call = { era, deadline, probe: state === 'half_open', leave: null }
      if (!call.probe) return call
      dropOverdue(probes, clock.now())
      if (probes.size + successfulProbes >= halfOpenMaxCalls) throw refusal(connection.provider, probingMs)
      probes.add(call)
      return call
    },
    settle(call, verdict) {
      probes.delete(call)
      const counts = verdict !== 'neutral' && call.era === era
      if (counts && state === 'half_open') settleProbe(verdict)
      else if (counts) settleClosed(verdict)
      // After the others were told of what it came to.
      call.leave?.release()
    },
    hear(restMs) {
      if (state === 'closed') return
      if (restMs === 0) return enter('closed')
      rest.prolong(restMs)
    },
  }
}

interface Rest {
  leftMs(): number
  state(): 'open' | 'half_open'
  begin(): void
  /** To the length that another instance says; but one that alone cannot reach a target keeps nobody from it for long. */
  prolong(restMs: number): void
  /** The next one is a first one. */
  forget(): void
}

function createRest(settings: BreakerSettings, clock: Pick<Clock, 'now'>): Rest {
  const { recoveryMs, maxRecoveryMs = longestRestMs } = settings
  let nextMs = recoveryMs
  let until = 0
  let longestUntil = 0
  return {
    leftMs: () => until - clock.now(),
    state: () => (until > clock.now() ? 'open' : 'half_open'),
    begin() {
      until = clock.now() + nextMs
      longestUntil = until + recoveryMs
      nextMs = Math.min(nextMs * 2, Math.max(recoveryMs, maxRecoveryMs))
    },
    prolong(restMs) {
      until = Math.max(until, Math.min(clock.now() + restMs, longestUntil))
    },
    forget() {
      nextMs = recoveryMs
    },
  }
}

/** A client that leaves says nothing of the target, whatever its leaving made fail. */
function verdictOn(failure: GatewayError | null, request: UpstreamRequest): Verdict {
  if (request.cancellation.cancelled) return 'neutral'
  if (failure === null) return 'success'
  return failure.entry.breaker === 'counts' ? 'failure' : 'neutral'
}

/** A request is over after its deadline: a probe that never told its end must not hold its slot for ever. */
function dropOverdue(probes: Set<AdmittedCall>, now: number): void {
  for (const probe of probes) if (probe.deadline < now) probes.delete(probe)
}

function refusal(provider: string, retryAfterMs: number): GatewayError {
  return new GatewayError('circuit_open', { provider, retryAfterMs: Math.ceil(retryAfterMs) })
}

interface OutcomeCounts {
  add(verdict: 'success' | 'failure', now: number): void
  /** Looks at the last minute, in steps of ten seconds. */
  mostlyFailed(now: number): boolean
}

const sliceMs = 10_000
const slicesKept = 6

function createOutcomeCounts(): OutcomeCounts {
  const slices: Array<{ readonly number: number; all: number; failures: number }> = []
  return {
    add(verdict, now) {
      const number = Math.floor(now / sliceMs)
      let slice = slices.at(-1)
      if (slice?.number !== number) {
        slice = { number, all: 0, failures: 0 }
        slices.push(slice)
        if (slices.length > slicesKept) slices.shift()
      }
      slice.all++
      if (verdict === 'failure') slice.failures++
    },
    mostlyFailed(now) {
      const oldest = Math.floor(now / sliceMs) - slicesKept + 1
      let all = 0
      let failures = 0
      for (const slice of slices) {
        if (slice.number < oldest) continue
        all += slice.all
        failures += slice.failures
      }
      return all >= outcomesToTell && failures >= all * failureShare
    },
  }
}
