// How well each provider does, told from what happened to real requests: nothing is sent to find out.

import type { BreakerState } from '../events.ts'
import type { ProviderReading } from './stats.ts'

export type HealthStatus = 'healthy' | 'degraded' | 'unhealthy'

/** A configured provider, enabled. */
export interface ProviderFacts {
  readonly name: string
  /** It has a key that has not been refused, or needs none. */
  readonly usable: boolean
  /** `provider/model` of each of its targets. */
  readonly targets: readonly string[]
}

/** Fewer calls than this prove nothing. */
const enoughCalls = 5
const degradedErrorRate = 0.1
const unhealthyErrorRate = 0.5

/**
 * - `unhealthy`: no usable key; or half of at least five calls of the last five minutes failed; or a breaker is
 *   open and no call of the last five minutes succeeded.
 * - `degraded`: a breaker is not closed, or a tenth of at least five calls failed.
 * - `healthy`: everything else, a provider without traffic included.
 */
export function assessProvider(
  provider: ProviderFacts,
  reading: ProviderReading | undefined,
  breakerState: (target: string) => BreakerState,
): HealthStatus {
  if (!provider.usable) return 'unhealthy'
  const calls = reading?.recent.count ?? 0
  const failures = reading?.recent.failures ?? 0
  const errorRate = calls >= enoughCalls ? failures / calls : 0
  if (errorRate >= unhealthyErrorRate) return 'unhealthy'
  const states = provider.targets.map(breakerState)
  if (states.includes('open') && failures === calls) return 'unhealthy'
  if (states.some(state => state !== 'closed') || errorRate >= degradedErrorRate) return 'degraded'
  return 'healthy'
}
