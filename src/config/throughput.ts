// The least pace of a stream, of a provider or of all.

import type { TimeoutConfiguration } from './configuration.ts'

interface ThroughputFields {
  readonly min_tokens_per_second?: number | undefined
  readonly throughput_window?: number | undefined
}

const usualWindowMs = 10_000

/** Nothing where any pace will do. */
export function throughputOf(
  own: ThroughputFields | undefined,
  general: TimeoutConfiguration['throughput'],
): Pick<TimeoutConfiguration, 'throughput'> {
  const minTokensPerSecond = own?.min_tokens_per_second ?? general?.minTokensPerSecond ?? 0
  if (minTokensPerSecond === 0) return {}
  const windowMs = own?.throughput_window ?? general?.windowMs ?? usualWindowMs
  return { throughput: { minTokensPerSecond, windowMs } }
}
