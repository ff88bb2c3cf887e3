// Bodies that are no request: each is refused with the place of the mistake, and asked of nobody.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answerText, type FakeUpstream, startFakeUpstream } from '../support/fake-upstream.ts'
import { configurationText, providersFor } from '../support/scene.ts'
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts'

let upstream: FakeUpstream
let gateway: TestGateway

beforeAll(async () => {
  upstream = await startFakeUpstream(answerText('hello'))
  gateway = await startTestGateway(configurationText({ providers: providersFor([upstream]) }))
})

afterAll(async () => {
  const seen = upstream.requests.length
  const response = await gateway.chat()
  expect(response.status).toBe(200)
  expect(seen).toBe(0)
  await gateway.stop()
  await upstream.close()
})

async function refusalOf(body: string | Uint8Array, path = '/v1/chat/completions') {
  const response = await gateway.post(path, body)
  expect(response.status).toBe(400)
  expect(response.headers.get('x-request-id')).toMatch(/./)
  const { error } = (await response.json()) as { error: Record<string, unknown> }
  expect(error).toMatchObject({ type: 'invalid_request_error', message: expect.any(String) })
  return error
}

const nested = (levels: number, open: string, close: string): string =>
  open.repeat(levels) + close.repeat(levels)

test.each([
  ['nothing', '', 'nothing'],
  ['blanks', ' \n ', 'nothing'],
  ['half an object', '{"model":"test-model","messages":[', 'line 1'],
  ['a comma too many', '{"model":"test-model",}', 'comma after the last item'],
  ['single quotes', "{'model':'test-model'}", 'key in double quotes'],
  ['a place in a later line', '{\n  "model": "test-model",\n  "messages": nope\n}', 'line 3, column 15'],
  ['two objects', '{"model":"a"}{"model":"b"}', 'after the end'],
  ['a list', '[]', 'a list'],
  ['null', 'null', 'null'],
  ['a string', '"hello"', 'a string'],
  ['a number', '42', 'a number'],
  ['a raw line end in a string', '{"model":"a\nb"}', 'line'],
  ['NaN', '{"model":"a","temperature":NaN}', 'neither true, false nor null'],
  ['a form', 'model=test-model&messages=hello', 'line 1'],
])('a body of %s is not JSON, and the message says where', async (_what, body, words) => {
  const error = await refusalOf(body)
  expect(error['code']).toBe('invalid_json')
  expect(error['message']).toContain(words)
})

test.each([
  ['a byte that is never valid', Buffer.from([0x7b, 0xff, 0x7d])],
  ['a sequence that breaks off', Buffer.from('{"model":"caf\xc3"}', 'latin1')],
  ['an overlong sequence', Buffer.from('{"model":"\xc0\xaf"}', 'latin1')],
  ['a lone surrogate', Buffer.from('{"model":"\xed\xa0\x80"}', 'latin1')],
  ['UTF-16', Buffer.from('\ufeff{"model":"test-model"}', 'utf16le')],
])('bad UTF-8 is refused: %s', async (_what, body) => {
  expect(await refusalOf(body)).toMatchObject({
    code: 'invalid_json',
    message: expect.stringContaining('UTF-8'),
  })
})

const user = { role: 'user', content: 'Hello' }
const wrong: ReadonlyArray<[param: string, fields: object]> = [
  ['model', { model: undefined }],
  ['model', { model: 7 }],
  ['model', { model: '' }],
  ['model', { model: null }],
  ['model', { model: 'x'.repeat(300) }],
  ['messages', { messages: undefined }],
  ['messages', { messages: 'Hello' }],
  ['messages', { messages: [] }],
  ['messages', { messages: {} }],
  ['messages[1]', { messages: [user, 'Hello'] }],
  ['messages[0].role', { messages: [{ content: 'Hello' }] }],
  ['messages[0].role', { messages: [{ role: 'robot', content: 'Hello' }] }],
  ['messages[0].role', { messages: [{ role: 1, content: 'Hello' }] }],
  ['messages[0].content', { messages: [{ role: 'user' }] }],
  ['messages[0].content', { messages: [{ role: 'user', content: 5 }] }],
  ['messages[0].content', { messages: [{ role: 'user', content: null }] }],
  ['messages[0].content', { messages: [{ role: 'user', content: {} }] }],
  ['messages[0].content[0]', { messages: [{ role: 'user', content: ['Hello'] }] }],
  ['messages[0].content[0].type', { messages: [{ role: 'user', content: [{ text: 'Hello' }] }] }],
  ['messages[0].content[0].text', { messages: [{ role: 'user', content: [{ type: 'text', text: 1 }] }] }],
  ['messages[0].tool_call_id', { messages: [{ role: 'tool', content: 'x' }] }],
  ['messages[0].tool_calls', { messages: [{ role: 'assistant', tool_calls: {} }] }],
  ['messages[0].tool_calls[0].id', { messages: [{ role: 'assistant', tool_calls: [{}] }] }],
  [
    'messages[0].tool_calls[0].function.arguments',
    { messages: [{ role: 'assistant', tool_calls: [{ id: 'a', function: { name: 'f', arguments: {} } }] }] },
  ],
  ['stream', { stream: 'yes' }],
  ['stream', { stream: 1 }],
  ['stream_options', { stream: true, stream_options: true }],
  ['stream_options.include_usage', { stream: true, stream_options: { include_usage: 'yes' } }],
  ['temperature', { temperature: 'hot' }],
  ['top_p', { top_p: [] }],
  ['presence_penalty', { presence_penalty: '1' }],
  ['frequency_penalty', { frequency_penalty: {} }],
  ['n', { n: 0 }],
  ['n', { n: 1.5 }],
  ['max_tokens', { max_tokens: '100' }],
  ['max_completion_tokens', { max_completion_tokens: 1.5 }],
  ['seed', { seed: 'x' }],
  ['logprobs', { logprobs: 5 }],
  ['top_logprobs', { top_logprobs: true }],
  ['logit_bias', { logit_bias: [] }],
  ['stop', { stop: 5 }],
  ['stop[1]', { stop: ['a', 5] }],
  ['tools', { tools: {} }],
  ['tools[0]', { tools: ['f'] }],
  ['tools[0].type', { tools: [{ function: { name: 'f' } }] }],
  ['tools[0].function', { tools: [{ type: 'function' }] }],
  ['tools[0].function.name', { tools: [{ type: 'function', function: {} }] }],
  [
    'tools[0].function.parameters',
    { tools: [{ type: 'function', function: { name: 'f', parameters: 'x' } }] },
  ],
  ['tool_choice', { tool_choice: 5 }],
  ['parallel_tool_calls', { parallel_tool_calls: 'no' }],
  ['response_format', { response_format: 'json' }],
  ['response_format.type', { response_format: {} }],
  ['reasoning_effort', { reasoning_effort: 3 }],
  ['user', { user: 5 }],
  ['metadata', { metadata: 'x' }],
  ['modalities', { modalities: 'text' }],
]

test.each(wrong)('a wrong %s is named: %j', async (param, fields) => {
  const body = JSON.stringify({ model: 'test-model', messages: [user], ...fields })
  expect(await refusalOf(body)).toMatchObject({ code: 'invalid_request', param })
})

describe.each([
  { path: '/v1/completions', needed: 'prompt', optional: 'echo' },
  { path: '/v1/embeddings', needed: 'input', optional: 'dimensions' },
])('$path', ({ path, needed, optional }) => {
  test('names the field that is missing', async () => {
    const body = JSON.stringify({ model: 'test-model' })
    expect(await refusalOf(body, path)).toMatchObject({ code: 'invalid_request', param: needed })
  })

  test('names the field that is wrong', async () => {
    const body = JSON.stringify({ model: 'test-model', [needed]: 'Hello', [optional]: 'neither' })
    expect(await refusalOf(body, path)).toMatchObject({ code: 'invalid_request', param: optional })
  })
})

test.each([
  ['objects', nested(101, '{"a":', '}').replace('{"a":}', '{}')],
  ['lists', nested(101, '[', ']')],
])('a field of %s, 101 levels deep, is named', async (_what, deep) => {
  const body = `{"model":"test-model","messages":[{"role":"user","content":"Hi"}],"x_deep":${deep}}`
  expect(await refusalOf(body)).toMatchObject({ code: 'invalid_request', param: 'x_deep' })
})

test.each([100_000, 1_000_000])('brackets %i levels deep do not take the process down', async levels => {
  const messages = '"messages":[{"role":"user","content":"Hi"}]'
  await refusalOf(`{"model":"test-model",${messages},"x":${nested(levels, '[', ']')}}`)
  await refusalOf(`{"model":"test-model","messages":[{"role":"user","content":${nested(levels, '[', ']')}}]}`)
  await refusalOf('['.repeat(levels))
})
