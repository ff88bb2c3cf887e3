// Numbers that other parts keep, and that are read when the text is made.

import type { Registry } from './exposition.ts'
import type { ModelListReading } from './model-metrics.ts'
import { noRule } from './routing-metrics.ts'

export interface Readings {
  /** Conversations that went on, by whether they could stay; null for no rule, and for names that nobody configured. */
  readonly affinity: () => Iterable<AffinityReading>
  /** How often the condition of each rule could not be told. */
  readonly failedConditions: () => Iterable<readonly [rule: string, failures: { readonly count: number }]>
  readonly providerKeys: () => Iterable<ProviderKeysReading>
  readonly modelLists: () => Iterable<ModelListReading>
  /** Null where this instance shares nothing. */
  readonly redis: () => RedisReading | null
}

interface AffinityReading {
  readonly rule: string | null
  readonly model: string | null
  readonly hits: number
  readonly misses: number
}

const keyStates = ['usable', 'resting', 'refused'] as const

type ProviderKeysReading = { readonly provider: string } & {
  readonly [State in (typeof keyStates)[number]]: number
}

export interface RedisReading {
  readonly up: boolean
  readonly answered: number
  readonly failed: number
  readonly away: number
  readonly answerMs: number
  readonly connected: number
  readonly lost: number
  readonly refused: number
}

/** Names that are no model of the configuration. */
const otherModel = 'other'

export function createReadingMetrics(registry: Registry, readings: Readings): () => void {
  const refreshRedis = createRedisMetrics(registry, readings.redis)
  const affinity = registry.counter({
    name: 'llm_proxy_affinity_total',
    help: 'Conversations that went on, by whether they stayed with the target that had answered them.',
    labels: ['rule', 'model', 'result'],
  })
  const conditions = registry.counter({
    name: 'llm_proxy_failed_conditions_total',
    help: 'Requests for which the condition of a rule could not be told, so that the rule did not fit.',
    labels: ['rule'],
  })
  const keys = registry.gauge({
    name: 'llm_proxy_provider_keys',
    help: 'Keys of providers that can be used, rest for a model at least, or were refused.',
    labels: ['provider', 'state'],
  })
  return () => {
    refreshRedis()
    for (const { rule, model, hits, misses } of readings.affinity()) {
      affinity.with(rule ?? noRule, model ?? otherModel, 'hit').value = hits
      affinity.with(rule ?? noRule, model ?? otherModel, 'miss').value = misses
    }
    for (const [rule, { count }] of readings.failedConditions()) conditions.with(rule).value = count
    // A provider may be gone.
    keys.clear()
    for (const reading of readings.providerKeys())
      for (const state of keyStates) keys.with(reading.provider, state).set(reading[state])
  }
}

/** Absent where no Redis is configured: nobody is to be woken by one that nobody wants. */
function createRedisMetrics(registry: Registry, read: Readings['redis']): () => void {
  if (read() === null) return () => {}
  const up = registry
    .gauge({ name: 'llm_proxy_redis_up', help: 'Whether Redis is there and used: 1, or 0.' })
    .with()
  const commands = registry.counter({
    name: 'llm_proxy_redis_commands_total',
    help: 'Commands by result: answered, failed (or not answered in time), or done without while Redis was away.',
    labels: ['result'],
  })
  const answerTime = registry
    .counter({
      name: 'llm_proxy_redis_answer_seconds_total',
      help: 'Time that the answered commands took.',
      scale: 1e-3,
    })
    .with()
  const connections = registry.counter({
    name: 'llm_proxy_redis_connections_total',
    help: 'Connections to Redis: taken into use, lost while in use, or not come about.',
    labels: ['result'],
  })
  return () => {
    const reading = read()
    if (reading === null) return
    up.set(reading.up ? 1 : 0)
    for (const result of ['answered', 'failed', 'away'] as const)
      commands.with(result).value = reading[result]
    answerTime.value = reading.answerMs
    for (const result of ['connected', 'lost', 'refused'] as const)
      connections.with(result).value = reading[result]
  }
}
