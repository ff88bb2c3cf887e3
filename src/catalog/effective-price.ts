// What the tokens of a model have really cost, apart for input and output, where the bill has one sum for both.

import type { Usage } from '../call.ts'
import type { PricePeriod } from '../model-facts.ts'
import { compilePeriods, countInput, type Rates, ratesAt } from './price-rates.ts'

export interface PaidUsage {
  readonly usage: Usage
  readonly costNanoUsd: number
}

/** US dollars per million tokens; null where it cannot be told. */
export interface PaidPrice {
  readonly input: number | null
  readonly output: number | null
}

/** Nano US dollars per token in one US dollar per million tokens. */
const nanoPerDollarPerMillion = 1_000

/** Divides what was paid as the prices of now would: exact while they are those that were paid. */
export function effectivePrice(
  { usage, costNanoUsd }: PaidUsage,
  periods: readonly PricePeriod[] | null,
  at: number,
): PaidPrice {
  const input = countInput(usage)
  const output = countOutput(usage)
  const perMillion = (nano: number, tokens: number) =>
    tokens === 0 ? null : nano / tokens / nanoPerDollarPerMillion
  // Of one kind alone, no price has to be known.
  if (output === 0) return { input: perMillion(costNanoUsd, input), output: null }
  if (input === 0) return { input: null, output: perMillion(costNanoUsd, output) }
  const rates = ratesAt(compilePeriods(periods ?? []), { at, inputTokens: 0 })
  const share = rates === null ? null : inputShare(usage, rates)
  if (share === null) return { input: null, output: null }
  return {
    input: perMillion(costNanoUsd * share, input),
    output: perMillion(costNanoUsd * (1 - share), output),
  }
}

export function countOutput(usage: Usage): number {
  return usage.outputText + usage.outputReasoning + usage.audioOutput
}

/** Of the cost; null where a price is not known. */
function inputShare(usage: Usage, rates: Rates): number | null {
  const input = costOf(
    ['inputUncached', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h', 'audioInput'],
    usage,
    rates,
  )
  const output = costOf(['outputText', 'outputReasoning', 'audioOutput'], usage, rates)
  if (input === null || output === null) return null
  return input + output === 0 ? 0 : input / (input + output)
}

function costOf(kinds: readonly (keyof Usage)[], usage: Usage, rates: Rates): number | null {
  let sum = 0
  for (const kind of kinds) {
    const rate = rates[kind]
    if (usage[kind] === 0) continue
    if (rate === null) return null
    sum += usage[kind] * rate
  }
  return sum
}
