import { describe, expect, test } from 'vitest'
import type { SaidFacts } from '../model-facts.ts'
import {
  buildCatalogue,
  buildCatalogueInSlices,
  buildSteps,
  type CatalogueOptions,
  type CatalogueProvider,
  sliceSize,
} from './build-catalogue.ts'
import { parseModelOverrides } from './model-overrides.ts'
import type { ModelSnapshot } from './model-snapshot.ts'
import { createModelTable } from './model-table.ts'

const now = Date.UTC(2026, 10, 23, 12)

const snapshot: ModelSnapshot = {
  madeOn: '2026-11-23',
  sources: [],
  families: [{ match: '^large', owner: 'maker', license: 'MIT' }],
  models: {
    vendor: [
      {
        id: 'large-1',
        title: 'Large 1',
        kind: 'chat',
        context: 100_000,
        can: 'tools',
        input: 'text image',
        aliases: ['large-1-latest'],
      },
      { id: 'large-2', kind: 'chat', context: 200_000, maxOutput: 8000 },
      { id: 'old', kind: 'chat', retires: '2026-01-31', replacedBy: 'large-2' },
    ],
    elsewhere: [{ id: 'far', kind: 'chat' }],
  },
}

function provider(more: Partial<CatalogueProvider> = {}): CatalogueProvider {
  return {
    name: 'vendor',
    type: 'vendor',
    tableName: 'vendor',
    usable: true,
    unusableReason: null,
    configuredModels: null,
    ownModels: [],
    deployments: {},
    baseModels: {},
    listing: null,
    ...more,
  }
}

function options(more: Partial<CatalogueOptions> = {}): CatalogueOptions {
  return {
    table: createModelTable(snapshot),
    providers: [provider()],
    overrides: new Map(),
    details: {},
    prices: { priceOf: () => null },
    now,
    ...more,
  }
}

function build(more: Partial<CatalogueOptions> = {}) {
  return buildCatalogue(options(more))
}

function listing(ids: readonly string[], facts: SaidFacts = {}) {
  return { models: ids.map(id => ({ id, ...facts })), at: 7 }
}

describe('which models are there', () => {
  test('those of a configured provider can be asked for, those of others say what would have to be done', () => {
    const catalogue = build({ howToConfigure: type => `Set ${type.toUpperCase()}_API_KEY.` })
    expect(catalogue.entries.map(({ key, missing }) => [key, missing])).toEqual([
      ['elsewhere/far', 'provider_not_configured'],
      ['vendor/large-1', null],
      ['vendor/large-2', null],
      ['vendor/old', 'retired'],
    ])
    expect(catalogue.find('elsewhere/far')?.missingReason).toBe('Set ELSEWHERE_API_KEY.')
    expect(catalogue.find('vendor/old')?.missingReason).toBe(
      'It was retired on 2026-01-31. Its maker names `large-2` in its place.',
    )
  })

  test('keys ascend by code units, whatever the providers are called', () => {
    const named = ['b', 'a-b', 'a', 'A'].map(name =>
      provider({ name, type: 'own', configuredModels: ['z', 'B', 'a'] }),
    )
    const keys = build({ providers: named }).entries.map(({ key }) => key)
    expect(keys).toEqual([...keys].sort())
  })

  test('a provider without what it needs says so for each of its models', () => {
    const lacking = provider({ usable: false, unusableReason: 'has no API key: set VENDOR_API_KEY' })
    expect(build({ providers: [lacking] }).find('vendor/large-1')).toMatchObject({
      missing: 'provider_unusable',
      missingReason: 'The provider `vendor` has no API key: set VENDOR_API_KEY.',
    })
  })

  test('where the configuration names models, others have to be added to it', () => {
    const catalogue = build({ providers: [provider({ configuredModels: ['large-1-latest', 'new'] })] })
    expect(catalogue.find('vendor/large-1-latest')?.missing).toBeNull()
    expect(catalogue.find('vendor/new')?.missing).toBeNull()
    // A further name of it is configured.
    expect(catalogue.find('vendor/large-1')?.missing).toBeNull()
    expect(catalogue.find('vendor/large-2')).toMatchObject({
      missing: 'not_configured',
      missingReason: 'Add it to `models` of the provider `vendor`.',
    })
  })

  test('what a provider does not list is missing, unless it lists the model by a further name', () => {
    const catalogue = build({ providers: [provider({ listing: listing(['large-1-latest', 'brand-new']) })] })
    expect(
      catalogue.entries
        .filter(({ provider: name }) => name === 'vendor')
        .map(({ id, missing }) => [id, missing]),
    ).toEqual([
      ['brand-new', null],
      ['large-1', null],
      ['large-1-latest', null],
      ['large-2', 'not_listed'],
      ['old', 'retired'],
    ])
    expect(catalogue.find('vendor/brand-new')?.listedAt).toBe(7)
    expect(catalogue.find('vendor/large-2')?.listedAt).toBeNull()
  })

  test('a further name that the list itself gives is there, with what is listed of the model', () => {
    const models = [
      {
        id: 'Large-2-20260101',
        aliases: ['large-2', 'large-9-latest', 'large-1'],
        contextWindow: 5,
        title: 'Dated',
      },
      { id: 'large-1', contextWindow: 6 },
    ]
    const catalogue = build({ providers: [provider({ listing: { models, at: 7 } })] })
    expect(catalogue.find('vendor/large-2')).toMatchObject({
      missing: null,
      contextWindow: 5,
      maxOutput: 8000,
      title: null,
      listedAt: 7,
    })
    // What a model is called itself is no further name of another one.
    expect(catalogue.find('vendor/large-1')).toMatchObject({ missing: null, contextWindow: 6 })
    expect(catalogue.findById('large-9-latest').map(({ key }) => key)).toEqual(['vendor/Large-2-20260101'])
  })

  test('a retired model that its provider still lists is served', () => {
    expect(
      build({ providers: [provider({ listing: listing(['old']) })] }).find('vendor/old')?.missing,
    ).toBeNull()
  })

  test('a retired model that the configuration names is served: whoever wrote it there knows', () => {
    const named = provider({ configuredModels: ['old'] })
    expect(build({ providers: [named] }).find('vendor/old')).toMatchObject({
      missing: null,
      retiresOn: '2026-01-31',
    })
  })

  test('what a provider lists of a name holds for the other names of the model, but not its title', () => {
    const list = listing(['large-1-latest'], { contextWindow: 123_456, title: 'Large 1 (latest)' })
    const catalogue = build({ providers: [provider({ listing: list })] })
    expect(catalogue.find('vendor/large-1')).toMatchObject({ contextWindow: 123_456, listedAt: 7 })
    expect(catalogue.find('vendor/large-1')?.title).not.toBe('Large 1 (latest)')
  })

  test('what it lists of the name itself comes first', () => {
    const models = [
      { id: 'large-1-latest', contextWindow: 1 },
      { id: 'large-1', contextWindow: 2 },
    ]
    const catalogue = build({ providers: [provider({ listing: { models, at: 7 } })] })
    expect(catalogue.find('vendor/large-1')?.contextWindow).toBe(2)
  })

  test('a provider of which nothing is written down has the models that it is known to serve', () => {
    const own = provider({ name: 'simulator', type: 'simulator', tableName: null, ownModels: ['echo'] })
    expect(build({ providers: [own] }).find('simulator/echo')?.missing).toBeNull()
    const named = build({ providers: [{ ...own, configuredModels: ['other'] }] })
    expect(named.find('simulator/echo')).toBeNull()
  })

  test('a configured model that no list has can be asked for', () => {
    const own = provider({ configuredModels: ['secret'], listing: listing(['large-1']) })
    expect(build({ providers: [own] }).find('vendor/secret')?.missing).toBeNull()
  })

  test('two providers of one type have the same models, each under its own name', () => {
    const catalogue = build({ providers: [provider({ name: 'eu' }), provider({ name: 'us' })] })
    expect(catalogue.findById('large-1').map(({ key }) => key)).toEqual(['eu/large-1', 'us/large-1'])
    expect(catalogue.findById('large-1-latest').map(({ key }) => key)).toEqual(['eu/large-1', 'us/large-1'])
    expect(catalogue.findById('constructor')).toEqual([])
    expect(catalogue.find('vendor/large-1')).toBeNull()
  })

  test('which keys see a model is kept where they differ', () => {
    const seenByKeys = new Map([['large-1', [1]]])
    const seen = provider({ listing: { ...listing(['large-1', 'large-2']), seenByKeys } })
    const catalogue = build({ providers: [seen] })
    expect(catalogue.find('vendor/large-1')?.seenByKeys).toEqual([1])
    expect(catalogue.find('vendor/large-2')?.seenByKeys).toBeNull()
  })
})

describe('what is known of them', () => {
  test('the configuration is believed before the file, the file before the list, the list before the bundle', () => {
    const { overrides } = parseModelOverrides(
      'vendor/large-1: { context_window: 3, max_output: 3, tools: false }',
      'f',
    )
    const list = listing(['large-1'], { contextWindow: 2, maxOutput: 2, batch: true })
    const entry = build({
      providers: [provider({ listing: list })],
      overrides,
      details: { 'vendor/large-1': { contextWindow: 4 } },
    }).find('vendor/large-1')
    expect(entry).toMatchObject({
      contextWindow: 4,
      maxOutput: 3,
      tools: false,
      batch: true,
      title: 'Large 1',
    })
    expect(entry?.sources).toEqual(['configuration', 'override', 'listing', 'snapshot'])
  })

  test('the nearer name wins: of the provider, of its type, of the model alone', () => {
    const details = {
      'large-1': { title: 'any', license: 'any', batch: true },
      'vendor/large-1': { title: 'type', license: 'type' },
      'eu/large-1': { title: 'own' },
    }
    expect(build({ providers: [provider({ name: 'eu' })], details }).find('eu/large-1')).toMatchObject({
      title: 'own',
      license: 'type',
      batch: true,
    })
  })

  test('a model that only the operator describes is there', () => {
    const own = provider({ name: 'own', type: 'local', tableName: null })
    const catalogue = build({ providers: [own], details: { 'own/mine': { contextWindow: 4096 } } })
    expect(catalogue.find('own/mine')).toMatchObject({
      contextWindow: 4096,
      missing: null,
      sources: ['configuration'],
    })
  })

  test('a deployment and a tuned model have the facts of their base, but not its names', () => {
    const azure = provider({
      deployments: { 'large-2': 'prod', mine: 'mine-1' },
      baseModels: { mine: 'large-1', tuned: 'large-1' },
      configuredModels: ['tuned', 'ft:large-1:team::x'],
    })
    const catalogue = build({ providers: [azure], details: { 'large-1': { batch: true } } })
    expect(catalogue.find('vendor/large-2')).toMatchObject({
      contextWindow: 200_000,
      aliases: ['prod'],
      missing: null,
    })
    expect(catalogue.find('vendor/mine')).toMatchObject({
      contextWindow: 100_000,
      tools: true,
      title: null,
      batch: true,
      aliases: ['mine-1'],
    })
    expect(catalogue.find('vendor/tuned')).toMatchObject({ contextWindow: 100_000, title: null })
    expect(catalogue.find('vendor/ft:large-1:team::x')).toMatchObject({ contextWindow: 100_000, title: null })
  })

  test('a dated, a regional and a described name have the facts of the model that they name', () => {
    const list = listing(['large-2-2026-01-02', 'eu.maker.large-2', 'models/large-2'])
    const catalogue = build({ providers: [provider({ listing: list })] })
    expect(catalogue.find('vendor/large-2-2026-01-02')).toMatchObject({ contextWindow: 200_000 })
    expect(catalogue.find('vendor/models/large-2')).toMatchObject({ contextWindow: 200_000 })
    // Nobody wrote of it: only the name tells something.
    expect(catalogue.find('vendor/eu.maker.large-2')).toMatchObject({ contextWindow: null, ownedBy: 'maker' })
  })

  test('of an unknown model only what its name tells is known', () => {
    const list = listing(['large-9', 'text-embedding-9', 'thing'])
    const catalogue = build({ providers: [provider({ listing: list })] })
    expect(catalogue.find('vendor/large-9')).toMatchObject({
      ownedBy: 'maker',
      license: 'MIT',
      kind: null,
      tools: null,
    })
    expect(catalogue.find('vendor/text-embedding-9')).toMatchObject({
      kind: 'embedding',
      output: ['embedding'],
    })
    expect(catalogue.find('vendor/thing')).toMatchObject({ ownedBy: null, kind: null })
  })

  test('prices come from the price table, and those of the operator from his file', () => {
    const asked: string[] = []
    const prices: CatalogueOptions['prices'] = {
      priceOf(name, model) {
        asked.push(`${name}/${model}`)
        const origin = model === 'large-1' ? 'override' : 'bundled'
        return { origin, row: model, periods: [{ input: 5 }], contextWindow: null, maxOutput: null }
      },
    }
    const own = provider({ name: 'eu', baseModels: { tuned: 'large-2' }, configuredModels: ['tuned'] })
    const catalogue = build({ providers: [own], prices })
    expect(catalogue.find('eu/large-1')).toMatchObject({
      prices: [{ input: 5 }],
      sources: ['override', 'snapshot'],
    })
    expect(catalogue.find('eu/tuned')).toMatchObject({ prices: [{ input: 5 }], sources: ['snapshot'] })
    expect(asked.filter(name => name === 'eu/large-2')).toHaveLength(2)
  })

  test('a package that stands for a vendor has what is known of that vendor', () => {
    const catalogue = build({ providers: [provider({ name: 'sdk', type: 'ai_sdk', tableName: 'vendor' })] })
    expect(catalogue.find('sdk/large-1')?.contextWindow).toBe(100_000)
  })
})

describe('building', () => {
  test('the same input gives the same catalogue, in slices as at once', async () => {
    const atOnce = build()
    expect(await buildCatalogueInSlices(options())).toMatchObject({
      version: atOnce.version,
      entries: atOnce.entries,
    })
  })

  test('the version changes with the content', () => {
    const { version } = build()
    expect(version).toMatch(/^[0-9a-f]{16}$/)
    expect(build({ details: { 'large-1': { batch: true } } }).version).not.toBe(version)
    expect(build({ providers: [provider({ listing: listing(['large-1']) })] }).version).not.toBe(version)
    // Not with the clock, as long as nothing has come to an end.
    expect(build({ now: now + 1 }).version).toBe(version)
  })

  test(`others get their turn after at most ${sliceSize} models`, () => {
    let since = 0
    let most = 0
    const prices = {
      priceOf() {
        since++
        return null
      },
    }
    const many = listing(Array.from({ length: 2000 }, (_, index) => `model-${index}`))
    const steps = buildSteps(options({ providers: [provider({ listing: many })], prices }))
    for (let step = steps.next(); step.done !== true; step = steps.next()) {
      most = Math.max(most, since)
      since = 0
    }
    expect(most).toBe(sliceSize)
  })
})
