import { expect, test, vi } from 'vitest'
import {
  type Answer,
  arrange,
  hourMs,
  json,
  makeDirectory,
  names,
  openListingUpstream,
  providerAt,
  settled,
} from './discovery/arranged.fixture.ts'

const many = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `m${from + index}`)

test('two providers are asked at the start, page after page, and what they list is there', async () => {
  const one = await openListingUpstream(names('a', 'b'))
  const two = await openListingUpstream((request, response, body) => {
    const after = new URL(request.url ?? '', 'http://x').searchParams.get('after_id')
    const data = after === null ? [{ id: 'c1' }, { id: 'c2' }] : [{ id: 'c2' }, { id: 'c3', max_tokens: 9 }]
    json({ data, has_more: after === null, last_id: 'c2' })(request, response, body)
  })
  const { discovery, events, listed, changes, clock } = arrange([
    providerAt(one.url),
    providerAt(two.url, { name: 'two', type: 'anthropic' }),
  ])
  expect(discovery.states().map(({ status, at }) => ({ status, at }))).toEqual([
    { status: 'waiting', at: null },
    { status: 'waiting', at: null },
  ])
  await settled(discovery)
  expect(listed()).toEqual(['a', 'b'])
  expect(listed('two')).toEqual(['c1', 'c2', 'c3'])
  expect(discovery.lists().get('two')?.models[2]).toEqual({ id: 'c3', kind: 'chat', maxOutput: 9 })
  expect(one.requests[0]?.headers.authorization).toBe('Bearer key-1')
  expect(two.asked).toEqual(['GET /v1/models?limit=1000', 'GET /v1/models?limit=1000&after_id=c2'])
  expect(two.requests[0]?.headers['x-api-key']).toBe('key-1')
  expect(discovery.states()[0]).toEqual({
    provider: 'one',
    status: 'listed',
    models: 2,
    at: clock.wall(),
    lastTriedAt: clock.wall(),
    lastError: null,
    nextAt: clock.wall() + hourMs,
  })
  // A first list is where the log of changes begins; both are put in force together.
  expect(discovery.changes(0, 10)).toEqual([])
  clock.advance(1000)
  expect(changes()).toBe(1)
  expect(events.filter(({ type }) => type === 'models_listed')).toHaveLength(2)
})

test('a list that has not changed is not sent again, and changes nothing', async () => {
  const body = { data: [{ id: 'a' }] }
  const upstream = await openListingUpstream((request, response, text) => {
    if (request.headers['if-none-match'] !== '"1"')
      json(body, { headers: { etag: '"1"' } })(request, response, text)
    else {
      response.writeHead(304)
      response.end()
    }
  })
  const { discovery, nextRound, listed, clock, changes } = arrange([providerAt(upstream.url)])
  await settled(discovery)
  const first = discovery.liveList('one', [])
  await nextRound()
  await nextRound()
  expect(upstream.requests.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"1"', '"1"'])
  expect(listed()).toEqual(['a'])
  expect(discovery.lists().get('one')?.at).toBe(clock.wall())
  expect(discovery.liveList('one', [])).toEqual(first)
  expect(changes()).toBe(1)
})

test('new, changed and gone models are told, numbered, and remembered', async () => {
  const upstream = await openListingUpstream(
    json({ data: [{ id: 'a', max_context_length: 1 }, { id: 'b' }] }),
  )
  const { discovery, events, nextRound, kinds, changes, clock } = arrange([providerAt(upstream.url)])
  await settled(discovery)
  const before = clock.wall()
  upstream.answer = json({ data: [{ id: 'a', max_context_length: 2 }, { id: 'c' }] })
  await nextRound()
  clock.advance(1000)
  expect(kinds()).toEqual(['changed a', 'added c', 'removed b'])
  expect(discovery.changes(1, 1)).toMatchObject([{ sequence: 2, kind: 'added', provider: 'one' }])
  expect(events).toContainEqual({
    type: 'models_changed',
    provider: 'one',
    counts: { changed: 1, added: 1, removed: 1 },
    models: ['a', 'c', 'b'],
  })
  expect(changes()).toBe(2)
  const live = discovery.liveList('one', [])
  expect([...(live?.gone ?? [])]).toEqual([['b', before]])
  upstream.answer = names('a', 'b', 'c')
  await nextRound()
  expect([...(discovery.liveList('one', [])?.gone ?? [])]).toEqual([])
})

test('a model that becomes a further name of another one is neither gone nor missed', async () => {
  const upstream = await openListingUpstream(names('a', 'b', 'c', 'd'))
  const { discovery, nextRound, kinds } = arrange([providerAt(upstream.url, { type: 'mistral' })])
  await settled(discovery)
  upstream.answer = json({ data: [{ id: 'a-2026', aliases: ['a', 'b', 'c'] }, { id: 'd' }] })
  await nextRound()
  expect(discovery.states()[0]).toMatchObject({ status: 'listed', models: 2 })
  expect(kinds()).toEqual(['added a-2026'])
  expect([...(discovery.liveList('one', [])?.gone ?? [])]).toEqual([])
  upstream.answer = names('d')
  await nextRound()
  expect([...(discovery.liveList('one', [])?.gone.keys() ?? [])]).toEqual(['a-2026'])
})

test('a list that shrank is refused until it came three times, and asked for sooner meanwhile', async () => {
  const upstream = await openListingUpstream(names(...many(20)))
  const { discovery, events, nextRound, listed, clock } = arrange([providerAt(upstream.url)])
  await settled(discovery)
  upstream.answer = names(...many(10))
  await nextRound()
  expect(discovery.states()[0]).toMatchObject({
    status: 'refused',
    models: 20,
    lastError: '10 of 20 models are missing in the list; the one before stays',
    nextAt: clock.wall() + 300_000,
  })
  await nextRound()
  expect(listed()).toHaveLength(20)
  await nextRound()
  expect(listed()).toHaveLength(10)
  expect(discovery.states()[0]).toMatchObject({ status: 'listed', lastError: null })
  const failures = events.filter(event => event.type === 'model_listing_failed')
  expect(failures.map(({ refused, tell }) => ({ refused, tell }))).toEqual([
    { refused: true, tell: true },
    { refused: true, tell: false },
  ])
})

test('a list that shrank is taken at once by who knows that it is right', async () => {
  const upstream = await openListingUpstream(names(...many(20)))
  const { discovery, listed, changes } = arrange([providerAt(upstream.url)])
  await settled(discovery)
  upstream.answer = names(...many(3))
  expect(await discovery.refresh(['nobody'])).toEqual([])
  expect(await discovery.refresh(['one'])).toMatchObject([{ status: 'refused', models: 20 }])
  expect(await discovery.refresh(undefined, { acceptShrunken: true })).toMatchObject([
    { status: 'listed', models: 3 },
  ])
  expect(listed()).toHaveLength(3)
  // What a refresh resolves with is in force.
  expect(changes()).toBe(2)
})

test('a provider that fails keeps its list, is asked less and less often, and is told of once', async () => {
  const upstream = await openListingUpstream(names('a'))
  const { discovery, events, nextRound, listed, clock } = arrange([providerAt(upstream.url)])
  await settled(discovery)
  const listedAt = discovery.lists().get('one')?.at
  upstream.answer = json({ error: 'no' }, { status: 500 })
  const pauses: number[] = []
  for (let round = 0; round < 4; round++) {
    await nextRound()
    pauses.push((discovery.states()[0]?.nextAt ?? 0) - clock.wall())
  }
  expect(pauses).toEqual([22_500, 45_000, 90_000, 180_000])
  expect(discovery.states()[0]).toMatchObject({
    status: 'failed',
    models: 1,
    at: listedAt,
    lastError: 'It answered with status 500.',
  })
  expect(listed()).toEqual(['a'])
  upstream.answer = json({}, { status: 429, headers: { 'retry-after': '1000' } })
  await nextRound()
  expect((discovery.states()[0]?.nextAt ?? 0) - clock.wall()).toBe(1_000_000)
  upstream.answer = names('a')
  await nextRound()
  expect(discovery.states()[0]).toMatchObject({
    status: 'listed',
    lastError: null,
    nextAt: clock.wall() + hourMs,
  })
  const told = events.filter(event => event.type === 'model_listing_failed' && event.tell)
  expect(told).toHaveLength(1)
  expect(events.at(-1)).toMatchObject({ type: 'models_listed', recovered: true })
})

test('a server of one’s own that is switched off is no news', async () => {
  const upstream = await openListingUpstream(names('a'))
  await upstream.close()
  const { discovery, events } = arrange([providerAt(upstream.url, { type: 'ollama', keys: [] })])
  await settled(discovery)
  expect(events).toMatchObject([{ type: 'model_listing_failed', tell: false }])
  expect(discovery.states()[0]).toMatchObject({ status: 'failed', models: 0, at: null })
  expect(discovery.lists().size).toBe(0)
})

test.each<[string, Answer, string]>([
  ['no JSON', (_request, response) => response.end('<html>'), 'What came is no JSON.'],
  ['no list', json({ error: 'x' }), 'What came is no list of models.'],
  [
    'a redirect',
    json({}, { status: 302, headers: { location: 'http://127.0.0.1:1/' } }),
    'It answered with status 302.',
  ],
  ['a refusal', json({}, { status: 401 }), 'It answered with status 401.'],
  [
    'pages without an end',
    (request, response, body) => {
      const count = Number(new URL(request.url ?? '', 'http://x').searchParams.get('after_id')?.slice(1) ?? 0)
      json({ data: [{ id: `c${count + 1}` }], has_more: true, last_id: `c${count + 1}` })(
        request,
        response,
        body,
      )
    },
    'The list has more than 100 pages.',
  ],
  [
    'pages that go round',
    json({ data: [{ id: 'c' }], has_more: true, last_id: 'c' }),
    'The pages of the list lead back to one another.',
  ],
])('%s is a failure, and no more', async (_what, answer, message) => {
  const upstream = await openListingUpstream(answer)
  const { discovery } = arrange([providerAt(upstream.url, { type: 'anthropic' })])
  await settled(discovery)
  expect(discovery.states()[0]).toMatchObject({ status: 'failed', lastError: message })
})

test('of several keys each is asked, and it is known which of them see a model', async () => {
  const lists: Record<string, readonly string[]> = { 'key-1': ['a', 'b'], 'key-2': ['b', 'c'] }
  const upstream = await openListingUpstream((request, response, body) => {
    const list = lists[request.headers.authorization?.replace('Bearer ', '') ?? '']
    if (list === undefined) json({}, { status: 401 })(request, response, body)
    else names(...list)(request, response, body)
  })
  const provider = providerAt(upstream.url, { keys: ['key-1', 'refused', 'key-2'] })
  const { discovery, nextRound, listed } = arrange([provider])
  await settled(discovery)
  expect(listed()).toEqual(['a', 'b', 'c'])
  // Of the key that was refused nothing is known: it may see everything.
  expect(discovery.lists().get('one')?.seenByKeys).toEqual(
    new Map([
      ['c', [1, 2]],
      ['a', [0, 1]],
    ]),
  )
  expect(discovery.states()[0]).toMatchObject({ status: 'listed', lastError: 'It answered with status 401.' })
  // What a key saw holds while it is refused.
  lists['refused'] = ['a', 'b', 'c']
  delete lists['key-2']
  await nextRound()
  expect(listed()).toEqual(['a', 'b', 'c'])
  expect(discovery.lists().get('one')?.seenByKeys).toEqual(
    new Map([
      ['c', [1, 2]],
      ['a', [0, 1]],
    ]),
  )
  // The places are those of the keys as they are configured now.
  const turned = providerAt(upstream.url, { keys: ['key-2', 'key-1'] })
  expect(discovery.liveList('one', turned.connection.keys)?.seenByKeys).toEqual(
    new Map([
      ['a', [1]],
      ['c', [0]],
    ]),
  )
})

test('Ollama is asked for each model, and what cannot be had of one does not hinder the others', async () => {
  const upstream = await openListingUpstream((request, response, body) => {
    if (request.url === '/api/tags')
      json({ models: [{ model: 'a' }, { model: 'b' }] })(request, response, body)
    else if (JSON.parse(body).model === 'b') json({}, { status: 404 })(request, response, body)
    else
      json({ model_info: { 'llama.context_length': 8192 }, capabilities: ['tools'] })(request, response, body)
  })
  const { discovery } = arrange([providerAt(upstream.url, { type: 'ollama', keys: [] })])
  await settled(discovery)
  expect(discovery.lists().get('one')?.models).toEqual([
    { id: 'a', kind: 'other', contextWindow: 8192, input: ['text'], tools: true, reasoning: false },
    { id: 'b' },
  ])
})

test('an older server is asked in its own words', async () => {
  const upstream = await openListingUpstream((request, response, body) =>
    request.url === '/api/v0/models'
      ? json({ data: [{ id: 'a', max_context_length: 5 }] })(request, response, body)
      : json({}, { status: 404 })(request, response, body),
  )
  const { listed, discovery } = arrange([providerAt(upstream.url, { type: 'lmstudio', keys: [] })])
  await settled(discovery)
  expect(listed()).toEqual(['a'])
  expect(upstream.asked).toEqual(['GET /api/v1/models', 'GET /api/v0/models'])
})

/** Answers when it is told to. */
function held(answer: Answer): Answer & { release(): void; waiting(): number } {
  const waiting: (() => void)[] = []
  const hold: Answer = (request, response, body) => void waiting.push(() => answer(request, response, body))
  return Object.assign(hold, {
    release: () => {
      for (const next of waiting.splice(0)) next()
    },
    waiting: () => waiting.length,
  })
}

test('a provider that is configured otherwise while it is asked is asked anew, and the old answer counts for nothing', async () => {
  const slow = held(names('old'))
  const before = await openListingUpstream(slow)
  const after = await openListingUpstream(names('new'))
  const { discovery, listed } = arrange([providerAt(before.url), providerAt(before.url, { name: 'leaves' })])
  await vi.waitFor(() => expect(before.asked).toHaveLength(2))
  discovery.follow([providerAt(after.url)])
  slow.release()
  await settled(discovery)
  expect(listed()).toEqual(['new'])
  expect([...discovery.lists().keys()]).toEqual(['one'])
  expect(discovery.states()).toHaveLength(1)
})

test('the end comes at once, also in the middle of an answer, and what was there is kept', async () => {
  const directory = makeDirectory()
  const upstream = await openListingUpstream(names('a'))
  const first = arrange([providerAt(upstream.url)], { directory })
  await settled(first.discovery)
  const slow = held(names('a', 'b'))
  upstream.answer = slow
  const refreshed = first.discovery.refresh()
  await vi.waitFor(() => expect(slow.waiting()).toBe(1))
  await first.close()
  await refreshed
  slow.release()
  const events = first.events.length
  first.clock.advance(10 * hourMs)
  expect(upstream.asked).toHaveLength(2)
  expect(first.events).toHaveLength(events)
  upstream.answer = names('a')
  const second = arrange([providerAt(upstream.url)], { directory })
  expect(second.listed()).toEqual(['a'])
})
