// Numbers that several parts keep, brought together for the metrics.

import type { Readings } from '../observability/reading-metrics.ts'
import type { Resilience } from '../resilience/index.ts'
import type { SharedState } from '../shared-state/index.ts'
import type { Current } from './current.ts'
import type { RouteCounts } from './route-counts.ts'

/** What the metrics show of numbers that are kept elsewhere. */
export function readingsOf({ counts, resilience, sharedState, current }: ReadingParts): Readings {
  const { traffic } = sharedState
  return {
    affinity: counts.affinity.all,
    failedConditions: () => counts.failedConditions,
    providerKeys() {
      const names = new Set(current.snapshot().providers.map(({ configuration: { name } }) => name))
      return resilience.readKeys().filter(({ provider }) => names.has(provider))
    },
    modelLists: current.discovery.states,
    redis: () => (traffic === undefined ? null : { up: sharedState.shared, ...traffic }),
  }
}

interface ReadingParts {
  readonly counts: RouteCounts
  readonly resilience: Resilience
  readonly sharedState: SharedState
  readonly current: Pick<Current, 'snapshot' | 'discovery'>
}
