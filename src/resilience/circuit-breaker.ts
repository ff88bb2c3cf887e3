// Lets a failing target rest. Closed until it fails too often, then open for a time, then half-open: a few probes, as many
// successes in all to close again, and one failure to rest twice as long. A target that answers nobody any more is avoided
// before its calls have failed.

import type { Layer, Reply, UpstreamRequest } from '../call.ts'
import { asGatewayError, type GatewayError } from '../errors.ts'
import type { BreakerState } from '../events.ts'
import { Circuit, type CircuitOptions } from './circuit.ts'
import type { LockOuts } from './lock-outs.ts'

export type CircuitBreakerOptions = CircuitOptions & {
  /** Told of every answer and every failure of a target. */
  readonly lockOuts?: LockOuts
}

export interface CircuitBreaker {
  readonly layer: Layer
  /** `half_open` as soon as the rest is over, so that whoever avoids open targets sends the probes. */
  stateOf(targetId: string): BreakerState
  /** Asking it now would be refused, or wait with others that nobody answers. */
  isResting(targetId: string): boolean
  /** See `LatencyHistogram.p95`: to the first content of streams, or to whole answers. */
  usualMs(targetId: string, streaming: boolean): number | null
  /** Of every target that was called. */
  states(): ReadonlyMap<string, BreakerState>
  /**
   * What another instance says: that it lets the target rest for a time, or, with 0, that the target answers again. A
   * closed circuit stays closed; one that rests here rests a little longer, or no longer.
   */
  hear(targetId: string, restMs: number): void
}

const rememberedTargets = 10_000

export function createCircuitBreaker(options: CircuitBreakerOptions): CircuitBreaker {
  const circuits = new Map<string, Circuit>()
  const { lockOuts, fleet } = options

  function circuitOf(targetId: string): Circuit {
    let circuit = circuits.get(targetId)
    if (circuit === undefined) {
      // Clients may name models that nobody configured, so what is remembered of targets is bounded.
      if (circuits.size >= rememberedTargets) forgetClosed(circuits)
      circuit = new Circuit(targetId, options)
      circuits.set(targetId, circuit)
    }
    return circuit
  }

  return {
    layer: send => async request => {
      const circuit = circuitOf(request.target.id)
      const call = circuit.admit(request)
      if (fleet !== undefined && circuit.isProbe(call)) await circuit.takeLeave(call, fleet)
      let reply: Reply
      try {
        reply = await send(circuit.prepare(request, call))
      } catch (thrown) {
        const failure = asGatewayError(thrown)
        circuit.settle(call, { verdict: verdictOn(failure, request), heard: failure.upstreamStatus !== null })
        lockOuts?.noteFailure(request, failure)
        throw thrown
      }
      lockOuts?.noteAnswer(request)
      circuit.answer(call, reply)
      if (reply.kind === 'full') circuit.settle(call, { verdict: 'success', heard: true })
      else
        reply.onClose(failure =>
          circuit.settle(call, { verdict: verdictOn(failure, request), heard: failure === null }),
        )
      return reply
    },
    stateOf: targetId => circuits.get(targetId)?.state ?? 'closed',
    isResting: targetId => circuits.get(targetId)?.isResting() ?? false,
    usualMs: (targetId, streaming) => circuits.get(targetId)?.usualMs(streaming) ?? null,
    states: () => new Map([...circuits].map(([targetId, circuit]) => [targetId, circuit.state])),
    hear: (targetId, restMs) => circuits.get(targetId)?.hear(restMs),
  }
}

function forgetClosed(circuits: Map<string, Circuit>): void {
  for (const [targetId, circuit] of circuits) if (circuit.state === 'closed') circuits.delete(targetId)
}

/** A client that leaves says nothing of the target, whatever its leaving made fail. */
function verdictOn(
  failure: GatewayError | null,
  request: UpstreamRequest,
): 'success' | 'failure' | 'neutral' {
  if (request.cancellation.cancelled) return 'neutral'
  if (failure === null) return 'success'
  return failure.entry.breaker === 'counts' ? 'failure' : 'neutral'
}
