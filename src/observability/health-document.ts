// The JSON of GET /health: how the gateway is, in one status and one score.

import type { Clock } from '../lib/clock.ts'
import { megabytes, round } from './metrics-document.ts'
import { assessProvider, type HealthStatus, type ProviderFacts } from './provider-health.ts'
import type { Stats, StatsReading } from './stats.ts'
import type { SystemSample } from './system-sampler.ts'

export interface HealthDocument {
  readonly status: HealthStatus
  /** 0..100 */
  readonly health_score: number
  /** Unix seconds. */
  readonly timestamp: number
  /** Seconds. */
  readonly uptime: number
  /** Average of the last five minutes, in seconds. */
  readonly response_time: number
  readonly version: string
  readonly providers: {
    readonly total: number
    readonly healthy: number
    readonly degraded: number
    readonly unhealthy: number
  }
  readonly system: {
    readonly cpu_percent: number
    readonly memory_percent: number
    readonly memory_used_mb: number
    readonly disk_percent: number
  }
  readonly alerts: AlertCounts
  readonly configuration: ConfigurationHealth
  readonly ledger: LedgerHealth
  readonly model_lists: ModelListsHealth
}

/** Whether providers say which models they have. It is a sign and no more: requests may go well where lists do not. */
export interface ModelListsHealth {
  /** Providers that are asked. */
  readonly asked: number
  /** Those whose last answer is in use. */
  readonly listed: number
  /** Those that failed, or were not believed, the last time. */
  readonly failing: readonly string[]
  /** Age of the oldest list in use, in seconds; null where there is none. */
  readonly oldest_seconds: number | null
}

/** What discovery knows of one provider. */
export interface ModelListState {
  readonly provider: string
  readonly status: 'listed' | 'failed' | 'refused' | 'unlisted' | 'waiting'
  readonly at: number | null
}

export interface AlertCounts {
  readonly active: number
  readonly critical: number
  readonly warning: number
}

export interface ConfigurationHealth {
  /** Of the configuration in use. */
  readonly version: string
  /** false while the file on disk holds a newer one that was refused. */
  readonly valid: boolean
  readonly problems: readonly string[]
}

export interface LedgerHealth {
  readonly healthy: boolean
  /** Rows that wait to be stored. */
  readonly queued: number
}

export interface HealthDocumentDeps {
  readonly clock: Clock
  /** Of this program. */
  readonly version: string
  readonly stats: Stats
  readonly system: () => SystemSample
  readonly providers: () => readonly ProviderFacts[]
  readonly configuration: () => ConfigurationHealth
  readonly ledger: () => LedgerHealth
  readonly modelLists?: () => readonly ModelListState[]
  readonly alerts?: () => AlertCounts
}

/** Below this score the gateway is called degraded even if nothing in particular is wrong. */
const healthyScore = 80

export function buildHealthDocument(deps: HealthDocumentDeps): HealthDocument {
  const reading = deps.stats.read()
  const system = deps.system()
  const providers = countProviders(deps.providers(), reading, deps.stats)
  const alerts = deps.alerts?.() ?? { active: 0, critical: 0, warning: 0 }
  const configuration = deps.configuration()
  const ledger = deps.ledger()
  const score = scoreHealth(reading, system, providers)
  const impaired =
    providers.unhealthy > 0 ||
    alerts.critical > 0 ||
    !configuration.valid ||
    !ledger.healthy ||
    score < healthyScore
  const usable = providers.total > providers.unhealthy
  return {
    status: usable ? (impaired ? 'degraded' : 'healthy') : 'unhealthy',
    health_score: score,
    timestamp: Math.floor(deps.clock.wall() / 1000),
    uptime: round(reading.uptimeMs / 1000),
    response_time: round(reading.served.average / 1000),
    version: deps.version,
    providers,
    system: {
      cpu_percent: round(system.cpuPercent),
      memory_percent: round(system.memoryPercent),
      memory_used_mb: megabytes(system.memoryUsedBytes),
      disk_percent: round(system.diskPercent),
    },
    alerts,
    configuration,
    ledger,
    model_lists: describeLists(deps.modelLists?.() ?? [], deps.clock.wall()),
  }
}

function describeLists(states: readonly ModelListState[], wall: number): ModelListsHealth {
  const asked = states.filter(({ status }) => status !== 'unlisted')
  const times = asked.flatMap(({ at }) => at ?? [])
  return {
    asked: asked.length,
    listed: asked.filter(({ status }) => status === 'listed').length,
    failing: asked
      .filter(({ status }) => status === 'failed' || status === 'refused')
      .map(({ provider }) => provider),
    oldest_seconds: times.length === 0 ? null : Math.max(0, Math.round((wall - Math.min(...times)) / 1000)),
  }
}

function countProviders(
  facts: readonly ProviderFacts[],
  reading: StatsReading,
  stats: Stats,
): HealthDocument['providers'] {
  const counts = { total: facts.length, healthy: 0, degraded: 0, unhealthy: 0 }
  for (const provider of facts)
    counts[assessProvider(provider, reading.providers.get(provider.name), stats.breakerState)]++
  return counts
}

/**
 * `100 × (1 − (0.5 · errors + 0.2 · slowness + 0.2 · providers down + 0.1 · saturation))`, each term 0..1:
 * - errors: share of the requests of the last five minutes that failed through no fault of the client;
 * - slowness: by how much the last minute's average exceeds that of five minutes; 1 where it is twice as long;
 * - providers down: share of the providers that are unhealthy, those degraded counting half;
 * - saturation: the worst of processor, memory and disk (0 up to 80 %, 1 at 100 %) and of the event loop's
 *   lateness (0 up to 50 ms, 1 at 500 ms).
 */
export function scoreHealth(
  reading: StatsReading,
  system: SystemSample,
  providers: HealthDocument['providers'],
): number {
  const { served, servedLastMinute } = reading
  const errors = served.count === 0 ? 0 : served.failures / served.count
  const slowness = served.average === 0 ? 0 : servedLastMinute.average / served.average - 1
  const down = providers.total === 0 ? 1 : (providers.unhealthy + 0.5 * providers.degraded) / providers.total
  const fullest = Math.max(system.cpuPercent, system.memoryPercent, system.diskPercent)
  const saturation = Math.max((fullest - 80) / 20, (system.eventLoopLagP99Ms - 50) / 450)
  const loss = 0.5 * errors + 0.2 * clampShare(slowness) + 0.2 * down + 0.1 * clampShare(saturation)
  return Math.round(1000 * (1 - loss)) / 10
}

function clampShare(value: number): number {
  return Math.min(1, Math.max(0, value))
}
