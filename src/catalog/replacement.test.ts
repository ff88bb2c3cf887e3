import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CatalogueEntry } from './catalogue.ts'
import { catalogueOf, entryOf } from './entry.fixture.ts'
import { createReplacementFinder } from './replacement.ts'

const now = Date.UTC(2026, 10, 23)

function replace(entry: CatalogueEntry, others: readonly CatalogueEntry[]): string | null {
  return createReplacementFinder(catalogueOf([entry, ...others]), now)(entry)?.key ?? null
}

const old = entryOf('p/old', {
  tools: true,
  jsonSchema: null,
  input: ['text', 'image'],
  output: ['text'],
  contextWindow: 100_000,
  prices: [{ input: 10, output: 30 }],
  retiresOn: '2026-12-01',
})
const able = {
  tools: true,
  input: ['text', 'image', 'pdf'],
  output: ['text'],
  contextWindow: 100_000,
  prices: [{ input: 10, output: 30 }],
} as const

describe('a model that stands in', () => {
  test.each([
    ['can all that it can', {}, 'p/new'],
    ['has at least four fifths of its context', { contextWindow: 80_000 }, 'p/new'],
    ['lacks no tools', { tools: false }, null],
    ['is known to have tools', { tools: null }, null],
    ['takes what it takes', { input: ['text'] as const }, null],
    ['answers with what it answers with', { output: ['image'] as const }, null],
    ['is of its kind', { kind: 'embedding' as const }, null],
    ['has no much smaller context', { contextWindow: 79_999 }, null],
    ['has a context that is known', { contextWindow: null }, null],
    ['can be asked for', { missing: 'not_listed' as const }, null],
    ['does not retire itself', { retiresOn: '2030-01-01' }, null],
    ['is not advised against', { deprecatedOn: '2026-11-01' }, null],
    ['may be advised against some day', { deprecatedOn: '2027-11-01' }, 'p/new'],
    ['is no further name of it', { aliases: ['old'] }, null],
  ])('%s', (_what, more, expected) => {
    expect(replace(old, [entryOf('p/new', { ...able, ...more })])).toBe(expected)
  })

  test('the same provider comes first, whatever another asks', () => {
    const dear = entryOf('p/dear', { ...able, prices: [{ input: 500, output: 900 }] })
    expect(replace(old, [entryOf('q/same-price', able), dear])).toBe('p/dear')
    expect(replace(old, [entryOf('q/same-price', able)])).toBe('q/same-price')
  })

  test('of several, the nearest price by ratio; one whose price is unknown comes last', () => {
    const half = entryOf('p/half', { ...able, prices: [{ input: 5000, output: 15_000 }] })
    const triple = entryOf('p/triple', { ...able, prices: [{ input: 30_000, output: 90_000 }] })
    const unknown = entryOf('p/a-unknown', { ...able, prices: null })
    const priced = { ...old, prices: [{ input: 10_000, output: 30_000 }] }
    expect(replace(priced, [triple, half, unknown])).toBe('p/half')
    expect(replace(priced, [unknown])).toBe('p/a-unknown')
  })

  test('what its maker names wins over the price, where it can do the same', () => {
    const named = entryOf('p/named', { ...able, prices: [{ input: 99, output: 99 }] })
    const near = entryOf('p/near', able)
    expect(replace({ ...old, replacedBy: 'named' }, [near, named])).toBe('p/named')
    expect(replace({ ...old, replacedBy: 'named' }, [near, { ...named, tools: false }])).toBe('p/near')
    expect(replace({ ...old, replacedBy: 'named' }, [near, { ...named, contextWindow: 1000 }])).toBe('p/near')
    expect(replace({ ...old, replacedBy: 'named' }, [near, { ...named, retiresOn: '2027-01-01' }])).toBe(
      'p/near',
    )
    // Its maker knows what it takes, also where we do not.
    expect(replace({ ...old, replacedBy: 'named' }, [near, { ...named, tools: null, input: null }])).toBe(
      'p/named',
    )
  })

  test('what its maker names is found at another provider too, and by its whole key', () => {
    const near = entryOf('p/near', able)
    const named = entryOf('q/named', { ...able, prices: [{ input: 99, output: 99 }] })
    expect(replace({ ...old, replacedBy: 'named' }, [near, named])).toBe('q/named')
    expect(replace({ ...old, replacedBy: 'q/named' }, [near, named])).toBe('q/named')
    const own = entryOf('p/named', able)
    expect(replace({ ...old, replacedBy: 'named' }, [near, named, own])).toBe('p/named')
  })

  test('where no price is known, the nearest of kin stands in, and of these the newest', () => {
    const nameless = { ...able, prices: null }
    const falcon = { ...old, key: 'p/falcon-3', id: 'falcon-3', prices: null }
    const kin = [
      entryOf('p/albatross', nameless),
      entryOf('p/falcon-4', { ...nameless, releasedOn: '2025-05-01' }),
      entryOf('p/falcon-5', { ...nameless, releasedOn: '2026-05-01' }),
      entryOf('p/zebra', { ...nameless, releasedOn: '2026-11-01' }),
    ]
    expect(replace(falcon, kin)).toBe('p/falcon-5')
  })

  test('nothing stands in for a model of which not even the kind is known, but what its maker names', () => {
    expect(replace({ ...old, kind: null }, [entryOf('p/new', able)])).toBeNull()
    expect(replace({ ...old, kind: null, replacedBy: 'new' }, [entryOf('p/new', able)])).toBe('p/new')
  })

  test('vectors of two models do not go together: only what its maker names stands in for an embedding', () => {
    const vectors = {
      ...old,
      kind: 'embedding',
      tools: null,
      input: ['text'],
      output: ['embedding'],
    } as const
    const other = entryOf('p/new', { ...vectors, key: 'p/new', id: 'new', retiresOn: null })
    expect(replace(vectors, [other])).toBeNull()
    expect(replace({ ...vectors, replacedBy: 'new' }, [other])).toBe('p/new')
  })

  test('it never ends itself, and is never the model itself', () => {
    const answer = fc.option(fc.boolean())
    const facts = fc.record({
      tools: answer,
      reasoning: answer,
      contextWindow: fc.option(fc.integer({ min: 1, max: 1000 })),
      retiresOn: fc.option(fc.constantFrom('2025-01-01', '2027-01-01')),
      deprecatedOn: fc.option(fc.constantFrom('2025-01-01', '2027-01-01')),
    })
    fc.assert(
      fc.property(fc.array(facts, { minLength: 1, maxLength: 8 }), list => {
        const entries = list.map((more, index) => entryOf(`p/m-${index}`, more))
        const find = createReplacementFinder(catalogueOf(entries), now)
        for (const entry of entries) {
          const found = find(entry)
          if (found === null) continue
          expect(found.key).not.toBe(entry.key)
          expect(found.retiresOn).toBeNull()
          expect(found.deprecatedOn).not.toBe('2025-01-01')
          expect(entry.tools === true && found.tools !== true).toBe(false)
        }
      }),
    )
  })
})
