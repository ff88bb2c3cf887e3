// The JSON of GET /metrics. Every leaf is a number but `status`; alert rules name leaves by path (see metric-path.ts).
// Counts are since the start; rates, averages and percentiles are of the last five minutes, 0 without traffic.

import { assessProvider, type HealthStatus, type ProviderFacts } from './provider-health.ts'
import type { WindowReading } from './rolling-window.ts'
import type { ProviderReading, Stats, StatsReading } from './stats.ts'
import type { SystemSample } from './system-sampler.ts'

/** Milliseconds. */
export interface LatencyDocument {
  readonly avg: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

export interface MetricsDocument {
  /** Always zero while there is no cache. */
  readonly cache_performance: {
    /** 0..1 */
    readonly hit_rate: number
    readonly hits: number
    readonly misses: number
    readonly entries: number
  }
  readonly performance: {
    /** Milliseconds from the first byte of a request to the last of its answer. */
    readonly avg_response_time: number
    readonly p50: number
    readonly p95: number
    readonly p99: number
    /** Of the last minute. */
    readonly requests_per_second: number
    /** 0..1, failures that no client caused. */
    readonly error_rate: number
    readonly requests_in_flight: number
    /** What the gateway adds to the time of the provider. */
    readonly overhead: LatencyDocument
    /** From the start of a request to the first content of its answer. */
    readonly first_content: LatencyDocument
    /** By route as declared: `/v1/chat/completions`. */
    readonly endpoints: Readonly<Record<string, EndpointDocument>>
  }
  /** By configured name. */
  readonly providers: Readonly<Record<string, ProviderDocument>>
  readonly system: SystemDocument
  readonly business: {
    readonly total_requests: number
    readonly total_errors: number
    /** Requests that the client got wrong, or left. */
    readonly client_errors: number
    readonly total_tokens: number
    readonly input_tokens: number
    readonly output_tokens: number
    /** Of requests whose price is known. */
    readonly total_cost_usd: number
    /** Requests whose tokens have no known price: they are missing from the cost. */
    readonly unpriced_requests: number
    /** Keys used within the last hour. */
    readonly active_users: number
  }
}

export interface EndpointDocument {
  readonly avg_response_time: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly error_rate: number
}

export interface ProviderDocument extends EndpointDocument {
  /** Calls of the provider, retries included, and those of them that failed through it. */
  readonly requests: number
  readonly errors: number
  /** Requests whose answer came from here. */
  readonly answered: number
  readonly tokens: number
  readonly cost_usd: number
  readonly status: HealthStatus
}

export interface SystemDocument {
  readonly cpu_percent: number
  /** 100 is one processor fully used. */
  readonly process_cpu_percent: number
  readonly memory_percent: number
  readonly memory_used_mb: number
  readonly process_memory_mb: number
  readonly disk_percent: number
  readonly event_loop_lag_ms: number
  readonly event_loop_lag_p99_ms: number
  /** Bytes of bodies, from and to clients. */
  readonly network_in_bytes: number
  readonly network_out_bytes: number
  /** Seconds. */
  readonly uptime: number
}

export interface MetricsDocumentDeps {
  readonly stats: Stats
  readonly system: () => SystemSample
  readonly providers: () => readonly ProviderFacts[]
}

export function buildMetricsDocument({ stats, system, providers }: MetricsDocumentDeps): MetricsDocument {
  const reading = stats.read()
  return {
    cache_performance: { hit_rate: 0, hits: 0, misses: 0, entries: 0 },
    performance: describePerformance(reading),
    providers: Object.fromEntries(
      providers().map(facts => {
        const provider = reading.providers.get(facts.name)
        return [facts.name, describeProvider(provider, assessProvider(facts, provider, stats.breakerState))]
      }),
    ),
    system: describeSystem(system(), reading),
    business: {
      total_requests: reading.totals.requests,
      total_errors: reading.totals.errors,
      client_errors: reading.totals.clientErrors,
      total_tokens: reading.totals.inputTokens + reading.totals.outputTokens,
      input_tokens: reading.totals.inputTokens,
      output_tokens: reading.totals.outputTokens,
      total_cost_usd: reading.totals.costNanoUsd / 1e9,
      unpriced_requests: reading.totals.unpricedRequests,
      active_users: reading.activeKeys,
    },
  }
}

function describePerformance(reading: StatsReading): MetricsDocument['performance'] {
  return {
    ...describeEndpoint(reading.served),
    requests_per_second: round(reading.requestsPerSecond),
    requests_in_flight: reading.inFlight,
    overhead: describeLatency(reading.overhead),
    first_content: describeLatency(reading.firstContent),
    endpoints: Object.fromEntries(
      [...reading.routes].map(([route, window]) => [route, describeEndpoint(window)]),
    ),
  }
}

function describeEndpoint(window: WindowReading): EndpointDocument {
  const { avg, ...percentiles } = describeLatency(window)
  return { avg_response_time: avg, ...percentiles, error_rate: errorRate(window) }
}

function describeProvider(reading: ProviderReading | undefined, status: HealthStatus): ProviderDocument {
  return {
    status,
    requests: reading?.requests ?? 0,
    errors: reading?.errors ?? 0,
    answered: reading?.answered ?? 0,
    tokens: reading?.tokens ?? 0,
    cost_usd: (reading?.costNanoUsd ?? 0) / 1e9,
    ...describeEndpoint(reading?.recent ?? nothingRecorded),
  }
}

const nothingRecorded: WindowReading = {
  spanMs: 0,
  count: 0,
  failures: 0,
  average: 0,
  p50: 0,
  p95: 0,
  p99: 0,
}

function describeLatency(window: WindowReading): LatencyDocument {
  return {
    avg: round(window.average),
    p50: round(window.p50),
    p95: round(window.p95),
    p99: round(window.p99),
  }
}

function describeSystem(system: SystemSample, reading: StatsReading): SystemDocument {
  return {
    cpu_percent: round(system.cpuPercent),
    process_cpu_percent: round(system.processCpuPercent),
    memory_percent: round(system.memoryPercent),
    memory_used_mb: megabytes(system.memoryUsedBytes),
    process_memory_mb: megabytes(system.residentBytes),
    disk_percent: round(system.diskPercent),
    event_loop_lag_ms: round(system.eventLoopLagMs),
    event_loop_lag_p99_ms: round(system.eventLoopLagP99Ms),
    network_in_bytes: reading.totals.bytesIn,
    network_out_bytes: reading.totals.bytesOut,
    uptime: round(reading.uptimeMs / 1000),
  }
}

/** Failures per request, 0..1; 0 without requests. */
export function errorRate(window: WindowReading): number {
  return window.count === 0 ? 0 : round(window.failures / window.count)
}

export function megabytes(bytes: number): number {
  return round(bytes / 1_048_576)
}

/** To four decimals: more would be noise in a document that people read. */
export function round(value: number): number {
  return Math.round(value * 10_000) / 10_000
}
