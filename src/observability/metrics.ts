// The gateway's metrics for Prometheus. No label holds anything that a client chose: models are those of targets,
// never those asked for, and keys do not appear.

import type { AttemptRecord } from '../errors.ts'
import type { BreakerState, GatewayEvent, Observer } from '../events.ts'
import type { Clock } from '../lib/clock.ts'
import { createExchangeMetrics, getOrCreate } from './exchange-metrics.ts'
import { type Counter, createRegistry, expositionContentType, type Registry } from './exposition.ts'
import { createModelMetrics } from './model-metrics.ts'
import { createReadingMetrics, type Readings } from './reading-metrics.ts'
import { createRoutingMetrics } from './routing-metrics.ts'
import type { SystemSample } from './system-sampler.ts'

export interface MetricsDeps {
  readonly clock: Clock
  /** Of this program. */
  readonly version: string
  readonly system: () => SystemSample
  /** Milliseconds of processor time used by this process. */
  readonly processCpuMs: () => number
  /** Answers being streamed at this moment. */
  readonly streamsOpen?: () => number
  /** Ledger rows that wait in the spool. */
  readonly spoolQueued?: () => number
  /** Log lines that could not be written. */
  readonly logLinesDropped?: () => number
  /** How often each observer threw. */
  readonly observerFailures?: () => ReadonlyMap<string, number>
  /** Absent: nothing of the kind. */
  readonly readings?: Readings
  /** Models beyond this number are counted as `other`. */
  readonly maxModels?: number
}

export interface Metrics {
  readonly observe: Observer
  readonly contentType: string
  /** The text for Prometheus. */
  render(): string
}

const breakerValues: Readonly<Record<BreakerState, number>> = { closed: 0, half_open: 1, open: 2 }

export function createMetrics(deps: MetricsDeps): Metrics {
  const registry = createRegistry()
  const observeExchange = createExchangeMetrics(registry, deps.maxModels ?? 500)
  const observeAttempt = createAttemptMetrics(registry)
  const observeState = createStateMetrics(registry)
  const routing = createRoutingMetrics(registry)
  const refreshGauges = createGauges(registry, deps)
  const models = createModelMetrics(registry)
  const { readings } = deps
  let refreshReadings: (() => void) | null = null
  const inFlight = registry
    .gauge({ name: 'llm_proxy_requests_in_flight', help: 'Requests that have begun and not ended.' })
    .with()

  function observe(event: GatewayEvent): void {
    if (event.type === 'exchange_started') inFlight.value++
    else if (event.type === 'exchange_ended') {
      if (inFlight.value > 0) inFlight.value--
      observeExchange(event)
      for (const attempt of event.attempts) observeAttempt(attempt)
      routing.observeExchange(event)
    } else if (event.type === 'shadow_ended') routing.observeShadow(event)
    else if (event.type === 'health_check_ended') routing.observeHealthCheck(event)
    else if (
      event.type === 'models_listed' ||
      event.type === 'model_listing_failed' ||
      event.type === 'models_changed'
    )
      models.observe(event)
    else observeState(event)
  }

  return {
    observe,
    contentType: expositionContentType,
    render() {
      refreshGauges()
      // What is read is there when somebody asks, not when the metrics are made.
      if (readings !== undefined) refreshReadings ??= createReadingMetrics(registry, readings)
      refreshReadings?.()
      models.refresh(readings?.modelLists() ?? [], deps.clock.wall())
      return registry.render()
    },
  }
}

function createAttemptMetrics(registry: Registry): (attempt: AttemptRecord) => void {
  const attempts = registry.counter({
    name: 'llm_proxy_upstream_attempts_total',
    help: 'Calls of providers by result: `ok`, or the code of the failure.',
    labels: ['provider', 'code'],
  })
  const bound = new Map<string, Map<string, Counter>>()
  return ({ provider, code }) => {
    const result = code ?? 'ok'
    const known = bound.get(provider)?.get(result)
    if (known !== undefined) known.add(1)
    else {
      const fresh = attempts.with(provider, result)
      fresh.add(1)
      getOrCreate(bound, provider).set(result, fresh)
    }
  }
}

/** Counts and gauges that change seldom: configuration, breakers, keys. */
function createStateMetrics(registry: Registry): Observer {
  const breakers = registry.gauge({
    name: 'llm_proxy_breaker_state',
    help: 'State of the circuit breaker of a target: 0 closed, 1 half open, 2 open.',
    labels: ['target'],
    maxSeries: 1_000,
  })
  const keysRejected = registry.counter({
    name: 'llm_proxy_provider_key_rejected_total',
    help: 'Keys that a provider refused and that were set aside.',
    labels: ['provider'],
  })
  const reloads = registry.counter({
    name: 'llm_proxy_configuration_reloads_total',
    help: 'Changed configurations by result; the one loaded at the start is not counted.',
    labels: ['result'],
  })
  const information = registry.gauge({
    name: 'llm_proxy_configuration_info',
    help: 'Always 1; the label is the version of the configuration in use.',
    labels: ['version'],
  })
  const accepted = reloads.with('accepted')
  const rejected = reloads.with('rejected')
  let loadedBefore = false

  return event => {
    if (event.type === 'configuration_loaded') {
      information.clear()
      information.with(event.version).set(1)
      if (loadedBefore) accepted.add(1)
      loadedBefore = true
    } else if (event.type === 'configuration_rejected') rejected.add(1)
    else if (event.type === 'provider_key_rejected') keysRejected.with(event.provider).add(1)
    else if (event.type === 'breaker_changed') breakers.with(event.target).set(breakerValues[event.state])
  }
}

/** Values that are asked for when the text is made. Names without the prefix are those of every Prometheus client. */
function createGauges(registry: Registry, deps: MetricsDeps): () => void {
  const gauge = (name: string, help: string) => registry.gauge({ name, help }).with()
  const startedAt = deps.clock.now()
  registry
    .gauge({ name: 'llm_proxy_build_info', help: 'Always 1; the label is the version.', labels: ['version'] })
    .with(deps.version)
    .set(1)
  gauge('process_start_time_seconds', 'Start of the process in Unix seconds.').set(deps.clock.wall() / 1000)
  const cpu = registry
    .counter({ name: 'process_cpu_seconds_total', help: 'Processor time used by the process.', scale: 1e-3 })
    .with()
  const resident = gauge('process_resident_memory_bytes', 'Resident memory of the process.')
  const heap = gauge('nodejs_heap_size_used_bytes', 'JavaScript heap in use.')
  const uptime = gauge('llm_proxy_uptime_seconds', 'Time since the start.')
  const lag = gauge('llm_proxy_event_loop_lag_seconds', 'Median lateness of the event loop.')
  const lagP99 = gauge('llm_proxy_event_loop_lag_p99_seconds', '99th percentile of that lateness.')
  const systemCpu = gauge('llm_proxy_system_cpu_percent', 'Busy share of the processors of the machine.')
  const systemMemory = gauge('llm_proxy_system_memory_percent', 'Used share of the memory or of its limit.')
  const systemDisk = gauge('llm_proxy_system_disk_percent', 'Used share of the file system with the data.')
  const streams = gauge('llm_proxy_streams_open', 'Answers being streamed.')
  const spool = gauge('llm_proxy_spool_queued', 'Ledger rows that wait to be stored.')
  const dropped = registry
    .counter({ name: 'llm_proxy_log_lines_dropped_total', help: 'Log lines that could not be written.' })
    .with()
  const failures = registry.counter({
    name: 'llm_proxy_observer_failures_total',
    help: 'Events that a reader of events failed on.',
    labels: ['observer'],
  })

  return () => {
    const system = deps.system()
    cpu.value = deps.processCpuMs()
    resident.set(system.residentBytes)
    heap.set(system.heapUsedBytes)
    uptime.set((deps.clock.now() - startedAt) / 1000)
    lag.set(system.eventLoopLagMs / 1000)
    lagP99.set(system.eventLoopLagP99Ms / 1000)
    systemCpu.set(system.cpuPercent)
    systemMemory.set(system.memoryPercent)
    systemDisk.set(system.diskPercent)
    streams.set(deps.streamsOpen?.() ?? 0)
    spool.set(deps.spoolQueued?.() ?? 0)
    dropped.value = deps.logLinesDropped?.() ?? 0
    for (const [observer, count] of deps.observerFailures?.() ?? []) failures.with(observer).value = count
  }
}
