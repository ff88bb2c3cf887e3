import { expect, test } from 'vitest'
import { bundledPrices, type Prices } from './price-snapshot.ts'
import { createPriceTable } from './price-table.ts'

const rows = Object.entries(bundledPrices.providers).flatMap(([provider, { models }]) =>
  models.map(model => ({ name: `${provider}/${model.id}`, model })),
)
const priceLists = rows.flatMap(({ name, model }) =>
  model.prices.flatMap(period => [period, ...(period.tiers ?? [])].map(prices => ({ name, prices }))),
)

test.each([
  'openai',
  'anthropic',
  'azure',
  'cohere',
  'x-ai',
  'google',
  'mistral',
  'groq',
  'deepseek',
  'aws',
  'openrouter',
  'together',
  'fireworks',
  'perplexity',
  'cerebras',
  'moonshotai',
  'zai',
])('the table has prices of %s', provider => {
  const models = bundledPrices.providers[provider]?.models ?? []
  expect(
    models.filter(model => model.prices.some(period => period.input !== undefined)).length,
  ).toBeGreaterThan(2)
})

test('every further name of a provider leads to one', () => {
  for (const name of Object.values(bundledPrices.aliases))
    expect(bundledPrices.providers).toHaveProperty(name)
})

test('every price is a whole number that is not negative', () => {
  for (const { name, prices } of priceLists)
    for (const price of Object.values(pricesOf(prices)))
      expect({ name, ok: Number.isSafeInteger(price) && price >= 0 }).toEqual({ name, ok: true })
})

test('no price is off by a thousand: all are free or between a tenth of a cent and 700 dollars per million', () => {
  const strange = priceLists.flatMap(({ name, prices }) =>
    Object.entries(pricesOf(prices))
      .filter(([kind, price]) => kind !== 'request' && price !== 0 && (price < 1000 || price > 700_000_000))
      .map(([kind, price]) => `${name} ${kind} ${price}`),
  )
  expect(strange).toEqual([])
})

test('cached input is not dearer than input, and output not a hundred times as dear', () => {
  const strange = priceLists.flatMap(({ name, prices }) => {
    const { input, cacheRead = 0, output = 0 } = prices
    return input !== undefined && input > 0 && (cacheRead > input * 1.01 || output > input * 100)
      ? [name]
      : []
  })
  expect(strange).toEqual([])
})

test('well-known prices are what their vendors print', () => {
  const table = createPriceTable(bundledPrices)
  expect(table.find('openai', 'gpt-4o')?.prices[0]).toMatchObject({ input: 2_500_000, output: 10_000_000 })
  expect(table.find('anthropic', 'claude-3-haiku')?.prices[0]).toMatchObject({
    input: 250_000,
    output: 1_250_000,
  })
  // A name that moves on has the price of what it stands for, and one of many names that of its own model.
  const first = (provider: string, model: string) => table.find(provider, model)?.prices[0]
  expect(first('mistral', 'mistral-large-latest')).toEqual(first('mistral', 'mistral-large-2512'))
  expect(first('mistral', 'mistral-small-latest')).toEqual(first('mistral', 'mistral-small-2603'))
  expect(first('mistral', 'mistral-large-2411')).toMatchObject({ input: 2_000_000 })
  expect(first('groq', 'openai/gpt-oss-safeguard-20b')).toMatchObject({ input: 75_000, output: 300_000 })
  expect(first('cohere', 'embed-multilingual-v3.0')).toEqual({ input: 100_000 })
  expect(first('zai', 'glm-4.6')).toMatchObject({ input: 600_000, output: 2_200_000 })
})

test('the steps of a price ascend, and dates and hours are written as the reader expects', () => {
  for (const { model } of rows)
    for (const { tiers = [], from, daily } of model.prices) {
      const starts = tiers.map(tier => tier.above)
      expect(starts).toEqual(starts.toSorted((a, b) => a - b))
      expect(from ?? '2026-01-01').toMatch(/^\d{4}-\d\d-\d\d$/)
      for (const time of daily ?? []) expect(time).toMatch(/^\d\d:\d\d:\d\d$/)
    }
})

test('every source is named with its licence', () => {
  expect(bundledPrices.sources.length).toBeGreaterThan(0)
  for (const source of bundledPrices.sources) expect(source.license).toBe('MIT')
  for (const { model } of rows) expect(bundledPrices.sources[model.source ?? 0]).toBeDefined()
})

function pricesOf(list: Prices & { above?: number; from?: string }): Record<string, number> {
  return Object.fromEntries(
    Object.entries(list).filter(
      (entry): entry is [string, number] => typeof entry[1] === 'number' && entry[0] !== 'above',
    ),
  )
}
