// Everything that watches the gateway: one observer for the log, the metrics and the statistics.

import { resolve } from 'node:path'
import type { Configuration } from '../config/configuration.ts'
import type { Observer } from '../events.ts'
import type { Clock } from '../lib/clock.ts'
import { createLog, type Log } from '../observability/log.ts'
import { createMetrics, type Metrics } from '../observability/metrics.ts'
import { createObservers, type NamedObserver } from '../observability/observers.ts'
import type { Readings } from '../observability/reading-metrics.ts'
import { createStats, type Stats } from '../observability/stats.ts'
import { createSystemProbe } from '../observability/system-probe.ts'
import { createSystemSampler, type SystemSampler } from '../observability/system-sampler.ts'

export interface Observation {
  readonly observe: Observer
  readonly log: Log
  /** null where the configuration switches metrics off. */
  readonly metrics: Metrics | null
  readonly stats: Stats
  readonly system: SystemSampler
  /** Whether new requests should be sent here. */
  readonly ready: boolean
  setReady(ready: boolean): void
  /** Takes one more reader of the facts. */
  add(reader: NamedObserver): void
  /** Gives the metrics what only exists later. */
  setGauges(gauges: Gauges): void
  close(): Promise<void>
}

export interface Gauges {
  streamsOpen(): number
  spoolQueued(): number
  readonly readings: Readings
}

const nothingYet: Gauges = {
  streamsOpen: () => 0,
  spoolQueued: () => 0,
  readings: {
    affinity: () => [],
    failedConditions: () => [],
    providerKeys: () => [],
    modelLists: () => [],
    redis: () => null,
  },
}

export interface ObservationOptions {
  readonly configuration: Configuration
  readonly dataDirectory: string
  /** Of the program. */
  readonly version: string
  readonly clock: Clock
}

export function createObservation(options: ObservationOptions): Observation {
  const { configuration, dataDirectory, version, clock } = options
  const { logging, app } = configuration
  const file = logging.file === null ? null : resolve(dataDirectory, logging.file)
  const log = createLog({ ...logging, file, clock, service: app.name })
  const probe = createSystemProbe(dataDirectory)
  const system = createSystemSampler({ clock, probe })
  const stats = createStats(clock)
  let gauges = nothingYet
  const metrics = configuration.metrics.enabled
    ? createMetrics({
        clock,
        version,
        system: system.current,
        processCpuMs: probe.processCpuMs,
        streamsOpen: () => gauges.streamsOpen(),
        spoolQueued: () => gauges.spoolQueued(),
        readings: {
          affinity: () => gauges.readings.affinity(),
          failedConditions: () => gauges.readings.failedConditions(),
          providerKeys: () => gauges.readings.providerKeys(),
          modelLists: () => gauges.readings.modelLists(),
          redis: () => gauges.readings.redis(),
        },
        logLinesDropped: log.droppedLines,
        observerFailures: () => observers.failures(),
      })
    : null
  const readers: NamedObserver[] = [
    { name: 'statistics', observe: stats.observe },
    ...(metrics === null ? [] : [{ name: 'metrics', observe: metrics.observe }]),
    { name: 'log', observe: log.observe },
  ]
  const observers = createObservers(readers, (name, thrown) =>
    log.error('an observer failed', { observer: name, reason: String(thrown) }),
  )
  let ready = false
  return {
    observe: observers.observe,
    log,
    metrics,
    stats,
    system,
    get ready() {
      return ready
    },
    add: reader => void readers.push(reader),
    setReady(next) {
      ready = next
    },
    setGauges(next) {
      gauges = next
    },
    async close() {
      system.stop()
      probe.stop()
      await log.close()
    },
  }
}
