// The Responses API from socket to socket: what passes, what is kept, what goes on from it, and where it may go.

import OpenAI from 'openai'
import { expect, test } from 'vitest'
import {
  answerJson,
  type Behaviour,
  type FakeUpstream,
  type SeenRequest,
  streamEvents,
} from '../support/fake-upstream.ts'
import { answer, events, type Json, message, response, thought } from '../support/responses-upstream.ts'
import { openScene, type Scene, type SceneOptions } from '../support/scene.ts'
import { testKey } from '../support/test-gateway.ts'

/** Providers that speak the format themselves, in the order in which they are asked. */
function openResponses(
  behaviours: readonly (readonly Behaviour[])[],
  options: Partial<SceneOptions> = {},
): Promise<Scene> {
  return openScene({ upstreams: behaviours, provider: { type: 'openai', models: ['gpt-5'] }, ...options })
}

const ask = (scene: Scene, body: Json, path = '/v1/responses') =>
  scene.gateway.post(path, { model: 'gpt-5', input: 'Hello', ...body })

const get = (scene: Scene, path: string, method = 'GET') =>
  fetch(scene.gateway.url + path, { method, headers: { authorization: `Bearer ${testKey}` } })

const read = async (answered: Response): Promise<Json> => (await answered.json()) as Json

/** Does not answer, so that the next one is asked. */
const busy = answerJson(503, { error: { message: 'busy' } })

const bodyOf = (request: SeenRequest | undefined): Json => JSON.parse(String(request?.body)) as Json
const lastOf = (upstream: FakeUpstream | undefined): Json => bodyOf(upstream?.requests.at(-1))

const clientOf = (scene: Scene): OpenAI =>
  new OpenAI({ apiKey: testKey, baseURL: `${scene.gateway.url}/v1`, maxRetries: 0 })

test('a request and its answer pass byte by byte, but for the name of the model', async () => {
  const scene = await openResponses([[answer({ id: 'resp_1', output: [message('Hi')] })]])
  const body =
    '{"x_future": {"b":1,"a":[ ]},  "model":"gpt-5","input":[{"role":"user","content":"H\\u00e9"}]}'
  const answered = await scene.gateway.post('/v1/responses', body)
  expect(await answered.text()).toBe(JSON.stringify(response({ id: 'resp_1', output: [message('Hi')] })))
  expect(String(scene.upstream.requests[0]?.body)).toBe(body)
  expect(scene.upstream.requests[0]?.url).toBe('/v1/responses')
  const [row] = await scene.gateway.stopAndReadLedger()
  expect(row).toMatchObject({ route: '/v1/responses', operation: 'chat', outcome: 'ok' })
})

test("OpenAI's own client is content with a stream, and with what its end says", async () => {
  const scene = await openResponses([[streamEvents(events({ id: 'resp_1', output: [message('Hello')] }))]])
  const stream = clientOf(scene).responses.stream({ model: 'gpt-5', input: 'Hello' })
  const seen: string[] = []
  for await (const event of stream) seen.push(event.type)
  expect((await stream.finalResponse()).output_text).toBe('Hello')
  expect(seen.at(-1)).toBe('response.completed')
})

test('a stream that breaks ends as a failed response with what was said, and the client raises', async () => {
  const all = events({ id: 'resp_1', output: [message('Hello')] })
  const scene = await openResponses([[streamEvents(all.slice(0, 6), { ending: 'cut' })]])
  const answered = await ask(scene, { stream: true })
  const text = await answered.text()
  expect(text).toContain('event: response.failed')
  expect(text).toMatch(/event: error\ndata: .*"upstream_truncated"/)
  const numbers = [...text.matchAll(/"sequence_number":(\d+)/g)].map(match => Number(match[1]))
  expect(numbers).toEqual(numbers.map((_, index) => index))
  const stream = clientOf(scene).responses.stream({ model: 'gpt-5', input: 'Hello' })
  await expect(stream.finalResponse()).rejects.toThrow()
})

test('a failure before the first content is tried elsewhere', async () => {
  const failed = {
    type: 'response.failed',
    response: response(
      { id: 'r', output: [] },
      { status: 'failed', error: { code: 'server_error', message: 'x' } },
    ),
  }
  const [created = ''] = events({ id: 'resp_0', output: [message('')] })
  const scene = await openResponses([
    [streamEvents([created, `event: response.failed\ndata: ${JSON.stringify(failed)}\n\n`])],
    [streamEvents(events({ id: 'resp_1', output: [message('Hello')] }))],
  ])
  const text = await (await ask(scene, { stream: true })).text()
  expect(text).toContain('response.completed')
  expect(text).not.toContain('response.failed')
})

test('what was answered can be fetched, listed, gone on from, and deleted', async () => {
  const scene = await openResponses([[answer({ id: 'resp_1', output: [message('Hi')] })]])
  await ask(scene, { input: [{ role: 'user', content: 'Hello' }] })
  expect(await read(await get(scene, '/v1/responses/resp_1'))).toEqual(
    response({ id: 'resp_1', output: [message('Hi')] }),
  )
  const input = await read(await get(scene, '/v1/responses/resp_1/input_items?limit=1'))
  expect(input).toMatchObject({
    object: 'list',
    has_more: false,
    data: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hello' }] }],
  })
  expect((await get(scene, '/v1/responses/resp_1/cancel', 'POST')).status).toBe(400)
  scene.upstream.behave(answerJson(200, { id: 'resp_1', deleted: true }))
  expect(await read(await get(scene, '/v1/responses/resp_1', 'DELETE'))).toMatchObject({ deleted: true })
  expect(scene.upstream.requests.at(-1)).toMatchObject({ method: 'DELETE', url: '/v1/responses/resp_1' })
  const gone = await get(scene, '/v1/responses/resp_1')
  expect(gone.status).toBe(404)
  expect(await read(gone)).toMatchObject({ error: { param: 'response_id' } })
})

test('the deployment that made a response is asked to go on from it, with the bytes of the client', async () => {
  const first = answer({ id: 'resp_1', output: [message('Hi')] })
  const scene = await openResponses([
    [busy, answer({ id: 'resp_2', output: [message('A')] })],
    [first, answer({ id: 'resp_3', output: [message('B')] })],
  ])
  await ask(scene, {})
  await ask(scene, { previous_response_id: 'resp_1', input: 'And now?' })
  expect(lastOf(scene.upstreams[1])).toEqual({
    model: 'gpt-5',
    input: 'And now?',
    previous_response_id: 'resp_1',
  })
  expect(scene.upstreams[0]?.requests.length).toBe(1)
})

test('another deployment gets the whole conversation in its place, without ids that it never gave', async () => {
  const made = [
    thought('gAAAAA-encrypted'),
    { id: 'ws_1', type: 'web_search_call', status: 'completed' },
    message('Hi'),
  ]
  const scene = await openResponses([
    [answer({ id: 'resp_1', output: made }), busy],
    [
      answer({ id: 'resp_2', output: [message('B', 'msg_2')] }),
      answer({ id: 'resp_3', output: [message('C')] }),
    ],
  ])
  await ask(scene, { instructions: 'not carried over' })
  const second = await ask(scene, { previous_response_id: 'resp_1', input: 'And now?' })
  expect(second.headers.get('x-llm-proxy-warnings')).toBe(
    'dropped content reasoning; dropped content web_search_call',
  )
  const { id: _id, ...said } = message('Hi')
  expect(lastOf(scene.upstreams[1])).toEqual({
    model: 'gpt-5',
    input: [
      { type: 'message', role: 'user', content: 'Hello' },
      said,
      { type: 'message', role: 'user', content: 'And now?' },
    ],
  })
  // It made the second answer, so it knows that one by its name.
  await ask(scene, { previous_response_id: 'resp_2', input: 'Still?' })
  expect(lastOf(scene.upstreams[1])).toMatchObject({ previous_response_id: 'resp_2', input: 'Still?' })
})

test('a response that nobody knows is a clear error, and so is one that was not to be kept', async () => {
  const scene = await openResponses([[answer({ id: 'resp_1', output: [message('Hi')] })]])
  await ask(scene, { store: false })
  for (const id of ['resp_1', 'resp_of_somebody_else']) {
    const answered = await ask(scene, { previous_response_id: id })
    expect(answered.status).toBe(404)
    expect(await read(answered)).toMatchObject({ error: { param: 'previous_response_id' } })
  }
  expect(scene.upstream.requests.length).toBe(1)
})

test('a streamed response is kept as well, and a following request finds it at once', async () => {
  const scene = await openResponses([[streamEvents(events({ id: 'resp_1', output: [message('Hello')] }))]])
  await (await ask(scene, { stream: true })).text()
  expect(await read(await get(scene, '/v1/responses/resp_1'))).toMatchObject({
    id: 'resp_1',
    status: 'completed',
  })
})

test('encrypted thoughts go back to who made them, and to nobody else', async () => {
  const made = [
    thought('gAAAAA-of-the-second-one'),
    { id: 'fc_1', type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
  ]
  const scene = await openResponses([
    [busy, answer({ id: 'resp_x', output: [message('X')] })],
    [answer({ id: 'resp_1', output: made }), answer({ id: 'resp_2', output: [message('B')] }), busy],
  ])
  await ask(scene, { store: false })
  const input = [...made, { type: 'function_call_output', call_id: 'c', output: 'r' }]
  await ask(scene, { store: false, input })
  expect(lastOf(scene.upstreams[1])).toEqual({ model: 'gpt-5', input, store: false })
  await ask(scene, { store: false, input })
  const { id: _id, ...call } = made[1] as Json
  expect(lastOf(scene.upstreams[0])).toEqual({ model: 'gpt-5', input: [call, input[2]], store: false })
})

test('an item that is named by its id alone is found where it was made', async () => {
  const scene = await openResponses([
    [answer({ id: 'resp_1', output: [message('Hi', 'msg_77')] })],
    [answer({ id: 'resp_2', output: [] })],
  ])
  await ask(scene, {})
  const input = [
    { type: 'item_reference', id: 'msg_77' },
    { role: 'user', content: 'x' },
  ]
  await ask(scene, { input })
  expect(lastOf(scene.upstreams[0])).toMatchObject({ input })
  scene.upstream.behave(busy)
  await ask(scene, { input })
  expect(lastOf(scene.upstreams[1])).toMatchObject({
    input: [{ type: 'message', content: [{ text: 'Hi' }] }, input[1]],
  })
  const unknown = await ask(scene, { input: [{ type: 'item_reference', id: 'msg_unknown' }] })
  expect(unknown.status).toBe(404)
  expect(await read(unknown)).toMatchObject({ error: { param: 'input[0]' } })
})

test('a vendor that keeps nothing gets every conversation whole', async () => {
  const scene = await openResponses([[answer({ id: 'resp_1', output: [message('Hi')] })]], {
    provider: { type: 'groq', models: ['gpt-5'] },
  })
  await ask(scene, {})
  await ask(scene, { previous_response_id: 'resp_1', input: 'x' })
  const sent = lastOf(scene.upstream)
  expect(sent).not.toHaveProperty('previous_response_id')
  expect(sent).toMatchObject({
    input: [{ content: 'Hello' }, { content: [{ text: 'Hi' }] }, { content: 'x' }],
  })
})

test('a response that is made in the background is asked for where it is made', async () => {
  const queued = answer({ id: 'resp_1', output: [] }, { status: 'queued', usage: null })
  const done = answer({ id: 'resp_1', output: [message('Hi')] })
  const scene = await openResponses([[queued, done]])
  expect(await read(await ask(scene, { background: true }))).toMatchObject({ status: 'queued' })
  expect(await read(await get(scene, '/v1/responses/resp_1'))).toMatchObject({ status: 'completed' })
  expect(scene.upstream.requests.at(-1)).toMatchObject({ method: 'GET', url: '/v1/responses/resp_1' })
  const { length } = scene.upstream.requests
  expect(await read(await get(scene, '/v1/responses/resp_1'))).toMatchObject({ status: 'completed' })
  expect(scene.upstream.requests.length).toBe(length)
})

test('a background response is cancelled where it is made', async () => {
  const queued = answer({ id: 'resp_1', output: [] }, { status: 'in_progress', usage: null })
  const scene = await openResponses([[queued, answer({ id: 'resp_1', output: [] }, { status: 'cancelled' })]])
  await ask(scene, { background: true })
  expect(await read(await get(scene, '/v1/responses/resp_1/cancel', 'POST'))).toMatchObject({
    status: 'cancelled',
  })
  expect(scene.upstream.requests.at(-1)).toMatchObject({ method: 'POST', url: '/v1/responses/resp_1/cancel' })
})

test('tokens are counted by the provider where it can, and nothing is paid for it', async () => {
  const scene = await openResponses([
    [answerJson(200, { object: 'response.input_tokens', input_tokens: 42 })],
  ])
  expect(await read(await ask(scene, {}, '/v1/responses/input_tokens'))).toEqual({
    object: 'response.input_tokens',
    input_tokens: 42,
  })
  expect(scene.upstream.requests[0]?.url).toBe('/v1/responses/input_tokens')
  const [row] = await scene.gateway.stopAndReadLedger()
  expect(row).toMatchObject({ operation: 'token_count', cost_nano_usd: 0 })
})

test('where no provider counts, the tokens are estimated', async () => {
  const scene = await openResponses([[]], { provider: { type: 'groq', models: ['gpt-5'] } })
  const counted = await read(await ask(scene, { input: 'word '.repeat(400) }, '/v1/responses/input_tokens'))
  expect(counted['input_tokens']).toBeGreaterThan(300)
  expect(scene.upstream.requests.length).toBe(0)
})

test('a provider compacts a conversation itself where it can', async () => {
  const compaction = {
    id: 'resp_c',
    object: 'response.compaction',
    created_at: 1,
    output: [{ id: 'cmp_1', type: 'compaction', encrypted_content: 'gAAAA' }],
    usage: response({ id: '', output: [] })['usage'],
  }
  const scene = await openResponses([[answerJson(200, compaction)]])
  expect(await read(await ask(scene, {}, '/v1/responses/compact'))).toEqual(compaction)
  expect(scene.upstream.requests[0]?.url).toBe('/v1/responses/compact')
})

test('elsewhere the model summarises, and the summary goes on as the first message, wherever it goes', async () => {
  const scene = await openResponses([[answer({ id: 'resp_s', output: [message('They said hello.')] })]], {
    provider: { type: 'groq', models: ['gpt-5'] },
  })
  const compacted = await clientOf(scene).responses.compact({
    model: 'gpt-5',
    input: [{ role: 'user', content: 'Hello' }],
  })
  expect(lastOf(scene.upstream)).toMatchObject({
    store: false,
    input: [{ content: 'Hello' }, { role: 'user' }],
  })
  const [item] = compacted.output
  expect(item).toMatchObject({ type: 'compaction' })
  expect(compacted.usage.total_tokens).toBe(10)
  await ask(scene, { input: [item, { role: 'user', content: 'Go on.' }] })
  expect(lastOf(scene.upstream)).toMatchObject({
    input: [{ role: 'user', content: expect.stringContaining('They said hello.') }, { content: 'Go on.' }],
  })
})

test('what is kept is for those with a key alone, and paths that mean nothing are not there', async () => {
  const scene = await openResponses([[answer({ id: 'resp_1', output: [message('Hi')] })]])
  await ask(scene, {})
  expect((await fetch(`${scene.gateway.url}/v1/responses/resp_1`)).status).toBe(401)
  expect((await get(scene, '/v1/responses/resp_1/nonsense')).status).toBe(404)
  expect((await get(scene, '/v1/responses/resp_1/cancel')).status).toBe(405)
})

test('a model that lives on this API alone is asked by it, whatever the client speaks', async () => {
  const scene = await openResponses([[answer({ id: 'resp_1', output: [message('Hi')] })]], {
    provider: { type: 'openai', models: ['gpt-5-pro', 'gpt-5'] },
  })
  await scene.gateway.chat({ model: 'gpt-5' })
  expect(scene.upstream.requests[0]?.url).toBe('/v1/chat/completions')
  await ask(scene, { model: 'gpt-5-pro' })
  expect(scene.upstream.requests[1]?.url).toBe('/v1/responses')
})
