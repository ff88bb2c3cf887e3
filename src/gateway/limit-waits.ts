// Who is limited until when, and whether it is waited for: an upstream that limits again and again is not waited for
// again and again.

import type { GatewayError } from '../errors.ts'
import { pause } from '../lib/pause.ts'
import type { Exchange } from './exchange.ts'

interface Limit<Item> {
  readonly item: Item
  /** `clock.now()` at which it ends. */
  readonly until: number
}

const mostWaits = 2
/** Timers ring early by a fraction of a millisecond, and a limit that ends at once would be asked in a loop. */
const shortestWaitMs = 2

/** Of one request: made for it when the first target is limited. A class because it counts what was waited. */
export class LimitWaits<Item> {
  readonly #exchange: Exchange
  /** For all waits together. */
  readonly #maxMs: number
  #limits: Limit<Item>[] = []
  #waits = 0
  #waitedMs = 0

  constructor(exchange: Exchange, maxMs: number) {
    this.#exchange = exchange
    this.#maxMs = maxMs
  }

  /**
   * Keeps what says when it can be asked again.
   * @param retried it was asked as often as it may be: one that is overloaded still is not waited for
   * @returns whether it did say so
   */
  note(item: Item, { code, retryAfterMs }: GatewayError, retried: boolean): boolean {
    if (retryAfterMs === null) return false
    if (code !== 'upstream_rate_limited' && (code !== 'upstream_overloaded' || retried)) return false
    this.#limits.push({ item, until: this.#exchange.gateway.clock.now() + retryAfterMs })
    return true
  }

  has(item: Item): boolean {
    return this.#limits.some(limit => limit.item === item)
  }

  /** Waits for the limit that ends first, where that is soon enough; null where none does. */
  waitForFirst(): Promise<Item> | null {
    const { gateway, deadline, cancellation } = this.#exchange
    const first = this.#limits.toSorted((one, other) => one.until - other.until)[0]
    if (first === undefined || this.#waits >= mostWaits) return null
    const now = gateway.clock.now()
    const waitMs = Math.max(0, first.until - now) + shortestWaitMs
    if (this.#waitedMs + waitMs > this.#maxMs || now + waitMs >= deadline) return null
    this.#limits = this.#limits.filter(limit => limit !== first)
    this.#waits++
    this.#waitedMs += waitMs
    return pause(waitMs, gateway.clock, cancellation).then(() => first.item)
  }
}
