// Running numbers in memory for the JSON documents and for alerts: totals since the start, rates and latencies of the
// last five minutes. Bounded whatever the traffic.

import type { Usage } from '../call.ts'
import { type ErrorCode, errorTable } from '../errors.ts'
import type { BreakerState, ExchangeEnded, GatewayEvent, Observer } from '../events.ts'
import type { Clock } from '../lib/clock.ts'
import { overflowLabel } from './exposition.ts'
import { RollingWindow, type WindowReading } from './rolling-window.ts'

export interface Totals {
  requests: number
  /** Requests that failed through no fault of the client. */
  errors: number
  /** Requests that the client got wrong, or left. */
  clientErrors: number
  inputTokens: number
  outputTokens: number
  /** Nano US dollars; whole numbers are exact up to nine million dollars. */
  costNanoUsd: number
  unpricedRequests: number
  bytesIn: number
  bytesOut: number
}

export interface ProviderReading {
  /** Calls since the start, and those that failed through the provider. */
  readonly requests: number
  readonly errors: number
  /** Requests whose answer came from here. */
  readonly answered: number
  readonly tokens: number
  readonly costNanoUsd: number
  /** Calls of the last five minutes; milliseconds to the end of the call, or to its first content for an answer. */
  readonly recent: WindowReading
}

export interface StatsReading {
  readonly uptimeMs: number
  readonly totals: Readonly<Totals>
  /** Requests that reached a provider or failed in the gateway, in the last five minutes. */
  readonly served: WindowReading
  /** The same of the last minute. */
  readonly servedLastMinute: WindowReading
  readonly overhead: WindowReading
  readonly firstContent: WindowReading
  readonly requestsPerSecond: number
  /** Distinct keys of the last hour, at most 10,000. */
  readonly activeKeys: number
  readonly inFlight: number
  readonly routes: ReadonlyMap<string, WindowReading>
  readonly providers: ReadonlyMap<string, ProviderReading>
}

export interface Stats {
  readonly observe: Observer
  read(): StatsReading
  /** State of the breaker of a target; one that has not changed since the configuration was loaded is closed. */
  readonly breakerState: (target: string) => BreakerState
}

const maxKeys = 10_000
const keyActiveMs = 3_600_000
const minuteMs = 60_000
const maxProviders = 200
const maxRoutes = 100

export function createStats(clock: Clock): Stats {
  const startedAt = clock.now()
  const totals = emptyTotals()
  const arrived = new RollingWindow()
  const served = new RollingWindow()
  const overhead = new RollingWindow()
  const firstContent = new RollingWindow()
  const routes = new Map<string, RollingWindow>()
  const providers = createProviderTable()
  const keys = createActiveKeys()
  const breakers = new Map<string, BreakerState>()
  let inFlight = 0

  function observeExchange(event: ExchangeEnded): void {
    const now = clock.now()
    if (inFlight > 0) inFlight--
    countTotals(totals, event)
    if (event.keyId !== null) keys.touch(event.keyId, now)
    arrived.record(now, event.durationMs, false)
    // What was refused at the door took no time: it would make the gateway look fast.
    if (event.provider !== null || event.status < 400 || isFailure(event)) {
      served.record(now, event.durationMs, isFailure(event))
      bounded(routes, event.route, maxRoutes, createWindow).record(now, event.durationMs, isFailure(event))
    }
    if (event.provider !== null) {
      overhead.record(now, Math.max(0, event.durationMs - event.upstreamMs), false)
      providers.count(event, now)
    }
    if (event.firstContentMs !== null) firstContent.record(now, event.firstContentMs, false)
  }

  function observe(event: GatewayEvent): void {
    if (event.type === 'exchange_ended') observeExchange(event)
    else if (event.type === 'exchange_started') inFlight++
    else if (event.type === 'breaker_changed') {
      // Closed is what is assumed of a target that is not listed.
      if (event.state === 'closed') breakers.delete(event.target)
      else breakers.set(event.target, event.state)
    }
  }

  function read(): StatsReading {
    const now = clock.now()
    const uptimeMs = now - startedAt
    const lastMinute = arrived.read(now, minuteMs)
    return {
      uptimeMs,
      totals: { ...totals },
      served: served.read(now),
      servedLastMinute: served.read(now, minuteMs),
      overhead: overhead.read(now),
      firstContent: firstContent.read(now),
      requestsPerSecond: (1000 * lastMinute.count) / Math.max(1000, Math.min(uptimeMs, lastMinute.spanMs)),
      activeKeys: keys.count(now),
      inFlight,
      routes: new Map([...routes].map(([route, window]) => [route, window.read(now)])),
      providers: providers.read(now),
    }
  }

  return { observe, read, breakerState: target => breakers.get(target) ?? 'closed' }
}

interface ProviderStats {
  requests: number
  errors: number
  answered: number
  tokens: number
  costNanoUsd: number
  readonly window: RollingWindow
}

function createProviderTable() {
  const providers = new Map<string, ProviderStats>()
  const find = (name: string) => bounded(providers, name, maxProviders, createProviderStats)

  return {
    count(event: ExchangeEnded, now: number): void {
      for (const attempt of event.attempts) {
        // A breaker that is open keeps the call from being made.
        if (attempt.code === 'circuit_open') continue
        const stats = find(attempt.provider)
        // An answer that broke off had won: its attempt knows nothing of it.
        const broke = attempt.code === null && event.outcome === 'truncated'
        const failed = broke || blamesProvider(attempt.code)
        stats.requests++
        if (failed) stats.errors++
        stats.window.record(now, attempt.durationMs, failed)
      }
      if (event.provider === null) return
      const last = find(event.provider)
      if (event.outcome === 'ok') last.answered++
      if (event.usage !== null) last.tokens += inputTokens(event.usage) + outputTokens(event.usage)
      last.costNanoUsd += event.costNanoUsd ?? 0
    },
    read(now: number): Map<string, ProviderReading> {
      return new Map(
        [...providers].map(([name, { window, ...counts }]) => [
          name,
          { ...counts, recent: window.read(now) },
        ]),
      )
    },
  }
}

function createProviderStats(): ProviderStats {
  return { requests: 0, errors: 0, answered: 0, tokens: 0, costNanoUsd: 0, window: new RollingWindow() }
}

/** A failure that the client did not cause. */
function isFailure(event: ExchangeEnded): boolean {
  return event.outcome === 'truncated' || (event.outcome === 'error' && event.status >= 500)
}

/** Whether a failed call speaks against its provider: what would fail everywhere does not. */
export function blamesProvider(code: ErrorCode | null): boolean {
  return code !== null && errorTable[code].retry !== 'final'
}

function countTotals(totals: Totals, event: ExchangeEnded): void {
  totals.requests++
  if (isFailure(event)) totals.errors++
  else if (event.outcome !== 'ok') totals.clientErrors++
  if (event.usage !== null) {
    totals.inputTokens += inputTokens(event.usage)
    totals.outputTokens += outputTokens(event.usage)
  }
  totals.costNanoUsd += event.costNanoUsd ?? 0
  if (event.costStatus === 'unpriced') totals.unpricedRequests++
  totals.bytesIn += event.bytesIn
  totals.bytesOut += event.bytesOut
}

export function inputTokens(usage: Usage): number {
  return usage.inputUncached + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h + usage.audioInput
}

export function outputTokens(usage: Usage): number {
  return usage.outputText + usage.outputReasoning + usage.audioOutput
}

/** Which keys were used within the last hour. */
function createActiveKeys() {
  const lastSeen = new Map<string, number>()
  let prunedAt = 0

  function prune(now: number): void {
    prunedAt = now
    for (const [key, seen] of lastSeen) if (now - seen > keyActiveMs) lastSeen.delete(key)
  }

  return {
    touch(key: string, now: number): void {
      if (lastSeen.size >= maxKeys && !lastSeen.has(key)) {
        if (now - prunedAt > minuteMs) prune(now)
        if (lastSeen.size >= maxKeys) return
      }
      lastSeen.set(key, now)
    },
    count(now: number): number {
      prune(now)
      return lastSeen.size
    },
  }
}

/** The entry of a name; names beyond the bound share one. */
function bounded<Entry>(
  entries: Map<string, Entry>,
  name: string,
  ...rest: [max: number, create: () => Entry]
): Entry {
  const known = entries.get(name)
  if (known !== undefined) return known
  const [max, create] = rest
  const key = entries.size < max ? name : overflowLabel
  const entry = entries.get(key) ?? create()
  entries.set(key, entry)
  return entry
}

function createWindow(): RollingWindow {
  return new RollingWindow()
}

function emptyTotals(): Totals {
  return {
    requests: 0,
    errors: 0,
    clientErrors: 0,
    inputTokens: 0,
    outputTokens: 0,
    costNanoUsd: 0,
    unpricedRequests: 0,
    bytesIn: 0,
    bytesOut: 0,
  }
}
