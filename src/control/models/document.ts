// A model as it is shown: every field is always there, and null where nobody knows. Prices in US dollars per million
// tokens.

import { type AbilityName, abilities, abilityNames, hasOpenWeights } from '../../catalog/abilities.ts'
import type { CatalogueEntry } from '../../catalog/catalogue.ts'
import { costPerThousand, dollarsPerMillion, priceAt } from '../../catalog/current-price.ts'
import {
  isDeprecated,
  type ModelFacts,
  type PriceKind,
  type PricePeriod,
  type Prices,
} from '../../model-facts.ts'
import type { EffectivePrice, LiveFacts } from './library.ts'

/** As in docs/prices.md. */
const priceNames: Readonly<Record<Exclude<PriceKind, 'request'>, string>> = {
  input: 'input',
  cacheRead: 'cache_read',
  cacheWrite5m: 'cache_write',
  cacheWrite1h: 'cache_write_1h',
  output: 'output',
  reasoning: 'reasoning',
  audioInput: 'audio_input',
  audioOutput: 'audio_output',
}

/** Pico US dollars in one. */
const picoPerDollar = 1e12

/** @param live null where nobody wants to know @param at milliseconds since the epoch */
export function describeModel(entry: CatalogueEntry, live: LiveFacts | null, at: number): object {
  return {
    object: 'model',
    key: entry.key,
    id: entry.id,
    provider: entry.provider,
    provider_type: entry.providerType,
    ...(live !== null && {
      status: live.status,
      available: live.status === 'available' || live.status === 'degraded',
    }),
    missing: entry.missing,
    missing_reason: entry.missingReason,
    ...describeFacts(entry, at),
    sources: entry.sources,
    listed_at: timeOf(entry.listedAt),
    seen_by_keys: entry.seenByKeys,
    ...(live !== null && { live: describeLive(live) }),
  }
}

export function describeFacts(facts: ModelFacts, at: number): object {
  const price = priceAt(facts.prices, at)
  const day = new Date(at).toISOString().slice(0, 10)
  return {
    title: facts.title,
    owned_by: facts.ownedBy,
    kind: facts.kind,
    aliases: facts.aliases ?? [],
    context_window: facts.contextWindow,
    max_output: facts.maxOutput,
    input: facts.input,
    output: facts.output,
    supports: describeAbilities(facts),
    reasoning_levels: facts.reasoningLevels,
    knowledge_cutoff: facts.knowledgeCutoff,
    released_on: facts.releasedOn,
    deprecated: isDeprecated(facts, day),
    deprecated_on: facts.deprecatedOn,
    retires_on: facts.retiresOn,
    replaced_by: facts.replacedBy,
    license: facts.license,
    open_weights: hasOpenWeights(facts),
    prices: describePrices(facts.prices, price),
    cost_per_1k: costPerThousand(facts, price),
  }
}

function describeAbilities(facts: ModelFacts): Record<AbilityName, boolean | null> {
  const known = abilityNames.map(name => [name, abilities[name](facts)] as const)
  return Object.fromEntries(known) as Record<AbilityName, boolean | null>
}

/** The prices that hold now; with all periods where there are several. */
export function describePrices(periods: ModelFacts['prices'], current: PricePeriod | null): object | null {
  if (periods === null || current === null) return null
  return {
    ...describePeriod(current),
    ...(periods.length > 1 && { periods: periods.map(describePeriod) }),
  }
}

function describePeriod(period: PricePeriod): object {
  const { tiers = [], from = null, daily = null } = period
  return {
    ...describeKinds(period),
    ...(tiers.length > 0 && {
      tiers: tiers.map(tier => ({ above_tokens: tier.above, ...describeKinds(tier) })),
    }),
    ...(from !== null && { from }),
    ...(daily !== null && { daily_utc: daily }),
  }
}

function describeKinds(prices: Prices): object {
  const kinds = Object.entries(priceNames).flatMap(([kind, name]) => {
    const price = dollarsPerMillion(prices[kind as PriceKind])
    return price === null ? [] : [[name, price] as const]
  })
  return {
    ...Object.fromEntries(kinds),
    ...(prices.request !== undefined && { per_request: prices.request / picoPerDollar }),
  }
}

function describeLive({
  breaker,
  calls,
  failures,
  firstTokenMs,
  tokensPerSecond,
  effective,
}: LiveFacts): object {
  return {
    breaker,
    calls,
    failures,
    error_rate: calls === 0 ? null : round(failures / calls),
    first_token_ms:
      firstTokenMs === null ? null : { p50: round(firstTokenMs.p50), p95: round(firstTokenMs.p95) },
    tokens_per_second: tokensPerSecond === null ? null : round(tokensPerSecond),
    effective_price: effective === null ? null : describeEffective(effective),
  }
}

function describeEffective(price: EffectivePrice): object {
  return {
    input: price.input === null ? null : round(price.input),
    output: price.output === null ? null : round(price.output),
    cache_hit_ratio: price.cacheHitRatio === null ? null : round(price.cacheHitRatio),
    input_tokens: price.inputTokens,
    output_tokens: price.outputTokens,
    paid_usd: price.paidUsd,
    answers: price.answers,
  }
}

/** As much as is meant: figures that waver in the last digit would make every answer a new one. */
function round(value: number): number {
  return Number(value.toPrecision(3))
}

/** ISO 8601; null for none. */
export function timeOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}

/** `contextWindow` as `context_window`. */
export function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)
}
