// The paths of Google's API without a client: streams as arrays, keys in the query, and the versions of the paths.

import { expect, test } from 'vitest'
import { answerJson, streamEvents, wholeStream } from '../support/fake-upstream.ts'
import type { Scene } from '../support/scene.ts'
import { asked, event, model, native, open, openVertex, stop, testKey } from './google.fixture.ts'

const body = { contents: [{ parts: [{ text: 'Hi' }] }] }
const post = (scene: Scene, path: string, headers: Record<string, string> = {}) =>
  fetch(scene.gateway.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

test('without alt=sse a stream is one JSON array, from either upstream', async () => {
  const path = `/v1beta/models/${model}:streamGenerateContent`
  const pieces = [native([{ text: 'Sun' }]), native([{ text: 'ny.' }], stop)]
  for (const { scene } of [
    await open('gemini', streamEvents(pieces.map(event))),
    await open('openai_compatible', streamEvents(wholeStream('Sun', 'ny.'))),
  ]) {
    const response = await post(scene, path, { 'x-goog-api-key': testKey })
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
    const chunks = (await response.json()) as { candidates: [{ content: { parts: [{ text: string }] } }] }[]
    expect(chunks.map(({ candidates }) => candidates[0].content.parts[0].text).join('')).toBe('Sunny.')
  }
})

test('a key may stand in the query, and is neither passed on nor logged', async () => {
  const { scene } = await open('gemini', answerJson(200, native([{ text: 'x' }], stop)))
  const ask = (query: string) => post(scene, `/v1beta/models/${model}:generateContent${query}`)
  expect((await ask(`?key=${testKey}`)).status).toBe(200)
  const refused = await ask('?key=wrong-key-of-nobody')
  expect(refused.status).toBe(401)
  expect(await refused.json()).toMatchObject({ error: { code: 401, status: 'UNAUTHENTICATED' } })
  expect((await fetch(`${scene.gateway.url}/v1beta/models?key=${testKey}`)).status).toBe(200)
  expect(scene.upstream.requests[0]?.url).not.toContain('key=')
  expect(JSON.stringify(scene.gateway.readLog())).not.toContain(testKey)
})

test.each([
  `/v1/models/${model}:generateContent`,
  `/v1/projects/p/locations/l/publishers/google/models/${model}:generateContent`,
  `/v1beta1/projects/p/locations/l/publishers/google/models/${model}:generateContent`,
  `/v1/publishers/google/models/${model}:generateContent`,
  `/v1beta1/publishers/google/models/${model}:generateContent`,
])('%s asks the model as well', async path => {
  const { scene } = await open('gemini', answerJson(200, native([{ text: 'x' }], stop)))
  expect((await post(scene, path, { 'x-goog-api-key': testKey })).status).toBe(200)
})

test('what one format alone can do is refused by providers of others, naming the field', async () => {
  const { scene } = await open('openai_compatible')
  const response = await fetch(`${scene.gateway.url}/v1beta/models/${model}:generateContent`, {
    method: 'POST',
    headers: { 'x-goog-api-key': testKey },
    body: JSON.stringify({ ...body, cachedContent: 'cachedContents/1' }),
  })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({
    error: { status: 'INVALID_ARGUMENT', details: [{ metadata: { param: 'cachedContent' } }] },
  })
})

test('a chat completion is answered by Gemini', async () => {
  const { scene } = await open('gemini', answerJson(200, native([{ text: 'Sunny.' }], stop)))
  const response = await scene.gateway.post('/v1/chat/completions', {
    model,
    messages: [{ role: 'user', content: 'Hi' }],
    max_tokens: 5,
  })
  expect(await response.json()).toMatchObject({
    choices: [{ message: { content: 'Sunny.' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 7, completion_tokens: 5 },
  })
  expect(asked(scene)).toEqual({
    contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
    generationConfig: { maxOutputTokens: 5 },
  })
})

const claude = 'claude-sonnet-4-5@20250929'
const message = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-4-5',
  content: [{ type: 'text', text: 'Sunny.' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 7, output_tokens: 2 },
}

test("Anthropic's models at Vertex AI are asked in their own format, whatever the client speaks", async () => {
  const scene = await openVertex([claude], answerJson(200, message))
  const messages = [{ role: 'user', content: 'Hi' }]
  const passed = await scene.gateway.post('/v1/messages', {
    model: claude,
    max_tokens: 5,
    messages,
    x_new: 1,
  })
  expect(await passed.json()).toEqual(message)
  const translated = await scene.gateway.post(`/v1beta/models/${claude}:generateContent`, {
    contents: [{ parts: [{ text: 'Hi' }] }],
  })
  expect(await translated.json()).toMatchObject({
    candidates: [{ content: { parts: [{ text: 'Sunny.' }] }, finishReason: 'STOP' }],
  })
  const place = '/v1beta1/publishers/anthropic/models/claude-sonnet-4-5@20250929:rawPredict'
  expect(scene.upstream.requests.map(({ url }) => url)).toEqual([place, place])
  expect(asked(scene)).toEqual({
    max_tokens: 5,
    messages,
    x_new: 1,
    anthropic_version: 'vertex-2023-10-16',
  })
  expect(asked(scene, 1)).toMatchObject({ anthropic_version: 'vertex-2023-10-16' })
  expect(asked(scene, 1)).not.toHaveProperty('model')
})

test('embeddings of OpenAI are made by either address of Google', async () => {
  const ask = { model, input: ['a'] }
  const { scene } = await open('gemini', answerJson(200, { embeddings: [{ values: [0.5] }] }))
  const answer = await (await scene.gateway.post('/v1/embeddings', ask)).json()
  expect(answer).toMatchObject({ data: [{ index: 0, embedding: [0.5] }] })
  expect(asked(scene)).toEqual({
    requests: [{ model: 'models/test-model', content: { parts: [{ text: 'a' }] } }],
  })
  const predictions = [{ embeddings: { values: [0.5], statistics: { token_count: 3 } } }]
  const vertex = await openVertex([model], answerJson(200, { predictions }))
  const other = await (await vertex.gateway.post('/v1/embeddings', ask)).json()
  expect(other).toMatchObject({ data: [{ embedding: [0.5] }], usage: { prompt_tokens: 3 } })
  expect(asked(vertex)).toEqual({ instances: [{ content: 'a' }] })
})
