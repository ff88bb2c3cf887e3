// What a large catalogue costs in memory. What it costs in time: `npm run measure:catalogue`.

import { expect, test } from 'vitest'
import { buildCatalogue } from '../src/catalog/build-catalogue.ts'
import type { Catalogue } from '../src/catalog/catalogue.ts'
import { heapMegabytes, largeCatalogueOptions } from './support/large-catalogue.ts'

test('10,000 models take less than 30 MB, with the bundle and the lists that they were made of', () => {
  const kept: unknown[] = []
  const before = heapMegabytes()
  const options = largeCatalogueOptions()
  const catalogue: Catalogue = buildCatalogue(options)
  kept.push(options, catalogue)
  const megabytes = heapMegabytes() - before
  expect(catalogue.entries.length).toBeGreaterThanOrEqual(10_000)
  expect(megabytes).toBeLessThan(30)
  expect(kept).toHaveLength(2)
})
