import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GatewayError } from '../errors.ts'
import { abilities, abilityNames } from './abilities.ts'
import { drawCatalogue, makeCatalogue, makeEntry, priced } from './catalogue.fixture.ts'
import type { Catalogue, CatalogueEntry } from './catalogue.ts'
import { readQuestion } from './filters.ts'
import { createModelSearch, type Moment } from './search.ts'

const noon = Date.parse('2026-06-15T12:00:00Z')
const quiet: Moment = { at: noon, resting: () => [], figures: () => new Map() }

function knownOf({ entries }: Catalogue) {
  const names = entries.flatMap(({ provider, providerType }) => [provider, providerType])
  return { providers: new Map(names.map(name => [name.toLowerCase(), name.toLowerCase()])) }
}

function ask(catalogue: Catalogue, query: string, moment: Partial<Moment> = {}) {
  const question = readQuestion(new URLSearchParams(query), knownOf(catalogue))
  return createModelSearch(catalogue, noon).search(question, { ...quiet, ...moment })
}

function keys(catalogue: Catalogue, query: string, moment: Partial<Moment> = {}) {
  return ask(catalogue, query, moment).entries.map(({ key }) => key)
}

const small = makeCatalogue([
  makeEntry('acme/falcon', {
    title: 'Falcon Prime',
    ownedBy: 'Acme',
    kind: 'chat',
    contextWindow: 200_000,
    maxOutput: 8000,
    input: ['text', 'image'],
    output: ['text'],
    tools: true,
    license: 'proprietary',
    releasedOn: '2026-01-02',
    ...priced(3, 15),
  }),
  makeEntry('acme/falcon-mini', {
    ownedBy: 'Acme',
    kind: 'chat',
    contextWindow: 100_000,
    input: ['text'],
    output: ['text'],
    tools: false,
    releasedOn: '2026-03',
    deprecatedOn: '2026-06-15',
    ...priced(0.1, 0.4),
  }),
  makeEntry('acme/vector', {
    kind: 'embedding',
    contextWindow: 8000,
    license: 'MIT',
    retiresOn: '2027-01',
    prices: [{ input: 20_000 }],
  }),
  makeEntry('other/falcon', { providerType: 'acme_type', missing: 'provider_not_configured' }),
  makeEntry('other/unknown', { providerType: 'acme_type', aliases: ['mystery'], license: 'Apache-2.0' }),
])

test('without a question, models that can be asked for come first, by name', () => {
  expect(keys(small, '')).toEqual([
    'acme/falcon',
    'acme/falcon-mini',
    'other/unknown',
    'acme/vector',
    'other/falcon',
  ])
})

test.each([
  ['provider=other', ['other/unknown', 'other/falcon']],
  ['provider=ACME_TYPE', ['other/unknown', 'other/falcon']],
  ['owned_by=acme', ['acme/falcon', 'acme/falcon-mini']],
  ['kind=embedding', ['acme/vector']],
  ['license=mit,apache-2.0', ['other/unknown', 'acme/vector']],
  ['open_weights=true', ['other/unknown', 'acme/vector']],
  // One by its maker's word, one because its end is announced.
  ['deprecated=true', ['acme/falcon-mini', 'acme/vector']],
  ['deprecated=false', ['acme/falcon', 'other/unknown', 'other/falcon']],
  ['retires_before=2027-02-01', ['acme/vector']],
  ['retires_before=2027-02', ['acme/vector']],
  // Of a month alone, its last day is meant.
  ['retires_before=2027-01-31', []],
  ['retires_before=2027-01', []],
  ['min_context=100000', ['acme/falcon', 'acme/falcon-mini']],
  ['min_context=100001', ['acme/falcon']],
  ['max_context=8000', ['acme/vector']],
  ['min_output=1', ['acme/falcon']],
  ['max_cost=0.009', ['acme/falcon', 'acme/falcon-mini', 'acme/vector']],
  ['max_cost=0.00899', ['acme/falcon-mini', 'acme/vector']],
  ['min_cost=0.00025&max_cost=0.00025', ['acme/falcon-mini']],
  ['max_cost=0.00002', ['acme/vector']],
  ['max_input_cost=0.1', ['acme/falcon-mini', 'acme/vector']],
  ['max_output_cost=15&min_output_cost=1', ['acme/falcon']],
])('%s finds %j: what is not known is within no bound', (query, expected) => {
  expect(keys(small, query)).toEqual(expected)
})

test('an ability that is asked for is known to be there; one that is not wanted is not known to be', () => {
  expect(keys(small, 'supports_tools=true')).toEqual(['acme/falcon'])
  expect(keys(small, 'supports_tools=false')).toEqual([
    'acme/falcon-mini',
    'other/unknown',
    'acme/vector',
    'other/falcon',
  ])
  expect(keys(small, 'supports_vision=true')).toEqual(['acme/falcon'])
  expect(keys(small, 'supports_embedding=true')).toEqual(['acme/vector'])
})

test('a model for conversations completes prompts, too', () => {
  expect(keys(small, 'supports_completion=true')).toEqual(['acme/falcon', 'acme/falcon-mini'])
  const old = makeCatalogue([makeEntry('acme/davinci', { kind: 'completion' })])
  expect(keys(old, 'supports_completion=true')).toEqual(['acme/davinci'])
  expect(keys(old, 'supports_chat=true')).toEqual([])
})

test('available are those that are not missing and do not rest', () => {
  const resting = () => ['acme/falcon', 'nobody/knows']
  expect(keys(small, 'available=true', { resting })).toEqual([
    'acme/falcon-mini',
    'other/unknown',
    'acme/vector',
  ])
  expect(keys(small, 'available=false', { resting })).toEqual(['acme/falcon', 'other/falcon'])
})

test.each([
  ['cost', ['acme/vector', 'acme/falcon-mini', 'acme/falcon', 'other/unknown', 'other/falcon']],
  ['-cost', ['acme/falcon', 'acme/falcon-mini', 'acme/vector', 'other/unknown', 'other/falcon']],
  ['output_cost', ['acme/falcon-mini', 'acme/falcon', 'other/unknown', 'acme/vector', 'other/falcon']],
  ['context', ['acme/vector', 'acme/falcon-mini', 'acme/falcon', 'other/unknown', 'other/falcon']],
  ['-context', ['acme/falcon', 'acme/falcon-mini', 'acme/vector', 'other/unknown', 'other/falcon']],
  ['-released', ['acme/falcon-mini', 'acme/falcon', 'other/unknown', 'acme/vector', 'other/falcon']],
  ['name', ['acme/falcon', 'other/falcon', 'acme/falcon-mini', 'other/unknown', 'acme/vector']],
  ['-name', ['acme/vector', 'other/unknown', 'acme/falcon-mini', 'acme/falcon', 'other/falcon']],
])('sorted by %s, with what is not known last in either direction', (sort, expected) => {
  expect(keys(small, `sort=${sort}`)).toEqual(expected)
})

test('sorted by what was seen of them', () => {
  const seen = new Map([
    ['acme/vector', 90],
    ['acme/falcon', 250],
    ['gone/model', 1],
  ])
  const figures: Moment['figures'] = figure => (figure === 'latency' ? seen : new Map())
  expect(keys(small, 'sort=latency&limit=3', { figures })).toEqual([
    'acme/vector',
    'acme/falcon',
    'acme/falcon-mini',
  ])
  expect(keys(small, 'sort=-latency&limit=2', { figures })).toEqual(['acme/falcon', 'acme/vector'])
  expect(keys(small, 'sort=throughput&limit=1', { figures })).toEqual(['acme/falcon'])
})

test('all words must be there, in any of the names, and the best name comes first', () => {
  expect(keys(small, 'q=falcon')).toEqual(['acme/falcon', 'other/falcon', 'acme/falcon-mini'])
  expect(keys(small, 'q=FALCON+prime')).toEqual(['acme/falcon'])
  expect(keys(small, 'q=mini+falcon')).toEqual(['acme/falcon-mini'])
  expect(keys(small, 'q=mystery')).toEqual(['other/unknown'])
  expect(keys(small, 'q=acme')).toEqual(['acme/falcon', 'acme/falcon-mini', 'acme/vector'])
  expect(keys(small, 'q=falcon+nobody')).toEqual([])
  expect(keys(small, 'q=falcon&sort=-name')[0]).toBe('acme/falcon-mini')
})

test('a name that is the words and nothing else comes before longer ones', () => {
  const names = ['x/model-4-mini', 'x/model-4', 'x/my-model-4', 'x/supermodel-4']
  const catalogue = makeCatalogue(names.map(key => makeEntry(key)))
  expect(keys(catalogue, 'q=model+4')).toEqual([
    'x/model-4',
    'x/model-4-mini',
    'x/my-model-4',
    'x/supermodel-4',
  ])
})

test('a price that changes by the hour is that of the moment', () => {
  const catalogue = makeCatalogue([
    makeEntry('a/night', {
      kind: 'chat',
      prices: [
        { input: 9e6, output: 9e6 },
        { input: 1e6, output: 1e6, daily: ['16:30:00', '00:30:00'] },
      ],
    }),
    makeEntry('a/steady', { kind: 'chat', ...priced(5, 5) }),
  ])
  const search = createModelSearch(catalogue, noon)
  const question = readQuestion(new URLSearchParams('sort=cost'), knownOf(catalogue))
  const firstAt = (at: number) => search.search(question, { ...quiet, at }).entries[0]?.id
  expect(firstAt(noon)).toBe('steady')
  expect(firstAt(Date.parse('2026-06-15T20:00:00Z'))).toBe('night')
  expect(firstAt(Date.parse('2026-06-16T00:30:00Z'))).toBe('steady')
})

test('by their last days, those that have none come last in either direction', () => {
  const ends = makeCatalogue([
    makeEntry('a/stays'),
    makeEntry('a/december', { retiresOn: '2026-12-01' }),
    makeEntry('a/january', { retiresOn: '2027-01' }),
    makeEntry('a/new-year', { retiresOn: '2027-01-01' }),
  ])
  const ascending = ['a/december', 'a/new-year', 'a/january', 'a/stays']
  expect(keys(ends, 'sort=retires')).toEqual(ascending)
  expect(keys(ends, 'sort=-retires')).toEqual(['a/january', 'a/new-year', 'a/december', 'a/stays'])
})

const gaps = makeCatalogue([
  makeEntry('a/there'),
  makeEntry('a/old', { missing: 'retired' }),
  makeEntry('a/elsewhere', { missing: 'not_listed' }),
  makeEntry('b/unknown', { missing: 'provider_not_configured' }),
])

test.each([
  ['missing=true', ['a/elsewhere', 'a/old', 'b/unknown']],
  ['missing=false', ['a/there']],
  ['missing=retired', ['a/old']],
  ['missing=retired,not_listed', ['a/elsewhere', 'a/old']],
  ['missing=false,retired', ['a/there', 'a/old']],
  ['missing=provider_unusable', []],
])('%s finds %j', (query, expected) => {
  expect(keys(gaps, query)).toEqual(expected)
})

test('the reasons why models are missing are counted as if none were asked for', () => {
  const { facets, total } = ask(gaps, 'facets=true&missing=retired&provider=a')
  expect(total).toBe(1)
  expect(facets?.missing).toEqual([
    { value: 'not_listed', count: 1 },
    { value: 'retired', count: 1 },
  ])
})

test('facets count what each other choice would give', () => {
  const { facets, total } = ask(small, 'facets=true&provider=acme&supports_tools=true')
  expect(total).toBe(1)
  expect(facets).toMatchObject({
    provider: [{ value: 'acme', count: 1 }],
    kind: [{ value: 'chat', count: 1 }],
    supports: { tools: 1, vision: 1, embedding: 0 },
    available: 1,
    deprecated: 0,
  })
  expect(ask(small, 'facets=true&provider=other').facets?.provider).toEqual([
    { value: 'acme', count: 3 },
    { value: 'other', count: 2 },
  ])
  expect(ask(small, 'facets=true').facets?.missing).toEqual([{ value: 'provider_not_configured', count: 1 }])
  expect(ask(small, '').facets).toBeNull()
})

test('pages follow one another until the last, which has no cursor', () => {
  const first = ask(small, 'sort=cost&limit=2')
  expect(first).toMatchObject({ total: 5, entries: [{ id: 'vector' }, { id: 'falcon-mini' }] })
  const second = ask(small, `sort=cost&limit=3&cursor=${first.next}`)
  expect(second.entries.map(({ key }) => key)).toEqual(['acme/falcon', 'other/unknown', 'other/falcon'])
  expect(second).toMatchObject({ total: 5, next: null })
})

test('a page goes on behind the last model though the catalogue has changed', () => {
  const letters = (...names: string[]) => makeCatalogue(names.map(name => makeEntry(`x/${name}`)))
  const { next } = ask(letters('a', 'c', 'e', 'g'), 'limit=2')
  // The last one shown is gone, one came before it and one behind it.
  expect(keys(letters('a', 'b', 'd', 'e', 'g'), `limit=2&cursor=${next}`)).toEqual(['x/d', 'x/e'])
})

test.each([
  ['garbage', 'not one of this gateway'],
  [Buffer.from('[1,2]').toString('base64url'), 'not one of this gateway'],
  [Buffer.from('["q",{},true,"a","b"]').toString('base64url'), 'not one of this gateway'],
])('the cursor %s is refused', (cursor, words) => {
  expect(() => ask(small, `cursor=${cursor}`)).toThrow(words)
})

test('the cursor of another question is refused by its name', () => {
  const { next } = ask(small, 'sort=cost&limit=1')
  for (const query of ['sort=-cost', 'sort=cost&kind=chat', '']) {
    const asking = () => ask(small, `${query}&cursor=${next}`)
    expect(asking).toThrow(GatewayError)
    expect(asking).toThrow('other filters or another `sort`')
  }
})

const drawn = drawCatalogue(300, 7)
const drawnSearch = createModelSearch(drawn, noon)
const seen = new Map(drawn.entries.filter((_, row) => row % 9 === 0).map(({ key }, row) => [key, row % 5]))
const busy: Moment = { at: noon, resting: () => seen.keys(), figures: () => seen }

const queries = fc
  .record(
    {
      provider: fc.constantFrom('provider-1', 'provider-2,provider-30'),
      kind: fc.constantFrom('chat', 'embedding'),
      available: fc.constantFrom('true', 'false'),
      min_context: fc.constantFrom('4096', '100000'),
      max_cost: fc.constantFrom('0.01', '0.03'),
      q: fc.constantFrom('falcon', 'hooli', 'o a', 'pro 1'),
      sort: fc.constantFrom(
        'name',
        '-name',
        'cost',
        '-cost',
        'context',
        '-released',
        'latency',
        '-throughput',
      ),
      supports_vision: fc.constantFrom('true', 'false'),
    },
    { requiredKeys: [] },
  )
  .map(record => new URLSearchParams(Object.entries(record)))

test('pages of any size together are the whole answer, each model once', () => {
  fc.assert(
    fc.property(queries, fc.integer({ min: 1, max: 120 }), (query, limit) => {
      const whole = drawnSearch.search(
        readQuestion([...query, ['limit', '1000']], knownOf(drawn)),
        busy,
      ).entries
      const paged: CatalogueEntry[] = []
      for (let cursor: string | null = ''; cursor !== null; ) {
        const parameters: [string, string][] = [...query, ['limit', String(limit)]]
        if (cursor !== '') parameters.push(['cursor', cursor])
        const page = drawnSearch.search(readQuestion(parameters, knownOf(drawn)), busy)
        paged.push(...page.entries)
        cursor = page.next
      }
      expect(paged.map(({ key }) => key)).toEqual(whole.map(({ key }) => key))
    }),
    { numRuns: 60 },
  )
})

test('the answer is what a look at each model would give, and its facets count the same', () => {
  const resting = new Set(seen.keys())
  fc.assert(
    fc.property(queries, query => {
      const question = readQuestion([...query, ['limit', '1000'], ['facets', 'true']], knownOf(drawn))
      const { filters } = question
      const { entries, total, facets } = drawnSearch.search(question, busy)
      const expected = drawn.entries.filter(entry => {
        const able = filters.abilities.every(
          ({ name, wanted }) => (abilities[name](entry) === true) === wanted,
        )
        const text = [entry.id, entry.title, entry.ownedBy, entry.provider, ...(entry.aliases ?? [])].join(
          '\n',
        )
        const price = entry.prices?.[0]
        const cost = price === undefined ? Number.NaN : ((price.input ?? 0) + (price.output ?? 0)) / 2e9
        const up = entry.missing === null && !resting.has(entry.key)
        return (
          able &&
          (filters.providers.length === 0 || filters.providers.includes(entry.provider)) &&
          (filters.kinds.length === 0 || filters.kinds.includes(entry.kind ?? '')) &&
          (filters.available === null || filters.available === up) &&
          filters.words.every(word => text.toLowerCase().includes(word)) &&
          filters.bounds.every(({ column, value }) =>
            column === 'cost' ? cost <= value : (entry.contextWindow ?? 0) >= value,
          )
        )
      })
      expect(entries.map(({ key }) => key).sort()).toEqual(expected.map(({ key }) => key).sort())
      expect(total).toBe(expected.length)
      for (const name of abilityNames) {
        if (query.has(`supports_${name}`)) continue
        const able = expected.filter(entry => abilities[name](entry) === true)
        expect(facets?.supports[name]).toBe(able.length)
      }
    }),
    { numRuns: 60 },
  )
})
