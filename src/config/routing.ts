// The section `routing` as the program reads it: every rule with what holds where it says nothing.

import type { Configuration, RoutePolicyConfiguration, RouteRule } from './configuration.ts'
import { asTable } from './resolve-providers.ts'
import type { ConfigurationFile } from './schema.ts'
import { usualWeight } from './sections/models.ts'

type WrittenRule = ConfigurationFile['routing']['rules'][number]
type WrittenPolicy = ConfigurationFile['routing']['defaults']

const usualWaitMs = 10_000
const nanoUsdPerUsd = 1_000_000_000

export function resolveRouting({ routing, models }: ConfigurationFile): Configuration['routing'] {
  const { strategy, adaptive, affinity } = routing
  const defaults = resolvePolicy(routing.defaults, null)
  return {
    strategy,
    groups: resolveGroups(models.groups),
    adaptive: resolveAdaptive(adaptive),
    affinity: {
      enabled: affinity.enabled,
      maxConversations: affinity.max_conversations,
      keepMs: affinity.keep,
    },
    defaults,
    rules: routing.rules.map(rule => resolveRule(rule, defaults)),
  }
}

function resolveAdaptive({
  min_share,
  ...weights
}: ConfigurationFile['routing']['adaptive']): Configuration['routing']['adaptive'] {
  return { ...weights, minShare: min_share }
}

function resolveGroups(groups: ConfigurationFile['models']['groups']): Configuration['routing']['groups'] {
  const routes = Object.entries(groups).map(([name, group]) => {
    const weighted = group.targets.filter(({ weight }) => weight !== usualWeight)
    const weights = Object.fromEntries(weighted.map(({ model, weight }) => [model, weight]))
    return [name, { strategy: group.strategy, weights: asTable(weights) }] as const
  })
  return asTable(
    Object.fromEntries(
      routes.filter(([, { strategy, weights }]) => strategy !== null || Object.keys(weights).length > 0),
    ),
  )
}

function resolveRule(rule: WrittenRule, defaults: RoutePolicyConfiguration): RouteRule {
  const { shadow } = rule
  return {
    name: rule.name,
    when: rule.when ?? null,
    models: rule.models ?? null,
    use: rule.use ?? null,
    strategy: rule.strategy ?? null,
    split: rule.split ?? [],
    stickyBy: rule.sticky_by ?? null,
    shadow:
      shadow === undefined
        ? null
        : {
            use: shadow.use,
            share: shadow.share,
            maxConcurrent: shadow.max_concurrent,
            timeoutMs: shadow.timeout,
          },
    policy: resolvePolicy(rule, defaults),
  }
}

function resolvePolicy(
  written: WrittenPolicy,
  defaults: RoutePolicyConfiguration | null,
): RoutePolicyConfiguration {
  const { hedge, fallbacks } = written
  return {
    rescue: written.rescue ?? defaults?.rescue ?? 'error',
    hedge: hedge === undefined ? (defaults?.hedge ?? null) : resolveHedge(hedge),
    limitWait: written.limit_wait ?? defaults?.limitWait ?? 'last_resort',
    maxLimitWaitMs: written.max_limit_wait ?? defaults?.maxLimitWaitMs ?? usualWaitMs,
    fallbacks: {
      contextLength: fallbacks?.context_length ?? defaults?.fallbacks.contextLength ?? [],
      contentFilter: fallbacks?.content_filter ?? defaults?.fallbacks.contentFilter ?? [],
    },
    failoverStatuses: written.failover_statuses ?? defaults?.failoverStatuses ?? [],
  }
}

function resolveHedge({
  after,
  max_share,
  max_cost,
}: NonNullable<WrittenPolicy['hedge']>): RoutePolicyConfiguration['hedge'] {
  return {
    afterMs: after ?? null,
    maxShare: max_share,
    maxCostNanoUsd: max_cost === undefined ? null : Math.round(max_cost * nanoUsdPerUsd),
  }
}
