// How often a key may ask: never more than the limit in any window of time, and never more than a burst at once.
// The window is counted in 60 slots that slide: a request counts for the whole window and at most one slot longer,
// so the limit is never exceeded and a client at its limit loses less than 2 % of it. The burst is a token bucket,
// kept as the time at which it is full again (GCRA).

import type { Clock } from '../lib/clock.ts'

export interface RateLimit {
  readonly requestsPerWindow: number
  readonly windowMs: number
  /** Requests that may come at once; refilled evenly at `requestsPerWindow` per `windowMs`. */
  readonly burstLimit: number
}

export interface RateDecision {
  readonly allowed: boolean
  /** Requests per window. */
  readonly limit: number
  /** What could be sent right now, after this request. */
  readonly remaining: number
  /** Whole milliseconds until nothing that was sent counts any more. */
  readonly resetMs: number
  /** Whole milliseconds after which a refused request is taken, if nothing else is sent meanwhile; 0 if allowed. */
  readonly retryAfterMs: number
}

export interface RateLimiter {
  /** Counts a request of the key, unless it is refused: a refused request takes nothing. */
  take(keyId: string): RateDecision
}

export interface RateLimiterOptions {
  readonly limit: RateLimit
  readonly clock: Pick<Clock, 'now'>
  /** Keys remembered; beyond it the one that asked longest ago is forgotten. More than are active in a window. */
  readonly maxKeys: number
}

/** What one key has sent. */
interface Ledger {
  /** When the burst is whole again: each request moves it on by one refill. */
  wholeAt: number
  /** Requests by slot of time: a ring that ends with slot `newest`. */
  readonly counts: Uint32Array
  /** Sum of `counts`. */
  total: number
  newest: number
  /** The newest slot with a request in it. */
  lastUsed: number
}

const slotsPerWindow = 60
/** Forgives the rounding of sums of fractions of a millisecond. */
const toleranceMs = 0.001

export function createRateLimiter({ limit, clock, maxKeys }: RateLimiterOptions): RateLimiter {
  const { requestsPerWindow, windowMs, burstLimit } = limit
  const slotMs = Math.max(1, Math.ceil(windowMs / slotsPerWindow))
  // One more than fills a window, because a window rarely begins where a slot begins.
  const slots = Math.ceil(windowMs / slotMs) + 1
  const refillMs = windowMs / requestsPerWindow
  const ledgers = new Map<string, Ledger>()
  let newest: string | null = null

  /** Milliseconds until what was sent in a slot no longer counts. */
  const untilForgotten = (slot: number, now: number) => (slot + slots) * slotMs - Math.floor(now)

  function decide(ledger: Ledger, now: number): RateDecision {
    slideTo(ledger, Math.floor(now / slotMs))
    const room = burstLimit * refillMs - Math.max(0, ledger.wholeAt - now)
    const available = Math.min(Math.floor((room + toleranceMs) / refillMs), requestsPerWindow - ledger.total)
    const allowed = available >= 1
    let retryAfterMs = 0
    if (allowed) {
      count(ledger, now, refillMs)
    } else {
      const burstWaitMs = Math.ceil(refillMs - room - toleranceMs / 2)
      const windowWaitMs = ledger.total < requestsPerWindow ? 0 : untilForgotten(oldestUsed(ledger), now)
      retryAfterMs = Math.max(burstWaitMs, windowWaitMs)
    }
    const resetMs = Math.max(Math.ceil(ledger.wholeAt - now), untilForgotten(ledger.lastUsed, now))
    return {
      allowed,
      limit: requestsPerWindow,
      remaining: allowed ? available - 1 : 0,
      resetMs,
      retryAfterMs,
    }
  }

  return {
    take(keyId) {
      const now = clock.now()
      const ledger = ledgers.get(keyId) ?? openLedger(slots, now)
      if (keyId !== newest) {
        // Setting anew keeps the map in the order of use, so that its first key is the one to forget.
        ledgers.delete(keyId)
        ledgers.set(keyId, ledger)
        newest = keyId
        if (ledgers.size > maxKeys) forgetFirst(ledgers)
      }
      return decide(ledger, now)
    },
  }
}

/** The headers that tell a client of its limit, as name and value in turn; durations as OpenAI writes them. */
export function rateLimitHeaders(decision: RateDecision): readonly string[] {
  const headers = [
    'x-ratelimit-limit-requests',
    String(decision.limit),
    'x-ratelimit-remaining-requests',
    String(decision.remaining),
    'x-ratelimit-reset-requests',
    formatDuration(decision.resetMs),
  ]
  if (decision.allowed) return headers
  const seconds = Math.max(1, Math.ceil(decision.retryAfterMs / 1000))
  headers.push('retry-after', String(seconds), 'retry-after-ms', String(decision.retryAfterMs))
  return headers
}

/** Whole milliseconds as `20ms`, `1.2s`, `6m0s`, `1h0m0s`. */
function formatDuration(milliseconds: number): string {
  if (milliseconds === 0) return '0s'
  if (milliseconds < 1000) return `${milliseconds}ms`
  const minutes = Math.floor(milliseconds / 60_000)
  const seconds = `${(milliseconds % 60_000) / 1000}s`
  if (minutes === 0) return seconds
  if (minutes < 60) return `${minutes}m${seconds}`
  return `${Math.floor(minutes / 60)}h${minutes % 60}m${seconds}`
}

function openLedger(slots: number, now: number): Ledger {
  return { wholeAt: now, counts: new Uint32Array(slots), total: 0, newest: 0, lastUsed: 0 }
}

function forgetFirst(ledgers: Map<string, Ledger>): void {
  for (const keyId of ledgers.keys()) {
    ledgers.delete(keyId)
    return
  }
}

/** Empties the slots that have left the window. */
function slideTo(ledger: Ledger, slot: number): void {
  const { counts } = ledger
  const first = Math.max(ledger.newest + 1, slot - counts.length + 1)
  for (let passed = first; passed <= slot; passed++) {
    const index = passed % counts.length
    ledger.total -= counts[index] ?? 0
    counts[index] = 0
  }
  ledger.newest = slot
}

function count(ledger: Ledger, now: number, refillMs: number): void {
  const index = ledger.newest % ledger.counts.length
  ledger.counts[index] = (ledger.counts[index] ?? 0) + 1
  ledger.total++
  ledger.lastUsed = ledger.newest
  ledger.wholeAt = Math.max(ledger.wholeAt, now) + refillMs
}

/** The oldest slot of the window with a request in it; the newest where there is none. */
function oldestUsed({ counts, newest }: Ledger): number {
  let slot = Math.max(0, newest - counts.length + 1)
  while (slot < newest && counts[slot % counts.length] === 0) slot++
  return slot
}
