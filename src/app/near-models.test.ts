import { expect, test } from 'vitest'
import type { Catalogue } from '../catalog/catalogue.ts'
import { createModelSuggestions } from './near-models.ts'

function suggestFrom(listed: readonly string[], known: ReadonlyArray<readonly [string, string]>) {
  const entries = known.map(([provider, id]) => ({ id, key: `${provider}/${id}` }))
  const list = () => listed.map(id => ({ id, created: 0, ownedBy: 'acme', kind: 'model' as const }))
  return createModelSuggestions({ entries } as unknown as Catalogue, { list })
}

const known = [
  ['acme', 'falcon-4-mini'],
  ['acme', 'falcon-4'],
  ['other', 'eagle-2'],
] as const

test('names that can be asked for come before all others', () => {
  expect(suggestFrom(['falcon-5'], known)('falcon-6')).toEqual(['falcon-5'])
})

test('where none of these is near, the models of all providers are named, by the key where a provider was', () => {
  const suggest = suggestFrom(['hawk'], known)
  expect(suggest('eagel-2')).toEqual(['eagle-2'])
  expect(suggest('othr/eagle-2')).toEqual(['other/eagle-2'])
})

test('a name that has no three letters in a row in common with one is not alike', () => {
  expect(suggestFrom([], known)('e-g-l-2')).toEqual([])
})
