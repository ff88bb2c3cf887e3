import { describe, expect, test } from 'vitest'
import type { Usage } from '../call.ts'
import type { ListedFacts, PricePeriod } from '../model-facts.ts'
import { byListedName } from './listed-names.ts'
import { readListedPrice } from './listed-price.ts'
import { createPriceBook, type PriceBookOptions } from './price-book.ts'
import type { PricedModel, PriceSnapshot } from './price-snapshot.ts'

const at = Date.UTC(2026, 10, 23, 12)
const usage: Usage = {
  inputUncached: 1,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  outputText: 0,
  outputReasoning: 0,
  audioInput: 0,
  audioOutput: 0,
}

const row: PricedModel = { id: 'm', prices: [{ input: 2_500_000, output: 10_000_000 }] }
const listed = (prices: PricePeriod, more: Partial<ListedFacts> = {}): ListedFacts => ({
  id: 'm',
  prices: [prices],
  ...more,
})

function bookOf(models: readonly ListedFacts[], more: Partial<PriceBookOptions> = {}) {
  const snapshot: PriceSnapshot = { sources: [], aliases: {}, providers: { vendor: { models: [row] } } }
  const names = byListedName(models)
  const book = createPriceBook({ snapshot, overrides: [], ...more })
  return book.withListed((provider, model) =>
    provider === 'vendor' ? (names.get(model.toLowerCase()) ?? null) : null,
  )
}

function costOf(book: ReturnType<typeof bookOf>, model: string, serviceTier: string | null = null) {
  return book.costOf({ provider: 'vendor', model, usage, serviceTier, at }).nanoUsd
}

describe('whose price is charged', () => {
  const ownPrice = { provider: 'vendor', model: 'm', serviceTier: null, prices: { input: 7_000_000 } }

  test('the provider’s own list is believed before the table', () => {
    const book = bookOf([listed({ input: 5_000_000, output: 20_000_000 })])
    expect(costOf(book, 'M')).toBe(5000)
    expect(book.priceOf('vendor', 'm')).toMatchObject({
      origin: 'listed',
      row: 'm',
      periods: [{ input: 5_000_000, output: 20_000_000 }],
      overruled: [{ origin: 'bundled', periods: row.prices }],
    })
  })

  test('and the operator’s file before the list', () => {
    const book = bookOf([listed({ input: 5_000_000 })], { overrides: [ownPrice] })
    expect(costOf(book, 'm')).toBe(7000)
    expect(book.priceOf('vendor', 'm')).toMatchObject({
      origin: 'override',
      overruled: [{ origin: 'listed' }, { origin: 'bundled' }],
    })
  })

  test('a model that the list alone prices has that price', () => {
    expect(costOf(bookOf([listed({ input: 1_000_000 }, { id: 'new' })]), 'new')).toBe(1000)
  })

  test('a listed model without a price has that of the table', () => {
    expect(costOf(bookOf([{ id: 'm' }]), 'm')).toBe(2500)
  })

  test('a server of one’s own has the price that it lists, and none of the table', () => {
    const book = bookOf([listed({ input: 1_000_000 })], { tableNames: { vendor: null } })
    expect(costOf(book, 'm')).toBe(1000)
    expect(book.priceOf('vendor', 'm')?.overruled).toBeUndefined()
    expect(costOf(bookOf([], { tableNames: { vendor: null } }), 'm')).toBeNull()
  })

  test('the price of another service tier comes from the file alone', () => {
    const tier = { ...ownPrice, serviceTier: 'flex', prices: { input: 3_000_000 } }
    const models = [listed({ input: 5_000_000 })]
    expect(costOf(bookOf(models), 'm', 'flex')).toBeNull()
    expect(costOf(bookOf(models, { overrides: [tier] }), 'm', 'flex')).toBe(3000)
  })

  test('a new list takes the place of the one before, also for what has been charged', () => {
    const before = bookOf([listed({ input: 5_000_000 })])
    expect(costOf(before, 'm')).toBe(5000)
    const after = before.withListed(() => listed({ input: 6_000_000 }))
    expect(costOf(after, 'm')).toBe(6000)
    expect(costOf(before, 'm')).toBe(5000)
  })
})

describe('by which name', () => {
  test('a further name has the price of its model', () => {
    const model = listed({ input: 1_000_000 }, { id: 'New-1', aliases: ['New-Latest'] })
    expect(costOf(bookOf([model]), 'new-latest')).toBe(1000)
  })

  test('an own name wins over a further one, wherever it stands in the list', () => {
    const first = listed({ input: 1_000_000 }, { id: 'a', aliases: ['b'] })
    const second = listed({ input: 2_000_000 }, { id: 'B', aliases: ['a'] })
    const names = byListedName([first, second])
    expect([names.get('a'), names.get('b')]).toEqual([first, second])
  })
})

describe('what is believed', () => {
  const nonsense: Readonly<Record<string, Partial<ListedFacts>>> = {
    'a negative price': { prices: [{ input: -1_000_000, output: 1 }] },
    'a part of a price': { prices: [{ input: 1_000_000.5 }] },
    'no number': { prices: [{ input: Number.NaN }] },
    'a thousand times the known price': { prices: [{ input: 2_500_000_000, output: 10_000_000_000 }] },
    'a thousandth of it': { prices: [{ input: 2500, output: 10_000 }] },
    'a negative fee': { prices: [{ input: 1_000_000, request: -1 }] },
    'a negative price of long prompts': { prices: [{ input: 1_000_000, tiers: [{ above: 1, input: -1 }] }] },
    'an answer for nothing': { kind: 'chat', prices: [{ input: 1_000_000, output: 0 }] },
    'no price of a token': { prices: [{ request: 1_000_000 }] },
  }

  test.each(Object.entries(nonsense))(
    '%s is not charged: the table’s price is, as if none were listed',
    (_what, facts) => {
      const book = bookOf([{ id: 'm', ...facts }])
      expect(costOf(book, 'm')).toBe(2500)
      expect(book.priceOf('vendor', 'm')).toMatchObject({ origin: 'bundled', periods: row.prices })
    },
  )

  test('a price that no model ever had is not, where nothing else is known', () => {
    expect(readListedPrice(listed({ input: 10_000_000_001 }), null)).toBeNull()
    expect(readListedPrice(listed({ input: 10_000_000_000 }), null)).not.toBeNull()
  })

  test('that the whole model is free is', () => {
    const book = bookOf([listed({ input: 0, output: 0 }, { kind: 'chat' })])
    expect(costOf(book, 'm')).toBe(0)
  })

  test('an embedding writes nothing that could cost', () => {
    const prices = { input: 20_000, output: 0 }
    expect(readListedPrice(listed(prices, { kind: 'embedding' }), null)).toEqual([prices])
  })

  test('the text of a model that also paints has no price: its pictures cost more', () => {
    const painter = listed({ input: 300_000, output: 2_500_000 }, { output: ['text', 'image'] })
    expect(readListedPrice(painter, null)).toEqual([{ input: 300_000 }])
  })
})

describe('where the list says what the table says', () => {
  const tiers = [{ above: 200_000, input: 6_000_000, output: 22_500_000 }]
  const long: PricedModel = {
    id: 'm',
    prices: [{ input: 3_000_000, output: 15_000_000, cacheRead: 300_000, cacheWrite5m: 3_750_000, tiers }],
  }

  test('what the table knows beside that holds too, as the price of long prompts', () => {
    const prices = { input: 3_000_000, output: 15_000_000, cacheRead: 300_000 }
    expect(readListedPrice(listed(prices), long)).toEqual(long.prices)
    expect(readListedPrice(listed({ ...prices, audioInput: 7 }), long)).toEqual([
      { ...long.prices[0], audioInput: 7 },
    ])
  })

  test('and not where they differ in anything', () => {
    for (const prices of [
      { input: 3_000_001, output: 15_000_000 },
      { input: 3_000_000, output: 14_000_000 },
    ])
      expect(readListedPrice(listed(prices), long)).toEqual([prices])
  })
})
