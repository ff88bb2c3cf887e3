// What a person would ask of the models, of a whole gateway from socket to socket.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { answerJson, answerText, completion, streamEvents, wholeStream } from '../support/fake-upstream.ts'
import {
  configurationText,
  eventually,
  openScene,
  openUpstream,
  providersFor,
  type Scene,
} from '../support/scene.ts'
import { startTestGateway, testKey } from '../support/test-gateway.ts'

interface Shown {
  readonly key: string
  readonly status: string
  readonly available: boolean
  readonly missing: string | null
  readonly missing_reason: string | null
  readonly live: Record<string, unknown>
}

interface Listed {
  readonly object: string
  readonly data: readonly Shown[]
  readonly total: number
  readonly next_cursor: string | null
}

async function ask<Answer = Listed>(
  { gateway }: Scene,
  path: string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const answer = await fetch(gateway.url + path, { headers })
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as Answer
}

async function keysOf(scene: Scene, path: string): Promise<string[]> {
  return (await ask(scene, path)).data.map(({ key }) => key)
}

/** In US dollars per million tokens. */
function writePrices(prices: readonly object[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'llm-proxy-prices-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'prices.json')
  writeFileSync(file, JSON.stringify(prices))
  return file
}

test('the three calls of the documentation work without any account', async () => {
  const scene = await openScene({ upstreams: [[answerText('x')]] })
  const cheap = await ask(scene, '/api/models/search?supports_vision=true&max_cost=0.01')
  expect(cheap.total).toBeGreaterThan(100)
  for (const model of cheap.data)
    expect(model).toMatchObject({ supports: { vision: true }, cost_per_1k: expect.any(Number) })
  const large = await ask(scene, '/api/models/search?min_context=100000&supports_chat=true')
  expect(large.total).toBeGreaterThan(500)
  const one = await ask(scene, '/api/models?provider=anthropic&supports_completion=true&limit=1000')
  expect(one.total).toBeGreaterThan(20)
  expect(one.data.every(({ key }) => key.startsWith('anthropic/claude'))).toBe(true)
  expect(
    one.data.every(({ missing }) => missing === 'provider_not_configured' || missing === 'retired'),
  ).toBe(true)
})

const vision = { kind: 'chat', context_window: 200_000, input: ['text', 'image'], output: ['text'] }

/** `upstream1/cheap` and `upstream2/dear`, both of them for images and long texts. */
function openTwo(...behaviours: Parameters<typeof openScene>[0]['upstreams']) {
  return openScene({
    upstreams: behaviours,
    sections: upstreams => ({
      circuit_breaker: { failure_threshold: 2, recovery_timeout: '60s' },
      providers: providersFor(upstreams).map((provider, place) => ({
        ...provider,
        models: place === 0 ? ['cheap', 'small'] : ['dear'],
      })),
      models: {
        prices_file: writePrices([
          { provider: 'upstream1', model: 'cheap', input: 1, output: 2, cache_read: 0.1 },
          { provider: 'upstream1', model: 'small', input: 0.1, output: 0.2 },
          { provider: 'upstream2', model: 'dear', input: 5, output: 10 },
        ]),
        details: {
          cheap: vision,
          dear: { ...vision, released_on: '2026-01-02', owned_by: 'Acme' },
          small: { ...vision, context_window: 8_000 },
        },
      },
    }),
  })
}

const cheapest = '/api/models/search?supports_vision=true&min_context=100000&available=true&sort=cost&limit=1'

test('the cheapest model for images with a long context is another one while the first does not answer', async () => {
  const scene = await openTwo([answerJson(500, { error: { message: 'broken' } })], [answerText('hello')])
  expect(await keysOf(scene, cheapest)).toEqual(['upstream1/cheap'])
  for (let times = 0; times < 3; times++) await scene.gateway.chat({ model: 'cheap' })
  expect(await keysOf(scene, cheapest)).toEqual(['upstream2/dear'])
  expect(await ask<Shown>(scene, '/api/models/cheap')).toMatchObject({
    key: 'upstream1/cheap',
    status: 'open',
    available: false,
    missing: null,
    live: { breaker: 'open', calls: 2, failures: 2, error_rate: 1 },
  })
  const down = await keysOf(scene, '/api/models?available=false&provider=upstream1')
  expect(down).toEqual(['upstream1/cheap'])
})

test('a model all of whose keys are limited rests', async () => {
  const limited = answerJson(429, { error: { message: 'slow down' } }, { 'retry-after': '30' })
  const scene = await openTwo([limited], [answerText('hello')])
  await scene.gateway.chat({ model: 'cheap' })
  expect(await ask<Shown>(scene, '/api/models/cheap')).toMatchObject({ status: 'resting', available: false })
  expect(await keysOf(scene, cheapest)).toEqual(['upstream2/dear'])
})

test('a provider that refuses every key has no model that can be asked', async () => {
  const scene = await openTwo([answerJson(401, { error: { message: 'who are you' } })], [answerText('hello')])
  await scene.gateway.chat({ model: 'cheap' })
  expect(await keysOf(scene, '/api/models?available=true&provider=upstream1')).toEqual([])
  expect(await ask<Shown>(scene, '/api/models/small')).toMatchObject({ status: 'resting' })
})

test('what was seen of a model stands beside it: times, speed, and what its tokens really cost', async () => {
  const usage = {
    prompt_tokens: 1_000,
    completion_tokens: 100,
    total_tokens: 1_100,
    prompt_tokens_details: { cached_tokens: 900 },
  }
  const stream = streamEvents(wholeStream('a', 'b'))
  const scene = await openTwo([answerJson(200, completion('x', usage)), stream], [answerText('hello')])
  expect(await ask<Shown>(scene, '/api/models/cheap')).toMatchObject({
    status: 'available',
    live: { calls: 0, error_rate: null, first_token_ms: null, effective_price: null },
  })
  await scene.gateway.chat({ model: 'cheap' })
  const seen = (await ask<Shown>(scene, '/api/models/cheap')).live
  // Of 1,000 tokens, 100 at US$1 and 900 at US$0.1 per million; and 100 at US$2.
  expect(seen).toMatchObject({
    calls: 1,
    failures: 0,
    error_rate: 0,
    effective_price: {
      input: 0.19,
      output: 2,
      cache_hit_ratio: 0.9,
      input_tokens: 1_000,
      output_tokens: 100,
      paid_usd: 0.00039,
      answers: 1,
    },
  })
  await (await scene.gateway.chat({ model: 'cheap', stream: true })).text()
  await scene.settled()
  const { live } = await ask<Shown>(scene, '/api/models/cheap')
  expect(live).toMatchObject({
    calls: 2,
    first_token_ms: { p50: expect.any(Number), p95: expect.any(Number) },
  })
  expect(live['tokens_per_second']).toEqual(expect.any(Number))
  expect(await keysOf(scene, '/api/models?sort=latency&limit=1&provider=upstream1')).toEqual([
    'upstream1/cheap',
  ])
  expect(await keysOf(scene, '/api/models?sort=-throughput&limit=1&provider=upstream1')).toEqual([
    'upstream1/cheap',
  ])
})

test('what the tokens of a model really cost is still known after a restart', async () => {
  const usage = { prompt_tokens: 1_000, completion_tokens: 100, total_tokens: 1_100 }
  const upstream = await openUpstream(answerJson(200, completion('x', usage)))
  const prices = [{ provider: 'upstream1', model: 'test-model', input: 1, output: 2 }]
  const yaml = configurationText({
    providers: providersFor([upstream]),
    models: { prices_file: writePrices(prices) },
  })
  const first = await startTestGateway(yaml)
  await first.chat()
  await first.app.stop()

  const second = await startTestGateway(yaml, first.directory)
  onTestFinished(() => second.stop())
  const shown = await fetch(`${second.url}/api/models/upstream1/test-model`)
  expect(((await shown.json()) as Shown).live).toMatchObject({
    effective_price: { input: 1, output: 2, paid_usd: 0.0012, answers: 1 },
  })
})

test('an answer that is still true is not sent again', async () => {
  const scene = await openTwo([answerText('x')], [answerText('hello')])
  const url = `${scene.gateway.url}/api/models?provider=upstream1`
  const first = await fetch(url)
  const headers = { 'if-none-match': first.headers.get('etag') ?? '' }
  expect(first.headers.get('cache-control')).toMatch(/^private, max-age=\d+$/)
  expect((await fetch(url, { headers })).status).toBe(304)
  await scene.gateway.chat({ model: 'cheap' })
  expect((await fetch(url, { headers })).status).toBe(200)
  expect((await fetch(`${url}&live=false`)).headers.get('cache-control')).toBe('private, max-age=60')
})

test.each([
  ['anthropic/claude-opus-4-5', 'provider_not_configured', 'ANTHROPIC_API_KEY'],
  ['groq-of-mine/openai/gpt-oss-120b', 'provider_unusable', 'GROQ_API_KEY'],
  ['openai/gpt-4o', 'not_configured', '`models` of the provider `openai`'],
  [
    'openai/gpt-4o-minni',
    'not_listed',
    'Nobody knows a model of that name at the provider `openai`. Did you mean',
  ],
  ['groq-of-mine/never-heard-of', 'provider_unusable', 'GROQ_API_KEY'],
])('why %s is missing: %s', async (name, missing, words) => {
  const scene = await openScene({
    upstreams: [[answerText('x')]],
    sections: upstreams => ({
      providers: [
        ...providersFor(upstreams),
        { name: 'groq-of-mine', type: 'groq' },
        { name: 'openai', type: 'openai', api_key: 'sk-x', models: ['gpt-4o-mini'] },
      ],
    }),
  })
  const model = await ask<Shown>(scene, `/api/models/${name}`)
  expect(model).toMatchObject({ key: name, status: 'missing', available: false, missing })
  expect(model.missing_reason).toContain(words)
})

test('names of the configuration are shown with what they stand for', async () => {
  const scene = await openScene({
    upstreams: [[answerText('x')], [answerText('y')]],
    sections: () => ({
      models: {
        aliases: { fast: 'assistant' },
        groups: { assistant: ['upstream2/test-model', 'upstream1/test-model'] },
        details: {
          'upstream1/test-model': { kind: 'chat', context_window: 100, tools: true },
          'upstream2/test-model': { kind: 'chat', context_window: 200, tools: false },
        },
      },
    }),
  })
  const offers = ['upstream2/test-model', 'upstream1/test-model']
  expect(await ask(scene, '/api/models/assistant')).toMatchObject({
    object: 'group',
    leads_to: offers,
    shared: { context_window: 100, supports: { chat: true, tools: false } },
    data: offers.map(key => ({ key })),
  })
  expect(await ask(scene, '/api/models/fast')).toMatchObject({
    object: 'alias',
    leads_to: ['assistant'],
    data: offers.map(key => ({ key })),
  })
  expect(await ask(scene, '/api/models/test-model')).toMatchObject({
    object: 'offers',
    data: [{ key: 'upstream1/test-model' }, { key: 'upstream2/test-model' }],
  })
  const near = await fetch(`${scene.gateway.url}/api/models/asistant`)
  expect(near.status).toBe(404)
  expect(await near.json()).toMatchObject({ error: { message: expect.stringContaining('`assistant`') } })
})

test('a model that nobody knows is shown where a provider takes any name', async () => {
  const scene = await openScene({
    upstreams: [[answerText('x')]],
    sections: upstreams => ({
      providers: providersFor(upstreams).map(({ models: _models, ...provider }) => provider),
    }),
  })
  expect(await ask<Shown>(scene, '/api/models/whatever')).toMatchObject({
    key: 'upstream1/whatever',
    status: 'available',
    kind: null,
    sources: [],
  })
})

test('another configuration is seen by the next question', async () => {
  const scene = await openScene({ upstreams: [[answerText('x')]] })
  expect(await keysOf(scene, '/api/models?provider=upstream1')).toEqual(['upstream1/test-model'])
  const providers = providersFor(scene.upstreams).map(provider => ({ ...provider, models: ['other-model'] }))
  scene.gateway.writeConfiguration(configurationText({ providers }))
  const loaded = () => scene.gateway.readLog().filter(({ message }) => message === 'configuration loaded')
  await eventually(() => loaded().length === 2)
  expect(await keysOf(scene, '/api/models?provider=upstream1')).toEqual(['upstream1/other-model'])
})

test('without anything to discover, a refresh and the changes have nothing to tell', async () => {
  const scene = await openScene({ upstreams: [[answerText('x')]] })
  expect(await ask(scene, '/api/models/changes?since=1d')).toMatchObject({ object: 'list', has_more: false })
  const refresh = () => scene.gateway.post('/api/models/refresh', '')
  expect((await refresh()).status).toBe(200)
  expect((await refresh()).status).toBe(429)
})

test('an alias whose model is gone says so, on its page and to those who ask for it', async () => {
  const scene = await openScene({
    upstreams: [[answerText('x')]],
    sections: upstreams => ({
      providers: providersFor(upstreams).map(provider => ({ ...provider, models: ['here'] })),
      models: { aliases: { assistant: 'claude-instant-9' }, groups: { pair: ['here', 'groq-thing-9'] } },
    }),
  })
  const alias = await ask<object>(scene, '/api/models/assistant')
  expect(alias).toMatchObject({
    object: 'alias',
    data: [],
    unserved: [
      {
        name: 'claude-instant-9',
        reason: expect.stringContaining('Nobody knows a model `claude-instant-9`'),
      },
    ],
  })
  const group = await ask<object>(scene, '/api/models/pair')
  expect(group).toMatchObject({ data: [{ key: 'upstream1/here' }], unserved: [{ name: 'groq-thing-9' }] })
  const refused = await scene.gateway.chat({ model: 'assistant' })
  expect(refused.status).toBe(503)
  expect(await refused.text()).toContain('leads to no model: nobody serves `claude-instant-9`.')
})

test('the models of the simulator are among those that can be asked for', async () => {
  const scene = await openScene({
    upstreams: [[answerText('x')]],
    sections: () => ({ providers: [{ type: 'simulator' }] }),
  })
  expect(await keysOf(scene, '/api/models?provider=simulator&available=true&q=gpt-4o-mini')).toEqual([
    'simulator/gpt-4o-mini',
  ])
  expect(await keysOf(scene, '/api/models/gpt-4o-mini')).toContain('simulator/gpt-4o-mini')
})

test('lists of many models arrive whole, in every shape', async () => {
  const ids = Array.from({ length: 1001 }, (_, index) => `modèle-${String(index).padStart(4, '0')}`)
  const scene = await openScene({
    upstreams: [[answerText('x')]],
    sections: upstreams => ({
      providers: providersFor(upstreams).map(provider => ({ ...provider, models: ids })),
    }),
  })
  const key = { authorization: `Bearer ${testKey}` }
  const { data } = await ask<{ data: { id: string }[] }>(scene, '/v1/models', key)
  expect(data.map(({ id }) => id)).toEqual(ids)
  const { models } = await ask<{ models: { name: string }[] }>(scene, '/api/tags', key)
  expect(models.map(({ name }) => name)).toEqual(ids)
  const first = await ask<Listed & { catalogue: object }>(scene, '/api/models?provider=upstream1&limit=1000')
  expect(first.data.map(({ key }) => key)).toEqual(ids.slice(0, 1000).map(id => `upstream1/${id}`))
  expect(first).toMatchObject({ total: 1001, has_more: true, catalogue: { models: expect.any(Number) } })
  const { url } = scene.gateway
  const headers = { 'if-none-match': (await fetch(`${url}/api/models?limit=1000`)).headers.get('etag') ?? '' }
  expect((await fetch(`${url}/api/models?limit=1000`, { headers })).status).toBe(304)
})
