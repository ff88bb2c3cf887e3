// How one target is asked: the layers around sending, outermost first. The order is the design, so it stands here.

import type { Layer, RawSend, Send } from '../call.ts'
import type { Observer } from '../events.ts'
import type { Alarms } from '../lib/alarms.ts'
import type { Clock } from '../lib/clock.ts'
import {
  type BreakerFleet,
  type BreakerSettings,
  type CircuitBreaker,
  createCircuitBreaker,
} from './circuit-breaker.ts'
import { createFirstContent } from './first-content.ts'
import { createKeyRotation, type KeyFleet } from './key-rotation.ts'
import { createRetry } from './retry.ts'

export type { BreakerFleet } from './circuit-breaker.ts'
export type { KeyFleet } from './key-rotation.ts'

/** How long a limited key rests where the provider does not say: short, because it may be the only one. */
const unexplainedRestMs = 5_000

export interface ResilienceOptions {
  readonly clock: Clock
  readonly alarms: Alarms
  readonly observe: Observer
  readonly random: () => number
  readonly retry: { readonly baseMs: number; readonly maxMs: number }
  readonly circuitBreaker: BreakerSettings
  /** Null where this instance is the only one. */
  readonly fleet: { readonly breaker: BreakerFleet; readonly keys: KeyFleet } | null
}

export interface Resilience {
  readonly send: Send
  readonly breaker: CircuitBreaker
}

export function createResilience(raw: RawSend, options: ResilienceOptions): Resilience {
  const { clock, observe, random, fleet } = options
  const breaker = createCircuitBreaker({
    settings: options.circuitBreaker,
    clock,
    observe,
    fleet: fleet?.breaker,
  })
  const layers: readonly Layer[] = [
    // A refused key is replaced before anything else is concluded from the refusal.
    createKeyRotation({ clock, observe, restMs: unexplainedRestMs, fleet: fleet?.keys }).layer,
    createRetry({ clock, random, ...options.retry }),
    // Inside the retries, so that each call of the upstream counts.
    breaker.layer,
  ]
  const innermost = createFirstContent(raw, options)
  return { send: layers.reduceRight((send, layer) => layer(send), innermost), breaker }
}
