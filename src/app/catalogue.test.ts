import { expect, test } from 'vitest'
import type { ProviderList } from '../catalog/build-catalogue.ts'
import { createModelTable } from '../catalog/model-table.ts'
import type { GatewayEvent } from '../events.ts'
import { createManualClock } from '../lib/clock.ts'
import type { BuiltSnapshot } from './build-snapshot.ts'
import { createLiveCatalogue } from './catalogue.ts'

function setUp() {
  const clock = createManualClock()
  const observed: GatewayEvent[] = []
  const state = {
    snapshot: snapshotOf('one'),
    lists: new Map<string, ProviderList>(),
    failing: false,
    tables: 0,
  }
  function snapshotOf(model: string): BuiltSnapshot {
    const parts = {
      providers: [
        {
          configuration: { name: 'acme', models: null, deployments: {}, baseModels: {} },
          provider: { type: 'openai_compatible', keyOptional: true, models: [] },
          indexed: { usable: true, unusableReason: null },
        },
      ],
      configuration: { models: { details: { [`acme/${model}`]: { kind: 'chat' } } } },
      overrides: new Map(),
      prices: { priceOf: () => null },
      modelTable() {
        state.tables++
        if (state.failing) throw new Error('no table')
        return createModelTable({ madeOn: '2026-11-23', sources: [], families: [], models: {} })
      },
    }
    return parts as unknown as BuiltSnapshot
  }
  const catalogue = createLiveCatalogue({
    snapshot: () => state.snapshot,
    lists: () => state.lists,
    clock,
    observe: event => void observed.push(event),
  })
  const list = (at: number, ...ids: string[]): void => {
    state.lists = new Map([['acme', { at, models: ids.map(id => ({ id })) }]])
  }
  const keys = async () => (await catalogue.ready()).catalogue.entries.map(({ key }) => key)
  return { catalogue, state, snapshotOf, list, keys, clock, observed }
}

test('nothing is put together before somebody asks, and then once for all who do', async () => {
  const { catalogue, state, keys } = setUp()
  await catalogue.renew()
  expect(state.tables).toBe(0)
  expect(catalogue.current).toBeNull()
  expect(await Promise.all([keys(), keys()])).toEqual([['acme/one'], ['acme/one']])
  expect(state.tables).toBe(1)
  await keys()
  expect(state.tables).toBe(1)
})

test('who asks after the configuration has changed is answered by the new one', async () => {
  const { state, snapshotOf, keys } = setUp()
  await keys()
  state.snapshot = snapshotOf('two')
  expect(await keys()).toEqual(['acme/two'])
})

test('a configuration that changes while the catalogue is put together is the one that comes out', async () => {
  const { state, snapshotOf, keys } = setUp()
  const asked = keys()
  state.snapshot = snapshotOf('two')
  expect(await asked).toEqual(['acme/two'])
})

test('nobody waits for a list that has come: the old catalogue answers until the new one is whole', async () => {
  const { catalogue, list, keys } = setUp()
  const before = await catalogue.ready()
  list(1, 'listed')
  expect(await catalogue.ready()).toBe(before)
  await catalogue.renew()
  expect(await keys()).toEqual(['acme/listed', 'acme/one'])
  expect(before.catalogue.entries).toHaveLength(1)
})

test('the days go by: an old catalogue is put together again', async () => {
  const { catalogue, clock } = setUp()
  const before = await catalogue.ready()
  clock.advance(3_600_001)
  expect(await catalogue.ready()).toBe(before)
  await catalogue.renew()
  expect(await catalogue.ready()).not.toBe(before)
})

test('where a new one cannot be built, the last one stays, and it is told', async () => {
  const { catalogue, state, list, keys, observed } = setUp()
  await keys()
  state.failing = true
  list(1, 'listed')
  await catalogue.renew()
  expect(await keys()).toEqual(['acme/one'])
  expect(observed).toContainEqual(expect.objectContaining({ type: 'notice', level: 'error' }))
  // The last question has begun a building of its own.
  await catalogue.renew()
  state.failing = false
  await catalogue.renew()
  expect(await keys()).toEqual(['acme/listed', 'acme/one'])
})

test('each fact of a model says who said it', async () => {
  const { catalogue, state } = setUp()
  state.lists = new Map([['acme', { at: 1, models: [{ id: 'one', title: 'One', kind: 'image' as const }] }]])
  const { catalogue: built, origins } = await catalogue.ready()
  const entry = built.find('acme/one')
  expect(entry?.sources).toContain('listing')
  expect(entry === null ? null : origins(entry)).toEqual([
    { name: 'title', source: 'listing', value: 'One', overruled: [] },
    {
      name: 'kind',
      source: 'configuration',
      value: 'chat',
      overruled: [{ source: 'listing', value: 'image' }],
    },
  ])
})
