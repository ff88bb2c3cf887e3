// What is counted of routes while requests take them: read when metrics are asked for, and kept over every reload. Whoever
// only asks where a request would go counts into numbers of its own, which nobody reads.

import type { Configuration } from '../config/configuration.ts'

/** Conversations that went on, by whether they could stay where they were. */
export interface AffinityCount {
  /** Null: none. */
  readonly rule: string | null
  /** The name that was routed; null for names that the configuration does not have. */
  readonly model: string | null
  hits: number
  misses: number
}

export interface ConditionFailures {
  count: number
  /** The condition of which the log has told. */
  told: string | null
}

export interface RouteCounts {
  readonly affinity: { of(rule: string | null, model: string | null): AffinityCount; all(): AffinityCount[] }
  /** By rule. */
  readonly failedConditions: Map<string, ConditionFailures>
}

export function createRouteCounts(): RouteCounts {
  const affinity = new Map<string | null, Map<string | null, AffinityCount>>()

  function add(rule: string | null, model: string | null): AffinityCount {
    const count = { rule, model, hits: 0, misses: 0 }
    const models = affinity.get(rule) ?? new Map<string | null, AffinityCount>()
    affinity.set(rule, models.set(model, count))
    return count
  }

  return {
    affinity: {
      of: (rule, model) => affinity.get(rule)?.get(model) ?? add(rule, model),
      all: () => [...affinity.values()].flatMap(models => [...models.values()]),
    },
    failedConditions: new Map(),
  }
}

/** The names that a configuration has for what can be asked for: a client may make up others. */
export function namesOfModels({ models, providers }: Configuration): ReadonlySet<string> {
  const names = new Set([...Object.keys(models.aliases), ...Object.keys(models.groups)])
  for (const provider of providers)
    for (const model of provider.models ?? []) names.add(model).add(`${provider.name}/${model}`)
  return names
}
