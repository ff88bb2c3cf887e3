// What is counted of requests that took more than one call, and of copies: hedges, rescues, what they cost beside the
// answer, and how much of the prompts was read from caches.

import type { AttemptRecord } from '../errors.ts'
import { type ExchangeEnded, type HealthCheckEnded, notRescued, type ShadowEnded } from '../events.ts'
import type { Counter, Registry } from './exposition.ts'

export interface RoutingMetrics {
  observeExchange(event: ExchangeEnded): void
  observeShadow(event: ShadowEnded): void
  observeHealthCheck(event: HealthCheckEnded): void
}

/** Where no rule matched. */
export const noRule = 'none'

interface PromptCounters {
  readonly fresh: Counter
  readonly read: Counter
  readonly written: Counter
}

export function createRoutingMetrics(registry: Registry): RoutingMetrics {
  const families = declareFamilies(registry)
  const prompts = new Map<string | null, PromptCounters>()

  function bindPrompts(rule: string | null): PromptCounters {
    const name = rule ?? noRule
    const { prompt } = families
    const bound = {
      fresh: prompt.with(name, 'none'),
      read: prompt.with(name, 'read'),
      written: prompt.with(name, 'write'),
    }
    prompts.set(rule, bound)
    return bound
  }

  function countAttempts({ attempts, outcome, warnings }: ExchangeEnded): void {
    let hedge: AttemptRecord | null = null
    let rescue: AttemptRecord | null = null
    for (const attempt of attempts) {
      if (attempt.role === 'hedge') hedge = attempt
      else if (attempt.role === 'rescue') rescue = attempt
      if (attempt.billed !== undefined) {
        const reason = attempt.code === 'superseded' ? 'hedge' : 'broken'
        families.discarded.with(attempt.provider, reason).add(attempt.billed.costNanoUsd ?? 0)
      }
    }
    if (hedge !== null) families.hedges.with(hedge.provider, resultOfHedge(hedge)).add(1)
    if (rescue !== null) families.rescues.with(rescue.code === null ? 'rescued' : 'failed').add(1)
    else if (outcome === 'truncated' && warnings.some(warning => warning.startsWith(notRescued)))
      families.rescues.with('impossible').add(1)
  }

  return {
    observeExchange(event) {
      const { usage, decision } = event
      if (usage !== null && decision !== null) {
        const to = prompts.get(decision.rule) ?? bindPrompts(decision.rule)
        to.fresh.add(usage.inputUncached + usage.audioInput)
        to.read.add(usage.cacheRead)
        to.written.add(usage.cacheWrite5m + usage.cacheWrite1h)
      }
      countAttempts(event)
    },
    observeShadow({ use, result, costNanoUsd }) {
      families.shadows.with(use, result).add(1)
      if (result !== 'skipped') families.shadowCost.with(use).add(costNanoUsd ?? 0)
    },
    observeHealthCheck({ provider, code, costNanoUsd }) {
      families.healthChecks.with(provider, code ?? 'ok').add(1)
      families.healthCheckCost.with(provider).add(costNanoUsd ?? 0)
    },
  }
}

function resultOfHedge({ code }: AttemptRecord): 'won' | 'lost' | 'left' | 'failed' {
  if (code === null) return 'won'
  if (code === 'superseded') return 'lost'
  return code === 'client_disconnected' ? 'left' : 'failed'
}

function declareFamilies(registry: Registry) {
  return {
    prompt: registry.counter({
      name: 'llm_proxy_rule_input_tokens_total',
      help: 'Tokens of prompts by rule: read from a cache of the provider, written to it, or neither.',
      labels: ['rule', 'cache'],
    }),
    hedges: registry.counter({
      name: 'llm_proxy_hedges_total',
      help: 'Requests for which a second target was asked beside a slow first one, by what became of the second call.',
      labels: ['provider', 'result'],
    }),
    rescues: registry.counter({
      name: 'llm_proxy_rescues_total',
      help: 'Streams that broke after their first content under a policy that rescues, by what became of them.',
      labels: ['result'],
    }),
    discarded: registry.counter({
      name: 'llm_proxy_discarded_cost_usd_total',
      help: 'Cost of calls that did not become the answer, in US dollars, estimated.',
      labels: ['provider', 'reason'],
      scale: 1e-9,
    }),
    shadows: registry.counter({
      name: 'llm_proxy_shadows_total',
      help: 'Copies of requests by where they go and what became of them.',
      labels: ['use', 'result'],
    }),
    healthChecks: registry.counter({
      name: 'llm_proxy_health_checks_total',
      help: 'Targets that were asked for one token by the gateway itself: `ok`, or the code of the failure.',
      labels: ['provider', 'result'],
    }),
    healthCheckCost: registry.counter({
      name: 'llm_proxy_health_check_cost_usd_total',
      help: 'Cost of these where the price is known, in US dollars.',
      labels: ['provider'],
      scale: 1e-9,
    }),
    shadowCost: registry.counter({
      name: 'llm_proxy_shadow_cost_usd_total',
      help: 'Cost of copies of requests whose price is known, in US dollars.',
      labels: ['use'],
      scale: 1e-9,
    }),
  }
}
