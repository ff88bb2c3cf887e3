// The books: one row for each request that somebody has to answer for, with what it cost, exactly.

import { expect, test } from 'vitest'
import {
  answerJson,
  answerText,
  chunk,
  completion,
  resetConnection,
  streamEvents,
  usageChunk,
  wholeStream,
} from '../support/fake-upstream.ts'
import { eventually, openScene, type Sections } from '../support/scene.ts'
import { openStreamClient } from '../support/stream-client.ts'
import { testKey } from '../support/test-gateway.ts'

/** The price of gpt-4o-mini: 150, 75 and 600 nano dollars for a token of input, cached input and output. */
const priced: Sections = { type: 'openai', models: ['gpt-4o-mini'] }
const usage = {
  prompt_tokens: 1007,
  completion_tokens: 13,
  total_tokens: 1020,
  prompt_tokens_details: { cached_tokens: 400 },
  completion_tokens_details: { reasoning_tokens: 3 },
}
const cost = 607 * 150 + 400 * 75 + 13 * 600
const ask = { model: 'gpt-4o-mini' }

test('a success of a priced model costs what it costs, to the nano dollar', async () => {
  const { gateway } = await openScene({
    upstreams: [[answerJson(200, completion('hello', usage))]],
    provider: priced,
  })
  const response = await gateway.chat(ask)
  expect(response.headers.get('x-llm-proxy-cost')).toBe('0.000128850')
  const id = response.headers.get('x-request-id')
  await response.text()
  const [line] = gateway.readLog().filter(({ message }) => message === 'request')
  expect(line).toMatchObject({ id, cost_usd: 0.00012885, input_tokens: 1007, output_tokens: 13 })
  const rows = await gateway.stopAndReadLedger()
  expect(rows).toHaveLength(1)
  expect(rows[0]).toMatchObject({
    id,
    operation: 'chat',
    route: '/v1/chat/completions',
    streaming: 0,
    model_asked: 'gpt-4o-mini',
    provider: 'upstream1',
    model: 'gpt-4o-mini',
    input_uncached: 607,
    cache_read: 400,
    output_text: 10,
    output_reasoning: 3,
    usage_source: 'provider',
    cost_nano_usd: cost,
    cost_status: 'priced',
    status: 200,
    outcome: 'ok',
    error_code: null,
    finish_reason: 'stop',
  })
  expect(rows[0]?.['key_id']).toMatch(/^key_/)
})

test('a stream costs the same', async () => {
  const events = wholeStream('hello').with(
    3,
    usageChunk.replace(/"usage":\{.*?\}/, `"usage":${JSON.stringify(usage)}`),
  )
  const { gateway } = await openScene({ upstreams: [[streamEvents(events)]], provider: priced })
  const response = await gateway.chat({ ...ask, stream: true })
  expect(response.headers.get('x-llm-proxy-cost')).toBeNull()
  await response.text()
  const [row] = await gateway.stopAndReadLedger()
  expect(row).toMatchObject({
    cost_nano_usd: cost,
    streaming: 1,
    outcome: 'ok',
    first_content_ms: expect.any(Number),
  })
})

test('an unknown price is null and never nothing', async () => {
  const { gateway } = await openScene({ upstreams: [[answerText('hello')]] })
  const response = await gateway.chat()
  expect(response.headers.get('x-llm-proxy-cost')).toBeNull()
  await response.text()
  const [row] = await gateway.stopAndReadLedger()
  expect(row).toMatchObject({
    cost_nano_usd: null,
    cost_status: 'unpriced',
    input_uncached: 7,
    output_text: 3,
  })
})

test('a count of nothing is kept, and a missing one is estimated and says so', async () => {
  const none = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }
  const { usage: _left, ...uncounted } = completion('x'.repeat(40))
  const { gateway } = await openScene({
    upstreams: [[answerJson(200, completion('hi', none)), answerJson(200, uncounted)]],
    provider: priced,
  })
  await gateway.chat(ask)
  await gateway.chat({ ...ask, messages: [{ role: 'user', content: 'y'.repeat(20) }] })
  const rows = await gateway.stopAndReadLedger()
  expect(rows).toMatchObject([
    { usage_source: 'provider', input_uncached: 0, output_text: 0, cost_nano_usd: 0, cost_status: 'priced' },
    { usage_source: 'estimated', input_uncached: 5, output_text: 10, cost_nano_usd: 5 * 150 + 10 * 600 },
  ])
})

test('a failure has a row that costs nothing, with all its attempts', async () => {
  const { gateway } = await openScene({
    upstreams: [[resetConnection], [answerJson(500, '{}')]],
    provider: priced,
  })
  expect((await gateway.chat(ask)).status).toBe(502)
  const [row] = await gateway.stopAndReadLedger()
  expect(row).toMatchObject({
    outcome: 'error',
    status: 502,
    error_code: 'upstream_error',
    provider: 'upstream2',
    usage_source: 'none',
    cost_nano_usd: 0,
    cost_status: 'none',
  })
  expect(JSON.parse(String(row?.['attempts']))).toMatchObject([
    { provider: 'upstream1', status: null, code: 'upstream_unreachable' },
    { provider: 'upstream2', status: 500, code: 'upstream_error' },
  ])
})

const words = 'x'.repeat(80)
const half = [chunk({ role: 'assistant', content: '' }), chunk({ content: words })]
/** Of the prompt "Hello" and eighty characters of answer. */
const estimate = {
  usage_source: 'estimated',
  input_uncached: 2,
  output_text: 20,
  cost_nano_usd: 2 * 150 + 20 * 600,
}

test('a truncated stream is charged for what came, by an estimate', async () => {
  const { gateway } = await openScene({
    upstreams: [[streamEvents(half, { ending: 'cut' })]],
    provider: priced,
  })
  await (await gateway.chat({ ...ask, stream: true })).text()
  const [row] = await gateway.stopAndReadLedger()
  expect(row).toMatchObject({ ...estimate, outcome: 'truncated', cost_status: 'priced' })
})

test('a stream whose client left is charged for what came, by an estimate', async () => {
  const { gateway, settled } = await openScene({
    upstreams: [[streamEvents(half, { ending: 'stall' })]],
    provider: priced,
  })
  const client = await openStreamClient(gateway, ask)
  await client.sees(words)
  client.leave()
  await settled()
  const [row] = await gateway.stopAndReadLedger()
  expect(row).toMatchObject({ ...estimate, outcome: 'client_disconnected', cost_status: 'priced' })
})

test('refusals of the gateway itself have rows as well, if the key is known', async () => {
  const { gateway, upstream } = await openScene({ upstreams: [[answerText('hello')]] })
  await gateway.chat({ model: 'no-such-model' })
  await gateway.post('/v1/chat/completions', '{')
  await gateway.post('/v1/embeddings', { model: 'test-model' })
  const rows = await gateway.stopAndReadLedger()
  expect(rows).toMatchObject([
    { status: 404, error_code: 'model_not_found', model_asked: 'no-such-model', provider: null },
    { status: 400, error_code: 'invalid_json', model_asked: null },
    { status: 400, error_code: 'invalid_request', operation: 'embedding' },
  ])
  expect(rows.map(row => row['cost_nano_usd'])).toEqual([0, 0, 0])
  expect(upstream.requests).toHaveLength(0)
})

test('embeddings and the older completions are priced and booked', async () => {
  const embedding = {
    object: 'list',
    data: [{ embedding: [0.1] }],
    usage: { prompt_tokens: 50, total_tokens: 50 },
  }
  const older = { choices: [{ text: 'hi', finish_reason: 'stop' }], usage }
  const { gateway } = await openScene({
    upstreams: [[answerJson(200, embedding), answerJson(200, older)]],
    provider: { type: 'openai', models: ['text-embedding-3-small', 'gpt-4o-mini'] },
  })
  expect((await gateway.post('/v1/embeddings', { model: 'text-embedding-3-small', input: 'x' })).status).toBe(
    200,
  )
  expect((await gateway.post('/v1/completions', { ...ask, prompt: 'x' })).status).toBe(200)
  const rows = await gateway.stopAndReadLedger()
  expect(rows).toMatchObject([
    { operation: 'embedding', input_uncached: 50, cost_nano_usd: 50 * 20 },
    { operation: 'completion', cost_nano_usd: cost },
  ])
})

/** Asks a provider that refuses for now, and is in the pause before the next attempt. */
async function openPause() {
  const scene = await openScene({
    upstreams: [[answerJson(503, '{}', { 'retry-after': '5' })]],
    provider: { ...priced, max_retries: 1 },
    sections: () => ({ retry: { max_ms: 10_000 } }),
  })
  const leaving = new AbortController()
  const left = fetch(`${scene.gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...ask, messages: [{ role: 'user', content: 'Hello' }] }),
    signal: leaving.signal,
  }).catch(() => {})
  await eventually(() => scene.upstream.requests.length === 1 && scene.inFlight().requests === 0)
  return { ...scene, leave: () => leaving.abort(), left }
}

test('a client that leaves in the pause before another attempt is charged nothing', async () => {
  const { gateway, upstream, leave, left } = await openPause()
  leave()
  await left
  await eventually(() => gateway.readLog().some(({ message }) => message === 'request'))
  const [row] = await gateway.stopAndReadLedger()
  expect(row).toMatchObject({
    outcome: 'client_disconnected',
    usage_source: 'none',
    cost_nano_usd: 0,
    cost_status: 'none',
  })
  expect(JSON.parse(String(row?.['attempts']))).toMatchObject([{ status: 503, code: 'upstream_overloaded' }])
  expect(upstream.requests).toHaveLength(1)
})

test('a request that is cut by the end of the gateway has its row, though no upstream is at work on it', async () => {
  const { gateway } = await openPause()
  expect(await gateway.stopAndReadLedger()).toMatchObject([{ outcome: 'client_disconnected' }])
})
