// What has changed in the lists of the providers, and asking them anew.

import { expect, test } from 'vitest'
import { entryOf } from '../../catalog/entry.fixture.ts'
import type { ModelChange } from '../../catalog/model-changes.ts'
import { createManualClock } from '../../lib/clock.ts'
import { now, openModels } from './routes.fixture.ts'

const log: readonly ModelChange[] = [
  change({
    sequence: 7,
    at: now - 48 * 3_600_000,
    kind: 'removed',
    model: 'old',
    replacement: 'acme/falcon',
  }),
  change({ sequence: 8, at: now - 3_600_000, kind: 'added', model: 'mini' }),
  change({
    sequence: 9,
    at: now - 60_000,
    kind: 'price_changed',
    facts: [{ name: 'prices', before: [{ input: 5e6 }], after: [{ input: 3e6 }] }],
  }),
  change({
    sequence: 10,
    at: now,
    kind: 'changed',
    facts: [{ name: 'contextWindow', before: null, after: 1 }],
  }),
]

function change(facts: Partial<ModelChange>): ModelChange {
  return {
    sequence: 1,
    at: now,
    kind: 'added',
    provider: 'acme',
    model: 'falcon',
    facts: [],
    replacement: null,
    ...facts,
  }
}

const changeLists = {
  changes: (after: number, limit: number) => log.filter(({ sequence }) => sequence > after).slice(0, limit),
}

test.each([
  ['', [7, 8, 9, 10]],
  ['?since=0', [7, 8, 9, 10]],
  ['?since=8', [9, 10]],
  ['?since=24h', [8, 9, 10]],
  ['?since=1d', [8, 9, 10]],
  ['?since=5m', [9, 10]],
  ['?since=1w', [7, 8, 9, 10]],
  ['?since=2026-06-15T11:59:00Z', [9, 10]],
  ['?since=2026-06-15T13:59:00+02:00', [9, 10]],
  ['?since=2026-06-15', [8, 9, 10]],
  ['?since=10', []],
])('the changes%s are %j', async (query, expected) => {
  const { get } = await openModels({ lists: changeLists })
  const { data } = (await get(`/api/models/changes${query}`)) as { data: { sequence: number }[] }
  expect(data.map(({ sequence }) => sequence)).toEqual(expected)
})

test('changes are read on from the last one, and prices in them are as everywhere', async () => {
  const { get } = await openModels({ lists: changeLists })
  expect(await get('/api/models/changes?since=24h&limit=2')).toEqual({
    object: 'list',
    has_more: true,
    next_since: 9,
    data: [
      {
        sequence: 8,
        at: '2026-06-15T11:00:00.000Z',
        kind: 'added',
        provider: 'acme',
        model: 'mini',
        facts: [],
        replacement: null,
      },
      expect.objectContaining({
        kind: 'price_changed',
        facts: [{ name: 'prices', before: { input: 5 }, after: { input: 3 } }],
      }),
    ],
  })
  expect(await get('/api/models/changes?since=9')).toMatchObject({
    has_more: false,
    next_since: 10,
    data: [{ facts: [{ name: 'context_window', before: null, after: 1 }] }],
  })
  expect(await get('/api/models/changes?since=10')).toMatchObject({ data: [], next_since: 10 })
  expect(await get('/api/models/changes?since=2027-01-01')).toMatchObject({ data: [], next_since: 10 })
})

test('of prices that hold for a time, those are told that were in force at the change', async () => {
  const before = [{ input: 5e6 }, { input: 4e6, from: '2026-02-01' }]
  const after = [...before, { input: 3e6, from: '2026-06-01' }, { input: 1e6, from: '2027-01-01' }]
  const facts = [{ name: 'prices', before, after }]
  const { get } = await openModels({
    lists: { changes: () => [change({ kind: 'price_changed', at: now - 60_000, facts })] },
  })
  expect(await get('/api/models/changes')).toMatchObject({
    data: [
      {
        facts: [
          {
            before: { input: 4, from: '2026-02-01', periods: [{ input: 5 }, { input: 4 }] },
            after: { input: 3, from: '2026-06-01', periods: [{}, {}, {}, {}] },
          },
        ],
      },
    ],
  })
})

test.each([
  ['24', /lacks a unit \(s, m, h, d or w\), such as 24h/],
  ['11', /behind the last change, which is 10\. .* history that is gone/],
  ['99999999999999999999', /history that is gone/],
  ['1y', /such as 24h or 7d \(s, m, h, d or w\)/],
])('a number that no change has had, or an unknown unit, is refused: since=%s', async (since, words) => {
  const { ask } = await openModels({ lists: changeLists })
  const answer = await ask(`/api/models/changes?since=${since}`)
  expect(answer.status).toBe(400)
  expect(await answer.json()).toMatchObject({
    error: { code: 'invalid_request', param: 'since', message: expect.stringMatching(words) },
  })
})

test('where there never was a change, nothing is asked for from the beginning alone', async () => {
  const { ask, get } = await openModels()
  expect(await get('/api/models/changes?since=0')).toMatchObject({ data: [], next_since: 0 })
  expect((await ask('/api/models/changes?since=9999')).status).toBe(400)
})

test('what could stand in is told as it is now, also for another price', async () => {
  const standIn = entryOf('other/new')
  const { get } = await openModels({
    lists: changeLists,
    library: { replacementOf: ({ key }) => (key === 'acme/falcon' ? standIn : null) },
  })
  const { data } = (await get('/api/models/changes')) as {
    data: { kind: string; replacement: string | null }[]
  }
  expect(data.map(({ kind, replacement }) => [kind, replacement])).toEqual([
    // Of a model that nobody knows any more, what was told then, as it can still be asked for.
    ['removed', 'acme/falcon'],
    ['added', null],
    ['price_changed', 'other/new'],
    ['changed', null],
  ])
})

const waiting = {
  provider: 'acme',
  status: 'listed' as const,
  models: 2,
  at: now,
  lastTriedAt: now,
  lastError: null,
  nextAt: now + 3_600_000,
}

test('a refresh asks the providers that it names, and answers how their lists stand', async () => {
  const asked: unknown[] = []
  const { refresh } = await openModels({
    lists: {
      states: () => [waiting],
      refresh(...order) {
        asked.push(order)
        return Promise.resolve([waiting])
      },
    },
  })
  const answer = await refresh({ providers: ['acme'], accept_shrunken: true })
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({
    object: 'list',
    data: [{ provider: 'acme', status: 'listed', models: 2, next_at: '2026-06-15T13:00:00.000Z' }],
  })
  expect(asked).toEqual([[['acme'], { acceptShrunken: true }]])
})

test('a refresh needs no body, and is not taken twice within seconds', async () => {
  const asked: unknown[] = []
  const clock = createManualClock(now)
  const { refresh } = await openModels({
    clock,
    lists: {
      refresh(...order) {
        asked.push(order)
        return Promise.resolve([])
      },
    },
  })
  expect((await refresh()).status).toBe(200)
  clock.advance(1_000)
  const second = await refresh()
  expect(second.status).toBe(429)
  expect(second.headers.get('retry-after')).toBe('4')
  clock.advance(4_000)
  expect((await refresh()).status).toBe(200)
  expect(asked).toEqual([
    [undefined, { acceptShrunken: false }],
    [undefined, { acceptShrunken: false }],
  ])
})

test.each([
  [{ provider: ['acme'] }, 'provider', '`providers`'],
  [{ providers: ['acne'] }, 'providers', '`acme`'],
  [{ providers: 'acme' }, 'providers', 'list'],
  [{ providers: [] }, 'providers', 'list'],
  [{ accept_shrunken: 'yes' }, 'accept_shrunken', 'true or false'],
  [[], 'body', 'JSON object'],
])('a refresh with %j is refused, and may be asked again at once', async (body, param, words) => {
  const { refresh } = await openModels({ lists: { states: () => [waiting] } })
  const answer = await refresh(body)
  expect(answer.status).toBe(400)
  expect(await answer.json()).toMatchObject({ error: { param, message: expect.stringContaining(words) } })
  expect((await refresh()).status).toBe(200)
})

test('a refresh whose body is no JSON is told where it goes wrong; an empty one asks all', async () => {
  const { ask, refresh } = await openModels()
  const send = (body: string) =>
    ask('/api/models/refresh', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  const answer = await send('{"providers": [}')
  expect(answer.status).toBe(400)
  expect(await answer.json()).toMatchObject({
    error: { code: 'invalid_json', message: expect.stringContaining('at line 1, column 16') },
  })
  expect((await send('')).status).toBe(200)
  expect((await refresh()).status).toBe(429)
})

test('a refresh that asks nobody says why', async () => {
  const off = {
    ...waiting,
    status: 'unlisted' as const,
    unlistedReason: 'Discovery is off: `discovery.enabled` is false in the configuration.',
  }
  const all = [off, { ...off, provider: 'other' }]
  const { refresh } = await openModels({ lists: { states: () => all, refresh: () => Promise.resolve(all) } })
  expect(await (await refresh()).json()).toMatchObject({
    message: `Nothing was refreshed. ${off.unlistedReason}`,
    data: [{ reason: off.unlistedReason }, { reason: off.unlistedReason }],
  })

  const some = [off, waiting]
  const partly = await openModels({ lists: { states: () => some, refresh: () => Promise.resolve(some) } })
  const answer = (await (await partly.refresh()).json()) as object
  expect(answer).not.toHaveProperty('message')
  expect(answer).toMatchObject({ data: [{ reason: off.unlistedReason }, { reason: null }] })

  expect(await (await (await openModels()).refresh()).json()).toMatchObject({
    message: 'Nothing was refreshed. No provider is configured.',
  })
})
