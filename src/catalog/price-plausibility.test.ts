// Prices of the bundle that cannot be: each is either a mistake of a source, or stands below with its reason.

import { describe, expect, test } from 'vitest'
import type { ModelKind, PricePeriod, Prices } from '../model-facts.ts'
import { bareName, withoutDate } from './model-names.ts'
import { readModelSnapshot } from './model-snapshot.ts'
import { createPriceBook } from './price-book.ts'
import { bundledPrices } from './price-snapshot.ts'

interface Priced {
  readonly name: string
  readonly kind: ModelKind | undefined
  readonly prices: Prices
  readonly tiers: readonly Prices[]
  /** What others ask for the same model, in the same kind of price. */
  readonly elsewhere: readonly Prices[]
}

interface Check {
  readonly finds: (model: Priced) => boolean
  /** A price of the kind that it is to find, in pico US dollars per token. */
  readonly example: Partial<Priced>
  readonly exceptions?: Readonly<Record<string, string>>
}

const storage = 'the price is that of five minutes of storage'

const checks: Readonly<Record<string, Check>> = {
  'a price is negative or no whole number': {
    finds: ({ prices, tiers }) =>
      [prices, ...tiers].some(list =>
        Object.values(list).some(price => !Number.isSafeInteger(price) || price < 0),
      ),
    example: { tiers: [{ input: -1 }] },
  },
  'an answer is free where the question costs, or the other way round': {
    finds: ({ kind, prices: { input, output } }) =>
      kind === 'chat' && input !== undefined && output !== undefined && (input === 0) !== (output === 0),
    example: { prices: { input: 1_000_000, output: 0 } },
  },
  'an answer is much cheaper than the question, or a hundred times as dear': {
    finds: ({ kind, prices: { input = 0, output = 0 } }) =>
      kind === 'chat' && input > 0 && output > 0 && (output < input * 0.5 || output > input * 100),
    example: { prices: { input: 1_000_000, output: 400_000 } },
  },
  'cached input is dearer than input': {
    finds: ({ prices: { input = 0, cacheRead = 0 } }) => input > 0 && cacheRead > input,
    example: { prices: { input: 1_000_000, cacheRead: 1_100_000 } },
  },
  'writing to a cache is cheaper than reading from it, or many times as dear as input': {
    finds: ({ prices: { input = 0, cacheRead = 0, cacheWrite5m, cacheWrite1h } }) =>
      input > 0 &&
      [cacheWrite5m, cacheWrite1h].some(
        write => write !== undefined && (write < cacheRead || write > input * 2.5),
      ),
    example: { prices: { input: 1_000_000, cacheWrite1h: 2_600_000 } },
    exceptions: {
      'openrouter/google/gemini-3.5-flash': storage,
      'openrouter/google/gemini-3.6-flash': storage,
      'openrouter/google/gemini-3.7-flash': storage,
      'openrouter/google/gemini-3.8-flash': storage,
      'openrouter/~google/gemini-flash-latest': storage,
    },
  },
  'a long prompt is cheaper by the token than a short one': {
    finds: ({ prices, tiers }) =>
      tiers.some(tier =>
        (['input', 'output', 'cacheRead'] as const).some(
          kind => (tier[kind] ?? Number.POSITIVE_INFINITY) < (prices[kind] ?? 0),
        ),
      ),
    example: { prices: { input: 2_000_000 }, tiers: [{ input: 1_000_000 }] },
  },
  'an embedding costs nothing': {
    finds: ({ kind, prices }) => kind === 'embedding' && (prices.input ?? 0) <= 0,
    example: { kind: 'embedding', prices: { output: 1 } },
  },
  'audio is cheaper than text': {
    finds: ({ prices: { input = 0, audioInput = Number.POSITIVE_INFINITY } }) => audioInput < input,
    example: { prices: { input: 2_000_000, audioInput: 1_000_000 } },
  },
  'a host asks thirty times what the others ask for the same model, or a thirtieth': {
    finds: ({ kind, prices, elsewhere }) =>
      kind === 'chat' &&
      elsewhere.length > 1 &&
      (['input', 'output'] as const).some(side =>
        isFar(
          prices[side] ?? 0,
          elsewhere.map(other => other[side] ?? 0),
        ),
      ),
    example: {
      prices: { input: 2_000_000_000, output: 2_000_000_000 },
      elsewhere: [{ input: 2_000_000 }, { input: 3_000_000 }],
    },
  },
}

function isFar(price: number, others: readonly number[]): boolean {
  const known = others.filter(other => other > 0).toSorted((left, right) => left - right)
  const median = known[Math.floor(known.length / 2)]
  return price > 0 && median !== undefined && (price > median * 30 || price < median / 30)
}

const book = createPriceBook({ snapshot: bundledPrices, overrides: [] })

/** Every model of the catalogue, with each of its prices. */
const priced = readPriced()

function readPriced(): readonly Priced[] {
  const all = Object.entries(readModelSnapshot().models).flatMap(([provider, rows]) =>
    rows.flatMap(({ id, kind }) =>
      (book.priceOf(provider, id)?.periods ?? []).map(period => ({
        name: `${provider}/${id}`,
        model: withoutDate(bareName(id)),
        kind,
        prices: plainPrices(period),
        tiers: (period.tiers ?? []).map(({ above: _above, ...prices }) => prices),
      })),
    ),
  )
  const byModel = Map.groupBy(all, ({ model }) => model)
  return all.map(({ model, ...price }) => ({
    ...price,
    elsewhere: (byModel.get(model) ?? [])
      .filter(({ name }) => name !== price.name)
      .map(({ prices }) => prices),
  }))
}

function plainPrices({ tiers: _tiers, from: _from, daily: _daily, ...prices }: PricePeriod): Prices {
  return prices
}

describe.each(Object.entries(checks))('%s', (_what, { finds, example, exceptions = {} }) => {
  const found = new Set(priced.filter(finds).map(({ name }) => name))

  test('nowhere but where there is a reason for it', () => {
    expect([...found].filter(name => !Object.hasOwn(exceptions, name))).toEqual([])
  })

  test('no exception has become needless', () => {
    expect(Object.keys(exceptions).filter(name => !found.has(name))).toEqual([])
  })

  test('a mistake of that kind would be found, and an ordinary price is not', () => {
    const usual: Priced = { name: 'p/m', kind: 'chat', prices: {}, tiers: [], elsewhere: [] }
    expect(finds({ ...usual, ...example })).toBe(true)
    const prices = { input: 3_000_000, output: 15_000_000, cacheRead: 300_000, cacheWrite5m: 3_750_000 }
    expect(finds({ ...usual, prices, tiers: [{ input: 6_000_000 }], elsewhere: [prices, prices] })).toBe(
      false,
    )
  })
})

test('no step of a price begins where the window ends, or later', () => {
  const unreachable = Object.entries(readModelSnapshot().models).flatMap(([provider, rows]) =>
    rows.flatMap(({ id, context = Number.POSITIVE_INFINITY }) =>
      (book.priceOf(provider, id)?.periods ?? [])
        .flatMap(({ tiers = [] }) => tiers)
        .filter(({ above }) => above >= context)
        .map(({ above }) => `${provider}/${id}: ${above} of ${context}`),
    ),
  )
  expect(unreachable).toEqual([])
})

test('most models of the catalogue have a price', () => {
  expect(new Set(priced.map(({ name }) => name)).size).toBeGreaterThan(1500)
})
