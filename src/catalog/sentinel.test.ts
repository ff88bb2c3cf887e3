import { describe, expect, test } from 'vitest'
import type { CatalogueEntry } from './catalogue.ts'
import { catalogueOf, entryOf } from './entry.fixture.ts'
import { watchCatalogue, watchCatalogueInSlices } from './sentinel.ts'

const day = 86_400_000
const noon = (date: string) => Date.parse(`${date}T12:00:00Z`)

function watchDates(entry: CatalogueEntry, since: string | null, now: string) {
  const catalogue = catalogueOf([entry])
  return watchCatalogue({
    before: catalogue,
    after: catalogue,
    since: since === null ? null : noon(since),
    now: noon(now),
  }).map(({ kind, facts }) => [kind, facts.find(({ name }) => name === 'daysLeft')?.after])
}

describe('dates that come near', () => {
  const model = entryOf('p/m', { retiresOn: '2026-12-31' })

  test('are told 90, 30, 7 days and one day before, and when they have come', () => {
    const told: unknown[] = []
    for (let at = noon('2026-09-01'); at <= noon('2027-01-10'); at += day) {
      const catalogue = catalogueOf([model])
      const drafts = watchCatalogue({ before: catalogue, after: catalogue, since: at - day, now: at })
      told.push(...drafts.map(({ kind }) => `${new Date(at).toISOString().slice(0, 10)} ${kind}`))
    }
    expect(told).toEqual([
      '2026-10-02 deprecated',
      '2026-12-01 deprecated',
      '2026-12-24 deprecated',
      '2026-12-30 deprecated',
      '2026-12-31 retired',
    ])
  })

  test('of several steps since the last look, the nearest alone is told', () => {
    expect(watchDates(model, '2026-08-01', '2026-12-27')).toEqual([['deprecated', 4]])
    expect(watchDates(model, '2026-08-01', '2027-02-01')).toEqual([['retired', -32]])
  })

  test('at the first look, what is near is told, and what is over is not', () => {
    expect(watchDates(model, null, '2026-12-01')).toEqual([['deprecated', 30]])
    expect(watchDates(model, null, '2026-09-01')).toEqual([])
    expect(watchDates(model, null, '2027-01-01')).toEqual([])
  })

  test('a month ends with its last day', () => {
    const later = entryOf('p/m', { retiresOn: '2027-02' })
    expect(watchDates(later, '2027-01-28', '2027-01-29')).toEqual([['deprecated', 30]])
    expect(watchDates(later, '2027-02-27', '2027-02-28')).toEqual([['retired', 0]])
  })

  test('a model that will be advised against is told, one that also retires only by its end', () => {
    expect(watchDates(entryOf('p/m', { deprecatedOn: '2026-12-31' }), null, '2026-12-30')).toEqual([
      ['deprecated', 1],
    ])
    const both = entryOf('p/m', { deprecatedOn: '2026-12-31', retiresOn: '2027-12-31' })
    expect(watchDates(both, null, '2026-12-30')).toEqual([])
  })

  test('a date that was not known when it was last looked at is told at once', () => {
    const now = noon('2026-11-23')
    const watch = (before: CatalogueEntry[], retiresOn: string) =>
      watchCatalogue({
        before: catalogueOf(before),
        after: catalogueOf([entryOf('p/m', { retiresOn })]),
        since: now - 3_600_000,
        now,
      }).map(({ kind, facts }) => [kind, ...facts.map(fact => [fact.before, fact.after])])
    const first = [['deprecated', [null, '2026-12-31'], [null, 38]]]
    expect(watch([entryOf('p/m')], '2026-12-31')).toEqual(first)
    expect(watch([], '2026-12-31')).toEqual(first)
    expect(watch([entryOf('p/m', { retiresOn: '2027-06-30' })], '2026-12-31')).toEqual([
      ['deprecated', ['2027-06-30', '2026-12-31'], [219, 38]],
    ])
    expect(watch([entryOf('p/m')], '2027-06-30')).toEqual([])
    expect(watch([entryOf('p/m', { retiresOn: '2026-12-31' })], '2026-12-31')).toEqual([])
  })

  test('models of providers that nobody has configured are left alone', () => {
    expect(watchDates({ ...model, missing: 'provider_not_configured' }, null, '2026-12-30')).toEqual([])
    expect(watchDates({ ...model, missing: 'retired' }, '2026-12-30', '2026-12-31')).toEqual([['retired', 0]])
  })

  test('a draft says when, whose, since when and what could stand in', () => {
    const after = catalogueOf([model, entryOf('p/next')])
    const now = noon('2026-12-30')
    expect(watchCatalogue({ before: after, after, since: now - day, now })).toEqual([
      {
        at: now,
        kind: 'deprecated',
        provider: 'p',
        model: 'm',
        facts: [
          { name: 'retiresOn', before: '2026-12-31', after: '2026-12-31' },
          { name: 'daysLeft', before: 2, after: 1 },
        ],
        replacement: 'p/next',
      },
    ])
  })

  test('in slices the same is found', async () => {
    const entries = Array.from({ length: 350 }, (_, index) =>
      entryOf(`p/m-${index}`, { retiresOn: '2026-12-31' }),
    )
    const after = catalogueOf(entries)
    const watch = { before: after, after, since: null, now: noon('2026-12-30') }
    expect(await watchCatalogueInSlices(watch)).toEqual(watchCatalogue(watch))
    expect(watchCatalogue(watch)).toHaveLength(350)
  })
})

describe('prices that change', () => {
  const now = noon('2026-11-23')
  const watchPrices = (
    before: CatalogueEntry['prices'],
    after: CatalogueEntry['prices'],
    since = now - day,
  ) =>
    watchCatalogue({
      before: catalogueOf([entryOf('p/m', { prices: before })]),
      after: catalogueOf([entryOf('p/m', { prices: after })]),
      since,
      now,
    }).map(({ kind, facts }) => ({ kind, facts }))

  test('a price is told with what it was and is', () => {
    expect(watchPrices([{ input: 1, output: 5, cacheRead: 1 }], [{ input: 2, output: 5 }])).toEqual([
      {
        kind: 'price_changed',
        facts: [
          {
            name: 'prices',
            before: [{ input: 1, output: 5, cacheRead: 1 }],
            after: [{ input: 2, output: 5 }],
          },
        ],
      },
    ])
  })

  test('equal prices are no change, however they came', () => {
    expect(watchPrices([{ input: 1 }], [{ input: 1 }])).toEqual([])
    expect(watchPrices(null, null)).toEqual([])
  })

  test('a price that was announced is told on its day', () => {
    const prices = [{ input: 1 }, { input: 2, from: '2026-11-23' }]
    expect(watchPrices(prices, prices)).toMatchObject([
      { facts: [{ name: 'prices', before: [{ input: 1 }], after: [{ input: 2, from: '2026-11-23' }] }] },
    ])
    expect(watchPrices(prices, prices, now - 1)).toEqual([])
  })

  test('tariffs of the hours are no change', () => {
    const prices = [{ input: 2 }, { input: 1, daily: ['16:30:00', '00:30:00'] }]
    expect(watchPrices(prices, prices, noon('2026-11-22') + day / 4)).toEqual([])
  })

  test('a model that was not there before has no price that changed', () => {
    const after = catalogueOf([entryOf('p/m', { prices: [{ input: 1 }] })])
    expect(watchCatalogue({ before: catalogueOf([]), after, since: now, now })).toEqual([])
    expect(watchCatalogue({ before: null, after, since: null, now })).toEqual([])
  })
})
