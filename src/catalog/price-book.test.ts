import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Usage } from '../call.ts'
import { createPriceBook } from './price-book.ts'
import type { PriceOverride } from './price-overrides.ts'
import type { PricedModel, PriceSnapshot } from './price-snapshot.ts'

const nothing: Usage = {
  inputUncached: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  outputText: 0,
  outputReasoning: 0,
  audioInput: 0,
  audioOutput: 0,
}
const at = Date.UTC(2026, 10, 23, 12)

function snapshotOf(models: PricedModel[], more: Partial<PriceSnapshot> = {}): PriceSnapshot {
  return { sources: [], aliases: { nick: 'vendor' }, providers: { vendor: { models } }, ...more }
}

function bookOf(models: PricedModel[], overrides: PriceOverride[] = []) {
  return createPriceBook({ snapshot: snapshotOf(models), overrides })
}

type Book = ReturnType<typeof createPriceBook>
type Question = Parameters<Book['costOf']>[0]

function ask(book: Book, usage: Partial<Usage>, question: Partial<Question> = {}) {
  return book.costOf({
    provider: 'vendor',
    model: 'm',
    serviceTier: null,
    at,
    ...question,
    usage: { ...nothing, ...usage },
  })
}

const plain: PricedModel = { id: 'm', prices: [{ input: 2_500_000, output: 10_000_000 }] }
const unpriced = { nanoUsd: null, status: 'unpriced' }

describe('what a request costs', () => {
  test('a dollar per million tokens is a thousand nano dollars per token', () => {
    const book = bookOf([{ id: 'm', prices: [{ input: 1_000_000, output: 1_000_000 }] }])
    expect(ask(book, { inputUncached: 1_000_000 })).toEqual({ nanoUsd: 1_000_000_000, status: 'priced' })
  })

  test('every kind of token is charged once, at its own price', () => {
    const prices = {
      input: 1_000_000,
      cacheRead: 100_000,
      cacheWrite5m: 1_250_000,
      cacheWrite1h: 2_000_000,
      output: 5_000_000,
      reasoning: 7_000_000,
      audioInput: 11_000_000,
      audioOutput: 13_000_000,
    }
    const usage = {
      inputUncached: 1,
      cacheRead: 10,
      cacheWrite5m: 100,
      cacheWrite1h: 1000,
      outputText: 10_000,
      outputReasoning: 100_000,
      audioInput: 1_000_000,
      audioOutput: 10_000_000,
    }
    const expected = 1e3 + 1e3 + 125e3 + 2e6 + 50e6 + 700e6 + 11e9 + 130e9
    expect(ask(bookOf([{ id: 'm', prices: [prices] }]), usage).nanoUsd).toBe(expected)
  })

  test('the sum is rounded once, half up', () => {
    const book = bookOf([{ id: 'm', prices: [{ input: 250, output: 249 }] }])
    expect(ask(book, { inputUncached: 2 }).nanoUsd).toBe(1)
    expect(ask(book, { inputUncached: 1, outputText: 1 }).nanoUsd).toBe(0)
    expect(ask(book, { inputUncached: 1, cacheRead: 1, outputText: 4 }).nanoUsd).toBe(1)
  })

  test('sums beyond the safe integers are exact', () => {
    const book = bookOf([{ id: 'm', prices: [{ input: 600_000_001, output: 1 }] }])
    const tokens = 123_456_789_123
    const exact = (BigInt(tokens) * 600_000_001n + 500n) / 1000n
    expect(ask(book, { inputUncached: tokens }).nanoUsd).toBe(Number(exact))
  })

  test('whole numbers, and never a different one than exact arithmetic gives', () => {
    const count = fc.integer({ min: 0, max: 2_000_000_000 })
    const price = fc.integer({ min: 0, max: 700_000_000 })
    fc.assert(
      fc.property(count, count, count, price, price, (...[input, read, output, inputPrice, outputPrice]) => {
        const book = bookOf([{ id: 'm', prices: [{ input: inputPrice, output: outputPrice }] }])
        const { nanoUsd } = ask(book, { inputUncached: input, cacheRead: read, outputText: output })
        const pico = BigInt(input + read) * BigInt(inputPrice) + BigInt(output) * BigInt(outputPrice)
        expect(nanoUsd).toBe(Number((pico + 500n) / 1000n))
      }),
    )
  })

  test('an unknown model is unpriced, not free', () => {
    expect(ask(bookOf([plain]), { inputUncached: 5 }, { model: 'other' })).toEqual(unpriced)
    expect(ask(bookOf([plain]), {}, { model: 'other' })).toEqual(unpriced)
  })

  test('an unknown provider is unpriced, whatever the model is called', () => {
    for (const provider of ['custom', 'ollama', '__proto__', 'constructor'])
      expect(ask(bookOf([plain]), { inputUncached: 5 }, { provider })).toEqual(unpriced)
  })

  test('a model that is sold by the hour is unpriced, and no broader rule catches it', () => {
    const hourly = { id: 'm-voice', prices: [{}] }
    const book = bookOf([hourly, { ...plain, match: ['^m'] }])
    expect(ask(book, { inputUncached: 5 }, { model: 'm-voice' })).toEqual(unpriced)
    expect(book.priceOf('vendor', 'm-voice')).toBeNull()
  })

  test('a price of zero is a price', () => {
    const free = bookOf([{ id: 'm', prices: [{ input: 0, output: 0 }] }])
    expect(ask(free, { inputUncached: 5, outputText: 5 })).toEqual({ nanoUsd: 0, status: 'priced' })
  })

  test('cached input without a price of its own costs what input costs, and reasoning what output does', () => {
    const usage = { cacheRead: 1, cacheWrite5m: 1, cacheWrite1h: 1, outputReasoning: 1 }
    expect(ask(bookOf([plain]), usage).nanoUsd).toBe(3 * 2500 + 10_000)
  })

  test('the long cache write is not charged at the price of the short one', () => {
    const book = bookOf([{ id: 'm', prices: [{ input: 1_000_000, cacheWrite5m: 1_250_000 }] }])
    expect(ask(book, { cacheWrite5m: 1 }).nanoUsd).toBe(1250)
    expect(ask(book, { cacheWrite1h: 1 })).toEqual(unpriced)
  })

  test('audio without a price of its own makes the cost unknown', () => {
    expect(ask(bookOf([plain]), { inputUncached: 1, audioInput: 1 })).toEqual(unpriced)
    expect(ask(bookOf([plain]), { inputUncached: 1, audioOutput: 1 })).toEqual(unpriced)
  })

  test('output of a model that has only a price of input is unknown', () => {
    const book = bookOf([{ id: 'm', prices: [{ input: 100_000 }] }])
    expect(ask(book, { inputUncached: 10 }).nanoUsd).toBe(1000)
    expect(ask(book, { inputUncached: 10, outputText: 1 })).toEqual(unpriced)
  })

  test('counts that are no counts give no cost', () => {
    for (const inputUncached of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(ask(bookOf([plain]), { inputUncached })).toEqual(unpriced)
  })

  test('a fee for each request is added to the tokens', () => {
    const book = bookOf([{ id: 'm', prices: [{ input: 1_000_000, request: 12_000_000_000 }] }])
    expect(ask(book, { inputUncached: 1 }).nanoUsd).toBe(12_001_000)
  })
})

describe('tiers, tariffs and times', () => {
  const tiered: PricedModel = {
    id: 'm',
    prices: [
      {
        input: 1_000_000,
        cacheRead: 100_000,
        output: 5_000_000,
        tiers: [
          { above: 200, input: 2_000_000, output: 7_000_000 },
          { above: 400, input: 4_000_000 },
        ],
      },
    ],
  }

  test('a long prompt is charged at the price of its length, all of it', () => {
    const book = bookOf([tiered])
    expect(ask(book, { inputUncached: 200, outputText: 1 }).nanoUsd).toBe(200e3 + 5e3)
    expect(ask(book, { inputUncached: 201, outputText: 1 }).nanoUsd).toBe(402e3 + 7e3)
  })

  test('the length of a prompt counts its cached tokens', () => {
    expect(ask(bookOf([tiered]), { inputUncached: 1, cacheRead: 200 }).nanoUsd).toBe(2000 + 200 * 100)
  })

  test('output does not make a prompt long', () => {
    expect(ask(bookOf([tiered]), { inputUncached: 1, outputText: 1000 }).nanoUsd).toBe(1000 + 5_000_000)
  })

  test('a kind that a tier does not name costs as in the base price', () => {
    expect(ask(bookOf([tiered]), { inputUncached: 401, outputText: 1 }).nanoUsd).toBe(401 * 4000 + 5000)
  })

  test('a price holds from the start of its first day', () => {
    const book = bookOf([
      {
        id: 'm',
        prices: [
          { input: 3_000_000 },
          { input: 2_000_000, from: '2026-01-01' },
          { input: 1_000_000, from: '2026-06-01' },
        ],
      },
    ])
    const costAt = (time: number) => ask(book, { inputUncached: 1 }, { at: time }).nanoUsd
    expect(costAt(Date.UTC(2025, 11, 31, 23, 59, 59, 999))).toBe(3000)
    expect(costAt(Date.UTC(2026, 0, 1))).toBe(2000)
    expect(costAt(Date.UTC(2026, 5, 1))).toBe(1000)
  })

  test('a tariff by the hour holds each day, also over midnight', () => {
    const day = bookOf([
      { id: 'm', prices: [{ input: 1_000_000 }, { input: 2_000_000, daily: ['00:30:00', '16:30:00'] }] },
    ])
    const night = bookOf([
      { id: 'm', prices: [{ input: 1_000_000 }, { input: 2_000_000, daily: ['22:00:00', '06:00:00'] }] },
    ])
    const costAt = (book: Book, hour: number, minute = 0) =>
      ask(book, { inputUncached: 1 }, { at: Date.UTC(2026, 3, 3, hour, minute) }).nanoUsd
    expect([costAt(day, 0), costAt(day, 0, 30), costAt(day, 16, 29), costAt(day, 16, 30)]).toEqual([
      1000, 2000, 2000, 1000,
    ])
    expect([costAt(night, 21, 59), costAt(night, 22), costAt(night, 5, 59), costAt(night, 6)]).toEqual([
      1000, 2000, 2000, 1000,
    ])
  })

  test('the usual names of the ordinary service tier change nothing', () => {
    for (const serviceTier of [null, '', 'default', 'auto', 'standard', 'on_demand', 'ON_DEMAND'])
      expect(ask(bookOf([plain]), { inputUncached: 1 }, { serviceTier }).nanoUsd).toBe(2500)
  })

  test('another service tier is unpriced until an override gives its price', () => {
    const flex = { provider: 'vendor', model: 'm', serviceTier: 'flex', prices: { input: 1_250_000 } }
    const book = bookOf([plain], [flex])
    expect(ask(book, { inputUncached: 1 }, { serviceTier: 'priority' })).toEqual(unpriced)
    expect(ask(book, { inputUncached: 1 }, { serviceTier: 'Flex' }).nanoUsd).toBe(1250)
    expect(ask(book, { inputUncached: 1 }).nanoUsd).toBe(2500)
  })
})

describe('whose price it is', () => {
  const override = (provider: string, model: string, input: number): PriceOverride => ({
    provider,
    model,
    serviceTier: null,
    prices: { input },
  })

  test('an exact name wins over a rule that stands before it', () => {
    const book = bookOf([
      { id: 'm-any', match: ['^m'], prices: [{ input: 1_000_000 }] },
      { id: 'm-mini', prices: [{ input: 2_000_000 }] },
    ])
    expect(book.priceOf('vendor', 'M-Mini')?.row).toBe('m-mini')
    expect(book.priceOf('vendor', 'm-other')?.row).toBe('m-any')
  })

  test('all parts of a rule must match', () => {
    const book = bookOf([{ id: 'x', match: [['^m-', '/^(?!.*-tts)']], prices: plain.prices }])
    expect(book.priceOf('vendor', 'm-chat')?.row).toBe('x')
    expect(book.priceOf('vendor', 'm-tts')).toBeNull()
  })

  test('a further name of a provider finds its prices', () => {
    expect(bookOf([plain]).priceOf('nick', 'm')?.row).toBe('m')
  })

  test('what a provider does not list is looked up where its table points', () => {
    const snapshot = snapshotOf([plain], {
      providers: { vendor: { models: [plain] }, host: { models: [], fallback: ['missing', 'vendor'] } },
    })
    const book = createPriceBook({ snapshot, overrides: [] })
    expect(book.priceOf('host', 'm')?.row).toBe('m')
  })

  test('an override wins as a whole, by configured name before type', () => {
    const book = createPriceBook({
      snapshot: snapshotOf([plain]),
      overrides: [override('vendor', 'm', 5_000_000), override('vendor-eu', 'm', 7_000_000)],
      tableNames: { 'vendor-eu': 'vendor', 'vendor-us': 'vendor' },
    })
    expect(ask(book, { inputUncached: 1 }, { provider: 'vendor-eu' }).nanoUsd).toBe(7000)
    expect(ask(book, { inputUncached: 1 }, { provider: 'vendor-us' }).nanoUsd).toBe(5000)
    expect(ask(book, { outputText: 1 }, { provider: 'vendor-us' })).toEqual(unpriced)
  })

  test('a server of one’s own has only the prices that its operator gives', () => {
    const book = createPriceBook({
      snapshot: snapshotOf([plain]),
      overrides: [override('vendor', 'mine-*', 1_000_000), override('vendor', 'mine-large-*', 3_000_000)],
      tableNames: { vendor: null },
    })
    expect(book.priceOf('vendor', 'm')).toBeNull()
    expect(ask(book, { inputUncached: 1 }, { model: 'mine-small' }).nanoUsd).toBe(1000)
    expect(ask(book, { inputUncached: 1 }, { model: 'Mine-Large-2' }).nanoUsd).toBe(3000)
  })

  test('tens of thousands of invented names change no answer', () => {
    const book = bookOf([plain])
    for (let index = 0; index < 20_000; index++) book.priceOf('vendor', `invented-${index}`)
    expect(book.priceOf('vendor', 'm')?.row).toBe('m')
    expect(book.priceOf('vendor', 'x'.repeat(1_000_000))).toBeNull()
  })
})
