// How the bundled table of prices is mended: scripts/write-price-snapshot.ts.

import { describe, expect, test } from 'vitest'
import {
  addKeptPrices,
  dropSteps,
  readKeptPrices,
  releaseName,
  standsForAnother,
} from '../scripts/price-snapshot/mend.ts'

const prices = [{ input: 2_000_000, output: 6_000_000 }]

describe('a name that stands for another model by now', () => {
  const large = { id: 'large', match: ['=large', '=large-latest', '=large-2407'], prices }

  test('is one that moves on, or that is listed among those of another row', () => {
    expect(standsForAnother(large, 'large-latest')).toBe(true)
    expect(standsForAnother(large, 'large-2407')).toBe(true)
    expect(standsForAnother({ id: 'small-latest', prices }, 'small-latest')).toBe(true)
  })

  test('is not the name of the row itself, nor one that fits it by a rule for many', () => {
    expect(standsForAnother(large, 'large')).toBe(false)
    expect(standsForAnother({ id: 'Large', prices }, 'large')).toBe(false)
    expect(standsForAnother({ id: 'large', match: ['^large'], prices }, 'large-latest')).toBe(false)
  })

  test('leaves the row with its other names, or takes the whole of it', () => {
    expect(releaseName(large, 'large-latest')?.match).toEqual(['=large', '=large-2407'])
    expect(releaseName({ id: 'small-latest', prices }, 'small-latest')).toBeNull()
  })
})

describe('steps of a price', () => {
  const step = (above: number) => ({ above, input: 4_000_000 })
  const row = { id: 'm', prices: [{ input: 1, tiers: [step(100), step(200)], from: '2026-01-01' }] }

  test('go where they begin at the end of the window or later', () => {
    expect(dropSteps(row, 200).prices).toEqual([{ input: 1, tiers: [step(100)], from: '2026-01-01' }])
    expect(dropSteps(row, 100).prices).toEqual([{ input: 1, from: '2026-01-01' }])
  })

  test('stay where a prompt can reach them, or where the window is not known', () => {
    expect(dropSteps(row, 201)).toEqual(row)
    expect(dropSteps(row, null)).toBe(row)
  })
})

describe('prices that are kept by hand', () => {
  const page = {
    provider: 'p',
    link: 'https://example.com',
    rows: [
      { id: 'known', input: 9 },
      { id: 'unpriced', input: 0.6, cacheRead: 0.11, output: 2.2 },
    ],
  }

  test('fill in what the sources lack, and contradict none', () => {
    const rows = [
      { id: 'Known', prices },
      { id: 'unpriced', prices: [{}] },
    ]
    expect(addKeptPrices('p', rows, [page])).toEqual([
      { id: 'Known', prices },
      { id: 'unpriced', prices: [{ input: 600_000, cacheRead: 110_000, output: 2_200_000 }] },
    ])
    expect(addKeptPrices('other', rows, [page])).toEqual(rows)
  })

  test('name the page of the vendor', () => {
    for (const { link } of readKeptPrices()) expect(link).toMatch(/^https:\/\//)
  })
})
