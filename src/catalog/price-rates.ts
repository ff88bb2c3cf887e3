// Turns rows of the price table into rates for every kind of token, and usage into cost. Integers only.

import type { Usage } from '../call.ts'
import type { PricePeriod, Prices } from './price-snapshot.ts'

type UsageKind = keyof Usage

/** Pico US dollars per token by kind; null where the price is not known. `request` is in pico US dollars. */
export type Rates = Readonly<Record<UsageKind, number | null>> & { readonly request: number }

interface RateStep {
  /** Holds where the whole prompt is longer than this, in tokens. */
  readonly above: number
  readonly rates: Rates
}

export interface RatePeriod {
  /** Milliseconds since the epoch; null where a row has no first day. */
  readonly from: number | null
  /** Milliseconds since midnight UTC: start, and end outside; null for the whole day. */
  readonly daily: readonly [start: number, end: number] | null
  /** Ascending by `above`; the first one always holds. */
  readonly steps: readonly [RateStep, ...RateStep[]]
}

const dayMs = 86_400_000

const usageKinds: readonly UsageKind[] = [
  'inputUncached',
  'cacheRead',
  'cacheWrite5m',
  'cacheWrite1h',
  'outputText',
  'outputReasoning',
  'audioInput',
  'audioOutput',
]

/** Puts a stand-in or null in the place of every missing price, once, so that charging is a sum. */
export function compilePeriods(periods: readonly PricePeriod[]): readonly RatePeriod[] {
  return periods.map(period => {
    const { tiers = [], from, daily } = period
    const [start, end] = daily ?? []
    return {
      from: from === undefined ? null : Date.parse(`${from}T00:00:00Z`),
      daily: start === undefined || end === undefined ? null : [timeOfDay(start), timeOfDay(end)],
      steps: [
        { above: -1, rates: fillRates(period) },
        ...tiers.map(tier => ({ above: tier.above, rates: fillRates({ ...period, ...tier }) })),
      ],
    }
  })
}

/** The rates at a time for a prompt of a length; null only where there are no periods at all. */
export function ratesAt(
  periods: readonly RatePeriod[],
  { at, inputTokens }: { at: number; inputTokens: number },
): Rates | null {
  const period = periods.findLast(candidate => holdsAt(candidate, at)) ?? periods[0]
  if (period === undefined) return null
  let { rates } = period.steps[0]
  for (const step of period.steps) if (inputTokens > step.above) rates = step.rates
  return rates
}

/** Every token of the prompt, however it was billed: what long-prompt prices are measured by. */
export function countInput(usage: Usage): number {
  return usage.inputUncached + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h + usage.audioInput
}

/**
 * Cost in nano US dollars, rounded once, half up; null where a kind that was used has no known rate, or where a
 * count is not a whole number.
 */
export function chargeNanoUsd(usage: Usage, rates: Rates): number | null {
  let pico = rates.request
  for (const kind of usageKinds) {
    const tokens = usage[kind]
    if (tokens === 0) continue
    const rate = rates[kind]
    if (rate === null || tokens < 0 || !Number.isSafeInteger(tokens)) return null
    pico += tokens * rate
  }
  // All terms are whole and none is negative: where the sum is safe, so was every step on the way to it.
  return Number.isSafeInteger(pico) ? Math.floor((pico + 500) / 1000) : chargeExactly(usage, rates)
}

function chargeExactly(usage: Usage, rates: Rates): number {
  let pico = BigInt(rates.request)
  for (const kind of usageKinds) pico += BigInt(usage[kind]) * BigInt(rates[kind] ?? 0)
  return Number((pico + 500n) / 1000n)
}

/**
 * What stands in for a price that is missing: input for cached input, output for reasoning. Audio without a price
 * of its own is unknown, and so is the long-lived cache write where the short one has a price.
 */
function fillRates(prices: Prices): Rates {
  const input = prices.input ?? null
  const output = prices.output ?? null
  return {
    inputUncached: input,
    cacheRead: prices.cacheRead ?? input,
    cacheWrite5m: prices.cacheWrite5m ?? input,
    cacheWrite1h: prices.cacheWrite1h ?? (prices.cacheWrite5m === undefined ? input : null),
    outputText: output,
    outputReasoning: prices.reasoning ?? output,
    audioInput: prices.audioInput ?? null,
    audioOutput: prices.audioOutput ?? null,
    request: prices.request ?? 0,
  }
}

/** @param at milliseconds since the epoch */
export function holdsAt(period: Pick<RatePeriod, 'from' | 'daily'>, at: number): boolean {
  if (period.from !== null && at < period.from) return false
  if (period.daily === null) return true
  const [start, end] = period.daily
  const now = ((at % dayMs) + dayMs) % dayMs
  return end < start ? now >= start || now < end : now >= start && now < end
}

/** `HH:MM:SS` as milliseconds since midnight. */
function timeOfDay(text: string): number {
  return Date.parse(`1970-01-01T${text}Z`)
}
