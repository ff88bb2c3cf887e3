// How one target is asked: the layers around sending, outermost first. The order is the design, so it stands here.

import type { Layer, RawSend, Send } from '../call.ts'
import type { Observer } from '../events.ts'
import type { Alarms } from '../lib/alarms.ts'
import type { Clock } from '../lib/clock.ts'
import { type BreakerSettings, type CircuitBreaker, createCircuitBreaker } from './circuit-breaker.ts'
import { createFirstContent } from './first-content.ts'
import { createKeyRotation } from './key-rotation.ts'
import { createRetry } from './retry.ts'

/** How long a limited key rests where the provider does not say: short, because it may be the only one. */
const unexplainedRestMs = 5_000

export interface ResilienceOptions {
  readonly clock: Clock
  readonly alarms: Alarms
  readonly observe: Observer
  readonly random: () => number
  readonly retry: { readonly baseMs: number; readonly maxMs: number }
  readonly circuitBreaker: BreakerSettings
  /** Around each single call of an upstream, for those who learn from how it ends. */
  readonly innermost?: readonly Layer[]
}

export interface Resilience {
  readonly send: Send
  readonly breaker: CircuitBreaker
}

export function createResilience(raw: RawSend, options: ResilienceOptions): Resilience {
  const { clock, observe, random } = options
  const breaker = createCircuitBreaker({ settings: options.circuitBreaker, clock, observe })
  const layers: readonly Layer[] = [
    // A refused key is replaced before anything else is concluded from the refusal.
    createKeyRotation({ clock, observe, restMs: unexplainedRestMs }).layer,
    createRetry({ clock, random, ...options.retry }),
    // Inside the retries, so that each call of the upstream counts.
    breaker.layer,
    // A call that the breaker refuses is none.
    ...(options.innermost ?? []),
  ]
  const call = createFirstContent(raw, options)
  return { send: layers.reduceRight((send, layer) => layer(send), call), breaker }
}
