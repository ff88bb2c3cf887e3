import { expect, test } from 'vitest'
import { shareFacts } from '../../catalog/merge-facts.ts'
import { createManualClock } from '../../lib/clock.ts'
import { untouched } from './library.fixture.ts'
import { entries, now, openModels } from './routes.fixture.ts'

test('a model of which nothing is left but that it was there says when that was', async () => {
  const describeGone = () => 'The provider acme does not list it any more; it last did at 2026-06-14.'
  const { ask } = await openModels({ library: { describeGone } })
  const answer = await ask('/api/models/acme/gone')
  expect(answer.status).toBe(404)
  expect(await answer.json()).toMatchObject({
    error: {
      code: 'model_not_found',
      message: `Nobody has a model \`acme/gone\` any more. ${describeGone()}`,
    },
  })
})

test('a model is shown with all that is known of it, and null for what is not', async () => {
  const { get } = await openModels()
  expect(await get('/api/models/acme/falcon')).toEqual({
    object: 'model',
    key: 'acme/falcon',
    id: 'falcon',
    provider: 'acme',
    provider_type: 'openai_compatible',
    status: 'available',
    available: true,
    missing: null,
    missing_reason: null,
    title: 'Falcon',
    owned_by: 'Acme',
    kind: 'chat',
    aliases: ['falcon-latest'],
    context_window: 200_000,
    max_output: 8_000,
    input: ['text', 'image'],
    output: ['text'],
    supports: expect.objectContaining({
      chat: true,
      completion: true,
      vision: true,
      tools: true,
      json_schema: null,
      embedding: false,
    }),
    reasoning_levels: null,
    knowledge_cutoff: null,
    released_on: '2026-01-02',
    // Its end is announced.
    deprecated: true,
    deprecated_on: null,
    retires_on: '2027-01-01',
    replaced_by: null,
    replacement: null,
    license: 'proprietary',
    open_weights: false,
    prices: {
      input: 3,
      output: 15,
      cache_read: 0.3,
      tiers: [{ above_tokens: 200_000, input: 6, output: 22.5 }],
    },
    cost_per_1k: 0.009,
    sources: ['listing', 'snapshot'],
    listed_at: '2026-06-15T11:59:00.000Z',
    seen_by_keys: null,
    live: {
      breaker: 'closed',
      calls: 0,
      failures: 0,
      error_rate: null,
      first_token_ms: null,
      tokens_per_second: null,
      effective_price: null,
    },
    facts: {},
    catalogue: expect.objectContaining({ version: 'v1' }),
  })
})

test('the list and the search are one, and both take all filters', async () => {
  const { get, keysOf } = await openModels()
  for (const path of ['/api/models', '/api/models/search']) {
    expect(await keysOf(path)).toEqual(['acme/falcon', 'acme/mini', 'other/falcon', 'vendor/maker/heron'])
    expect(await keysOf(`${path}?supports_vision=true&max_cost=0.01`)).toEqual(['acme/falcon'])
    expect(await keysOf(`${path}?min_context=100000&supports_chat=true`)).toEqual(['acme/falcon'])
    expect(await keysOf(`${path}?provider=acme&supports_completion=true&sort=cost`)).toEqual([
      'acme/mini',
      'acme/falcon',
    ])
    expect(await get(`${path}?q=falcon&limit=1`)).toMatchObject({ object: 'list', total: 2, has_more: true })
  }
})

test('a list says of each model that is gone or will be what could stand in for it', async () => {
  const asked: string[] = []
  const { get } = await openModels({
    library: {
      replacementOf(entry) {
        asked.push(entry.key)
        return entry.key === 'acme/falcon' ? (entries.find(({ key }) => key === 'acme/mini') ?? null) : null
      },
    },
  })
  const { data } = (await get('/api/models')) as { data: { key: string; replacement: string | null }[] }
  expect(data.map(({ key, replacement }) => [key, replacement])).toEqual([
    ['acme/falcon', 'acme/mini'],
    ['acme/mini', null],
    ['other/falcon', null],
    ['vendor/maker/heron', null],
  ])
  expect(new Set(asked)).toEqual(new Set(['acme/falcon', 'other/falcon']))
})

test('pages follow their cursors', async () => {
  const { get, keysOf } = await openModels()
  const first = await get('/api/models?limit=3')
  expect(first['next_cursor']).toEqual(expect.any(String))
  expect(await keysOf(`/api/models?limit=3&cursor=${String(first['next_cursor'])}`)).toEqual([
    'vendor/maker/heron',
  ])
})

test.each([
  ['/api/models?suports_vision=true', 'suports_vision', 'supports_vision'],
  ['/api/models?supports_vision=maybe', 'supports_vision', 'true or false'],
  ['/api/models/search?min_context=1&min_context=2', 'min_context', 'twice'],
  ['/api/models?cursor=abc', 'cursor', 'not one of this gateway'],
  ['/api/models?provider=acne', 'provider', 'acme'],
  ['/api/models/changes?since=yesterday', 'since', '24h'],
  ['/api/models/changes?limit=0', 'limit', '1000'],
  ['/api/models/changes?from=1', 'from', 'not a parameter'],
  ['/api/models/acme/falcon?live=no', 'live', 'true or false'],
])('%s is a 400 that names %s', async (path, param, words) => {
  const { ask } = await openModels()
  const answer = await ask(path)
  expect(answer.status).toBe(400)
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(await answer.json()).toMatchObject({
    error: { param, type: 'invalid_request_error', message: expect.stringContaining(words) },
  })
})

test('facets come for the asking', async () => {
  const { get } = await openModels()
  expect(await get('/api/models')).not.toHaveProperty('facets')
  expect((await get('/api/models?facets=true'))['facets']).toMatchObject({
    provider: [
      { value: 'acme', count: 2 },
      { value: 'other', count: 1 },
      { value: 'vendor', count: 1 },
    ],
    supports: { chat: 4, vision: 1 },
    available: 2,
  })
})

test('an answer is named by its content: who has it is told so, until it changes', async () => {
  let calls = 0
  const live = () => ({ ...untouched, calls })
  const { ask } = await openModels({ library: { live } })
  const first = await ask('/api/models?provider=acme')
  const tag = first.headers.get('etag') ?? ''
  expect(tag).toMatch(/^W\/"[\w-]+"$/)
  expect(first.headers.get('cache-control')).toBe('private, max-age=5')
  const again = (held: string, path = '/api/models?provider=acme') =>
    ask(path, { headers: { 'if-none-match': held } })
  const same = await again(tag)
  expect(same.status).toBe(304)
  expect(same.headers.get('etag')).toBe(tag)
  expect(await same.text()).toBe('')
  expect((await again(`"other", ${tag.slice(2)}`)).status).toBe(304)
  expect((await again('*')).status).toBe(304)
  expect((await again('"other"')).status).toBe(200)
  expect((await again(tag, '/api/models?provider=acme&limit=1')).status).toBe(200)
  calls = 1
  expect((await again(tag)).status).toBe(200)
})

test('without what was seen of the models, an answer lasts as long as the catalogue', async () => {
  let calls = 0
  const clock = createManualClock(now)
  const { ask } = await openModels({ clock, library: { live: () => ({ ...untouched, calls }) } })
  const first = await ask('/api/models/acme/falcon?live=false')
  expect(first.headers.get('cache-control')).toBe('private, max-age=60')
  const document = await first.json()
  expect(document).not.toHaveProperty('live')
  expect(document).not.toHaveProperty('status')
  calls = 5
  clock.advance(60_000)
  const headers = { 'if-none-match': first.headers.get('etag') ?? '' }
  expect((await ask('/api/models/acme/falcon?live=false', { headers })).status).toBe(304)
})

test('the age of the catalogue and where it comes from are told with every answer', async () => {
  const clock = createManualClock(now)
  const state = {
    provider: 'acme',
    status: 'failed' as const,
    models: 2,
    at: now,
    lastTriedAt: now + 60_000,
    lastError: 'The provider cannot be reached.',
    nextAt: null,
  }
  const { get } = await openModels({ clock, lists: { states: () => [state] } })
  clock.advance(90_000)
  expect((await get('/api/models'))['catalogue']).toEqual({
    version: 'v1',
    built_at: '2026-06-15T12:00:00.000Z',
    age_seconds: 90,
    models: 4,
    sources: {
      snapshot: [{ package: 'some-models', version: '1.2.3' }],
      listings: [
        {
          provider: 'acme',
          status: 'failed',
          models: 2,
          listed_at: '2026-06-15T12:00:00.000Z',
          tried_at: '2026-06-15T12:01:00.000Z',
          next_at: null,
          error: 'The provider cannot be reached.',
          reason: null,
        },
      ],
    },
  })
})

test('what is seen of a model stands beside it', async () => {
  const live = () => ({
    status: 'degraded' as const,
    breaker: 'half_open' as const,
    calls: 8,
    failures: 1,
    firstTokenMs: { p50: 412.345, p95: 1290.1 },
    tokensPerSecond: 83.456,
    effective: {
      input: 0.5701,
      output: 15,
      cacheHitRatio: 0.9,
      inputTokens: 1_000_000,
      outputTokens: 10_000,
      paidUsd: 0.72,
      answers: 12,
    },
  })
  const { get } = await openModels({ library: { live } })
  expect(await get('/api/models/acme/falcon')).toMatchObject({
    status: 'degraded',
    available: true,
    live: {
      breaker: 'half_open',
      calls: 8,
      failures: 1,
      error_rate: 0.125,
      first_token_ms: { p50: 412, p95: 1290 },
      tokens_per_second: 83.5,
      effective_price: {
        input: 0.57,
        output: 15,
        cache_hit_ratio: 0.9,
        input_tokens: 1_000_000,
        output_tokens: 10_000,
        paid_usd: 0.72,
        answers: 12,
      },
    },
  })
})

test('a model that cannot be asked for is shown with the reason and what to do', async () => {
  const { get } = await openModels()
  expect(await get('/api/models/vendor/maker/heron')).toMatchObject({
    status: 'missing',
    available: false,
    missing: 'provider_not_configured',
    missing_reason: expect.stringContaining('VENDOR_API_KEY'),
  })
})

test.each(['/api/models/vendor/maker%2Fheron', '/api/models/vendor/maker/heron/', '/api/models/maker/heron'])(
  '%s names the same model',
  async path => {
    const { get } = await openModels()
    expect(await get(path)).toMatchObject({ key: 'vendor/maker/heron' })
  },
)

test('a name that several providers have is the list of their offers', async () => {
  const { get, keysOf } = await openModels()
  expect(await get('/api/models/falcon')).toMatchObject({ object: 'offers', id: 'falcon' })
  expect(await keysOf('/api/models/falcon')).toEqual(['acme/falcon', 'other/falcon'])
})

test('an alias or a group is shown with what it stands for, and what holds whoever answers', async () => {
  const offers = entries.slice(0, 2)
  const { get, keysOf } = await openModels({
    library: {
      meaningOf: name =>
        name === 'fast/one'
          ? {
              kind: 'group',
              leadsTo: ['falcon', 'acme/mini', 'gone'],
              offers,
              unserved: [{ name: 'gone', reason: 'Nobody has it.' }],
              facts: shareFacts(offers),
            }
          : null,
    },
  })
  expect(await get('/api/models/fast/one')).toMatchObject({
    object: 'group',
    id: 'fast/one',
    leads_to: ['falcon', 'acme/mini', 'gone'],
    unserved: [{ name: 'gone', reason: 'Nobody has it.' }],
    shared: { context_window: 8_000, supports: { chat: true, tools: false } },
  })
  expect(await keysOf('/api/models/fast/one')).toEqual(['acme/falcon', 'acme/mini'])
})

test('a name that nobody knows is a 404 with the near ones', async () => {
  const { ask } = await openModels({ library: { suggest: () => ['falcon', 'acme/falcon'] } })
  const answer = await ask('/api/models/falkon')
  expect(answer.status).toBe(404)
  expect(await answer.json()).toMatchObject({
    error: { code: 'model_not_found', message: expect.stringContaining('`falcon` or `acme/falcon`') },
  })
})

test('each fact says who said it, and who is not believed', async () => {
  const { get } = await openModels({
    library: {
      origins: () => [
        { name: 'contextWindow', source: 'listing', value: 200_000, overruled: [] },
        {
          name: 'prices',
          source: 'override',
          value: [{ input: 1e6 }],
          overruled: [{ source: 'snapshot', value: [{ input: 3e6 }] }],
        },
      ],
    },
  })
  expect((await get('/api/models/acme/falcon'))['facts']).toEqual({
    context_window: { source: 'listing', value: 200_000 },
    prices: {
      source: 'override',
      value: { input: 1 },
      overruled: [{ source: 'snapshot', value: { input: 3 } }],
    },
  })
})

test('of prices that hold for a time, a fact shows those in force, whoever says them', async () => {
  const value = [{ input: 5e6 }, { input: 3e6, from: '2026-06-01' }, { input: 1e6, from: '2027-01-01' }]
  const daily = [{ input: 8e6 }, { input: 2e6, daily: ['11:00:00', '13:00:00'] }]
  const overruled = [{ source: 'snapshot' as const, value: daily }]
  const { get } = await openModels({
    library: { origins: () => [{ name: 'prices', source: 'listing', value, overruled }] },
  })
  expect((await get('/api/models/acme/falcon'))['facts']).toMatchObject({
    prices: { value: { input: 3, from: '2026-06-01' }, overruled: [{ value: { input: 2 } }] },
  })
})

test('addresses below the models take what they take', async () => {
  const { ask } = await openModels()
  const wrong = await ask('/api/models/acme/falcon', { method: 'DELETE' })
  expect(wrong.status).toBe(405)
  expect(wrong.headers.get('allow')).toBe('GET, HEAD')
  const list = await ask('/api/models', { method: 'HEAD' })
  expect(list.status).toBe(200)
  expect(list.headers.get('etag')).toMatch(/^W\//)
})
