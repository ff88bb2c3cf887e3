// How one target is asked: the layers around sending, outermost first. The order is the design, so it stands here.

import type { Layer, RawSend, Send, Target } from '../call.ts'
import type { BreakerState, Observer } from '../events.ts'
import type { Alarms } from '../lib/alarms.ts'
import type { Clock } from '../lib/clock.ts'
import type { BreakerFleet, BreakerSettings } from './circuit.ts'
import { type CircuitBreaker, createCircuitBreaker } from './circuit-breaker.ts'
import { createFirstContent } from './first-content.ts'
import { createHedgeBudget, type HedgeBudget } from './hedge-budget.ts'
import { createKeyRotation, type KeyFleet, type KeysReading } from './key-rotation.ts'
import { createLockOuts } from './lock-outs.ts'
import { createRetry } from './retry.ts'

export type { BreakerFleet } from './circuit.ts'
export type { KeyFleet } from './key-rotation.ts'

/** The other instances of this gateway. */
export interface ResilienceFleet {
  readonly breaker: BreakerFleet
  readonly keys: KeyFleet
  /** Whether a target is asked last because of another instance. */
  restsElsewhere(targetId: string, circuit: BreakerState): boolean
}

export interface ResilienceOptions {
  readonly clock: Clock
  readonly alarms: Alarms
  readonly observe: Observer
  readonly random: () => number
  readonly retry: { readonly baseMs: number; readonly maxMs: number }
  readonly circuitBreaker: BreakerSettings
  /** Around each single call of an upstream, for those who learn from how it ends. */
  readonly innermost?: readonly Layer[]
  /** Absent or null where this instance is the only one. */
  readonly fleet?: ResilienceFleet | null
}

export interface Resilience {
  readonly send: Send
  readonly breaker: CircuitBreaker
  readonly health: {
    /** Asking it now would be refused, or most likely be in vain. */
    resting(target: Target): boolean
    /** The time within which 19 of 20 recent answers came, or began where they are streams; null while unknown. */
    usualMs(targetId: string, streaming: boolean): number | null
  }
  readonly hedges: HedgeBudget
  readKeys(): readonly KeysReading[]
  /** As `health.resting`, where only the id is known: whatever its keys are up to. */
  isResting(targetId: string): boolean
}

export function createResilience(raw: RawSend, options: ResilienceOptions): Resilience {
  const { clock, observe, random, retry, fleet = null } = options
  const lockOuts = createLockOuts(clock)
  const breaker = createCircuitBreaker({
    settings: options.circuitBreaker,
    clock,
    observe,
    random,
    lockOuts,
    fleet: fleet?.breaker,
  })
  // A limited key of which the provider does not say for how long rests as a failing target would.
  const rests = { restMs: retry.baseMs, maxRestMs: retry.maxMs }
  const keys = createKeyRotation({ clock, observe, random, ...rests, fleet: fleet?.keys })
  const layers: readonly Layer[] = [
    // A refused key is replaced before anything else is concluded from the refusal.
    keys.layer,
    createRetry({ clock, random, ...retry }),
    // Inside the retries, so that each call of the upstream counts.
    breaker.layer,
    // A call that the breaker refuses is none.
    ...(options.innermost ?? []),
  ]
  const innermost = createFirstContent(raw, options)
  const isResting = (targetId: string): boolean =>
    breaker.isResting(targetId) ||
    lockOuts.isLockedOut(targetId) ||
    (fleet?.restsElsewhere(targetId, breaker.stateOf(targetId)) ?? false)
  return {
    send: layers.reduceRight((send, layer) => layer(send), innermost),
    breaker,
    health: {
      resting: target => isResting(target.id) || keys.restOf(target) > 0,
      usualMs: breaker.usualMs,
    },
    hedges: createHedgeBudget(clock),
    readKeys: keys.readings,
    isResting,
  }
}
