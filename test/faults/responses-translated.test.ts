// Clients of the Responses API in front of a provider that speaks another format: what they asked is translated, and what
// they go on from is ours to remember. The other format is a stand-in with the same words under another name, so that
// every way through the neutral form is taken and what the upstream gets can be read.

import OpenAI from 'openai'
import { expect, test, vi } from 'vitest'
import type * as FormatsModule from '../../src/formats/index.ts'
import { answerJson, type Behaviour, type FakeUpstream, streamEvents } from '../support/fake-upstream.ts'
import { openScene, type Scene } from '../support/scene.ts'
import { testKey } from '../support/test-gateway.ts'

vi.mock('../../src/formats/index.ts', async importOriginal => {
  const { formats } = await importOriginal<typeof FormatsModule>()
  const standIn = { ...formats['openai-responses'], name: 'openai-chat' }
  return { formats: { ...formats, 'openai-chat': standIn } }
})

type Json = Record<string, unknown>

const message = (text: string) => ({
  id: 'msg_up',
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text, annotations: [], logprobs: [] }],
})

const response = (output: readonly object[], more: Json = {}): Json => ({
  id: 'upstream-id',
  object: 'response',
  created_at: 1_700_000_000,
  status: 'completed',
  model: 'upstream-model',
  output,
  usage: { input_tokens: 7, output_tokens: 3, total_tokens: 10 },
  ...more,
})

const answer = (...output: object[]): Behaviour => answerJson(200, response(output))

const openTranslated = (...behaviours: Behaviour[]): Promise<Scene> => openScene({ upstreams: [behaviours] })

const ask = (scene: Scene, body: Json, path = '/v1/responses') =>
  scene.gateway.post(path, { model: 'test-model', input: 'Hello', ...body })

const read = async (answered: Response): Promise<Json> => (await answered.json()) as Json
const lastOf = ({ requests }: FakeUpstream): Json => JSON.parse(String(requests.at(-1)?.body)) as Json

const clientOf = (scene: Scene): OpenAI =>
  new OpenAI({ apiKey: testKey, baseURL: `${scene.gateway.url}/v1`, maxRetries: 0 })

test('a conversation goes on from response to response, though the provider has never heard of one', async () => {
  const scene = await openTranslated(answer(message('Hi')), answer(message('Two')), answer(message('Three')))
  const client = clientOf(scene)
  const first = await client.responses.create({ model: 'test-model', input: 'One' })
  expect(first.output_text).toBe('Hi')
  expect(first.id).toMatch(/^resp_[0-9a-f]+$/)
  const second = await client.responses.create({
    model: 'test-model',
    input: 'Two?',
    previous_response_id: first.id,
  })
  expect(second.previous_response_id).toBe(first.id)
  await client.responses.create({ model: 'test-model', input: 'Three?', previous_response_id: second.id })
  expect(scene.upstream.requests.at(-1)?.url).toBe('/v1/chat/completions')
  const { input } = lastOf(scene.upstream)
  expect((input as Json[]).map(({ content }) => (content as Json[])[0]?.['text'])).toEqual([
    'One',
    'Hi',
    'Two?',
    'Two',
    'Three?',
  ])
  const kept = await client.responses.retrieve(first.id)
  expect(kept.output_text).toBe('Hi')
  const items = await client.responses.inputItems.list(second.id)
  expect(items.data).toMatchObject([{ role: 'user', content: [{ text: 'Two?' }] }])
  await client.responses.delete(first.id)
  await expect(client.responses.retrieve(first.id)).rejects.toMatchObject({ status: 404 })
  await expect(
    client.responses.create({ model: 'test-model', input: 'x', previous_response_id: second.id }),
  ).rejects.toMatchObject({ status: 404, param: 'previous_response_id' })
})

test('a stream is one that the SDK takes, and is kept when it is whole', async () => {
  const all: Json[] = [
    { type: 'response.created', response: response([], { status: 'in_progress' }) },
    { type: 'response.output_item.added', output_index: 0, item: { ...message(''), content: [] } },
    { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'Hel' },
    { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'lo' },
    { type: 'response.output_item.done', output_index: 0, item: message('Hello') },
    { type: 'response.completed', response: response([message('Hello')]) },
  ]
  const scene = await openTranslated(streamEvents(all.map(event => `data: ${JSON.stringify(event)}\n\n`)))
  const client = clientOf(scene)
  const final = await client.responses.stream({ model: 'test-model', input: 'x' }).finalResponse()
  expect(final.output_text).toBe('Hello')
  expect(final.usage?.total_tokens).toBe(10)
  expect((await client.responses.retrieve(final.id)).output_text).toBe('Hello')
})

test('a stream that breaks fails the response with what was said', async () => {
  const begun: Json[] = [
    { type: 'response.created', response: response([], { status: 'in_progress' }) },
    { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'Hel' },
  ]
  const scene = await openTranslated(
    streamEvents(
      begun.map(event => `data: ${JSON.stringify(event)}\n\n`),
      { ending: 'cut' },
    ),
  )
  const text = await (await ask(scene, { stream: true })).text()
  const failed = text.split('\n').find(line => line.includes('"response.failed"') && line.startsWith('data:'))
  expect(JSON.parse(failed?.slice(5) ?? '')).toMatchObject({
    response: { status: 'failed', output: [{ status: 'incomplete', content: [{ text: 'Hel' }] }] },
  })
  expect(text).toContain('event: error\n')
})

test('what only this format can say is left out and told, or refused by its name', async () => {
  const scene = await openTranslated(answer(message('Hi')))
  const told = await ask(scene, {
    truncation: 'auto',
    background: true,
    max_tool_calls: 3,
    text: { verbosity: 'low' },
  })
  expect(told.status).toBe(200)
  expect(told.headers.get('x-llm-proxy-warnings')).toBe(
    'dropped parameter truncation; dropped parameter background; dropped parameter max_tool_calls; dropped parameter text.verbosity',
  )
  for (const [field, value] of [
    ['conversation', 'conv_1'],
    ['prompt', { id: 'p' }],
  ] as const) {
    const refused = await ask(scene, { [field]: value })
    expect(refused.status).toBe(400)
    expect(await read(refused)).toMatchObject({ error: { code: 'unsupported_parameter', param: field } })
  }
  const compacted = { type: 'compaction', encrypted_content: 'gAAAA-of-somebody-else' }
  const refused = await ask(scene, { input: [compacted] })
  expect(await read(refused)).toMatchObject({ error: { param: 'input[0]' } })
})

test('a conversation is compacted by the model, and what it said is the beginning of the next', async () => {
  const scene = await openTranslated(answer(message('A summary.')))
  const compacted = await read(await ask(scene, { instructions: 'Be kind.' }, '/v1/responses/compact'))
  expect(compacted).toMatchObject({ object: 'response.compaction', usage: { total_tokens: 10 } })
  const [item] = compacted['output'] as Json[]
  await ask(scene, { input: [item, { role: 'user', content: 'On.' }] })
  expect(JSON.stringify(lastOf(scene.upstream)['input'])).toContain('A summary.')
})

test('items of a kept response may be named by their ids', async () => {
  const scene = await openTranslated(answer(message('Hi')))
  const first = await read(await ask(scene, {}))
  const [item] = first['output'] as Json[]
  await ask(scene, {
    input: [
      { type: 'item_reference', id: item?.['id'] },
      { role: 'user', content: 'x' },
    ],
  })
  expect(lastOf(scene.upstream)['input']).toMatchObject([
    { role: 'assistant', content: [{ text: 'Hi' }] },
    { role: 'user' },
  ])
})
