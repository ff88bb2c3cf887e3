// What becomes of an event that is not of its format: it is dropped and counted, and its stream goes on.

import { GatewayError } from '../../errors.ts'
import { ContradictoryAnswer } from '../shared/answer-body.ts'

/**
 * Whether this is about one event alone. A failure that the upstream reports of itself has its code, whatever we call it.
 */
export function isMalformedEvent(thrown: unknown): thrown is GatewayError {
  if (!(thrown instanceof GatewayError) || thrown instanceof ContradictoryAnswer) return false
  return thrown.code === 'upstream_malformed' && thrown.upstreamCode === null
}

/** What was dropped of one stream. */
export class DroppedEvents {
  count = 0
  #first: GatewayError | null = null

  /** @throws what it was given, where that is no malformed event */
  add(thrown: unknown): void {
    if (!isMalformedEvent(thrown)) throw thrown
    this.count++
    this.#first ??= thrown
  }

  /** What a stream failed of that said nothing else: null where nothing was dropped. */
  get failure(): GatewayError | null {
    return this.#first
  }
}
