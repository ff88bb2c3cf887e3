// Anthropic's own client for JavaScript against a gateway: what it reads is what it expects, whoever answers.

import Anthropic from '@anthropic-ai/sdk'
import { describe, expect, test } from 'vitest'
import {
  answerJson,
  type Behaviour,
  chunk,
  completion,
  doneMarker,
  streamEvents,
  usageChunk,
  wholeStream,
} from '../support/fake-upstream.ts'
import { openScene, type Scene } from '../support/scene.ts'
import { testKey } from '../support/test-gateway.ts'

type Json = Record<string, unknown>

const native = { type: 'anthropic' }
const ask = {
  model: 'test-model',
  max_tokens: 64,
  messages: [{ role: 'user' as const, content: 'Hello' }],
}

function clientOf({ gateway }: Scene, prefix = ''): Anthropic {
  return new Anthropic({ apiKey: testKey, baseURL: gateway.url + prefix, maxRetries: 0 })
}

function sent(scene: Scene, index = 0): Json {
  return JSON.parse(scene.upstream.requests[index]?.body.toString() ?? '{}') as Json
}

function message(content: readonly object[], more: object = {}): Json {
  return {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-test',
    content,
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 7, output_tokens: 3 },
    ...more,
  }
}

function messageStream(...events: readonly Json[]): Behaviour {
  return streamEvents(
    events.map(event => `event: ${String(event['type'])}\ndata: ${JSON.stringify(event)}\n\n`),
  )
}

const begin = { type: 'message_start', message: message([], { stop_reason: null }) }
const ending = (stop_reason: string) => [
  { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: 9 } },
  { type: 'message_stop' },
]
const thought = [
  { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'hm' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'c2ln' } },
  { type: 'content_block_stop', index: 0 },
]
const called = [
  {
    type: 'content_block_start',
    index: 1,
    content_block: { type: 'tool_use', id: 'toolu_1', name: 'look', input: {} },
  },
  { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '{"city":' } },
  { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '"Rio"}' } },
  { type: 'content_block_stop', index: 1 },
]

describe('an upstream of the same format', () => {
  test('gets the bytes of the client, its version and beta features, and our key', async () => {
    const scene = await openScene({
      upstreams: [[answerJson(200, message([{ type: 'text', text: 'Hi' }]))]],
      provider: native,
    })
    const body =
      '{"x_future":{"b":1,"a":[1.0]},"messages":[{"content":"Hello","role":"user"}],"max_tokens":9,"model":"test-model"}'
    const response = await scene.gateway.post('/anthropic/v1/messages?beta=true', body, {
      'anthropic-version': '2023-06-01',
      'anthropic-beta': 'context-1m-2025-08-07',
    })
    expect(await response.json()).toMatchObject({ content: [{ text: 'Hi' }] })
    const [request] = scene.upstream.requests
    expect(request?.body.toString()).toBe(body)
    expect(request?.url).toBe('/v1/messages')
    expect(request?.headers).toMatchObject({
      'x-api-key': 'sk-upstream-secret-1',
      'anthropic-version': '2023-06-01',
      'anthropic-beta': 'context-1m-2025-08-07',
    })
    expect(request?.headers.authorization).toBeUndefined()
  })

  test('a message comes as it was', async () => {
    const scene = await openScene({
      upstreams: [[answerJson(200, message([{ type: 'text', text: 'Hi', citations: null }]))]],
      provider: native,
    })
    const answer = await clientOf(scene).messages.create(ask)
    expect(answer).toMatchObject(message([{ type: 'text', text: 'Hi', citations: null }]))
  })

  test('a stream of thoughts and calls is collected whole', async () => {
    const scene = await openScene({
      upstreams: [[messageStream(begin, { type: 'ping' }, ...thought, ...called, ...ending('tool_use'))]],
      provider: native,
    })
    const final = await clientOf(scene, '/anthropic').messages.stream(ask).finalMessage()
    expect(final).toMatchObject({
      content: [
        { type: 'thinking', thinking: 'hm', signature: 'c2ln' },
        { type: 'tool_use', id: 'toolu_1', input: { city: 'Rio' } },
      ],
      stop_reason: 'tool_use',
      usage: { input_tokens: 7, output_tokens: 9 },
    })
  })

  test('proofs of other vendors in the history do not reach it', async () => {
    const scene = await openScene({
      upstreams: [[answerJson(200, message([{ type: 'text', text: 'Hi' }]))]],
      provider: native,
    })
    await clientOf(scene).messages.create({
      ...ask,
      messages: [
        ...ask.messages,
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'hm', signature: 'llm-proxy:e30' },
            { type: 'text', text: 'Hi' },
          ],
        },
        { role: 'user', content: 'And?' },
      ],
    })
    expect(sent(scene)['messages']).toMatchObject([{}, { content: [{ type: 'text', text: 'Hi' }] }, {}])
  })
})

describe('an upstream of chat completions', () => {
  test('a request of a coding agent is understood', async () => {
    const scene = await openScene({ upstreams: [[answerJson(200, completion('Done.'))]] })
    const cached = { cache_control: { type: 'ephemeral' as const } }
    const tools = Array.from({ length: 12 }, (_, index) => ({
      name: `Tool${index}`,
      description: 'Does something.',
      input_schema: {
        type: 'object' as const,
        properties: { path: { type: 'string' } },
        additionalProperties: false,
      },
      ...(index === 11 && cached),
    }))
    const body = {
      ...ask,
      system: [
        { type: 'text' as const, text: 'x-anthropic-billing-header: cc_version=2.1; cch=0;' },
        { type: 'text' as const, text: 'You are an agent.', ...cached },
      ],
      messages: [
        {
          role: 'user' as const,
          content: [
            { type: 'text' as const, text: '<reminder>', ...cached },
            { type: 'text' as const, text: 'Go' },
          ],
        },
        {
          role: 'assistant' as const,
          content: [
            { type: 'text' as const, text: 'Reading.' },
            { type: 'tool_use' as const, id: 'toolu_1', name: 'Tool0', input: { path: 'a' } },
          ],
        },
        {
          role: 'user' as const,
          content: [
            {
              type: 'tool_result' as const,
              tool_use_id: 'toolu_1',
              content: [{ type: 'text' as const, text: 'x' }],
              ...cached,
            },
          ],
        },
      ],
      tools,
      metadata: { user_id: 'user_abc_account__session_1' },
    }
    const answer = await clientOf(scene).beta.messages.create({ ...body, betas: ['claude-code-20250219'] })
    expect(answer).toMatchObject({
      type: 'message',
      content: [{ type: 'text', text: 'Done.' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 7, output_tokens: 3 },
    })
    const request = sent(scene) as { messages: Json[]; tools: unknown[] }
    expect(request.messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'tool'])
    expect(JSON.stringify(request.messages[0])).not.toContain('billing')
    expect(request.tools).toHaveLength(12)
    expect(JSON.stringify(request)).not.toContain('cache_control')
  })

  test('a streamed text has the events that the client collects, and counts that are not zero', async () => {
    const scene = await openScene({ upstreams: [[streamEvents(wholeStream('Hel', 'lo'))]] })
    const stream = clientOf(scene).messages.stream(ask)
    const started: number[] = []
    stream.on('streamEvent', event => {
      if (event.type === 'message_start') started.push(event.message.usage.input_tokens)
    })
    const final = await stream.finalMessage()
    expect(final).toMatchObject({
      content: [{ type: 'text', text: 'Hello' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 7, output_tokens: 3 },
    })
    expect(started).toHaveLength(1)
    expect(started[0]).toBeGreaterThan(0)
  })

  test('thoughts come before the text, and parallel calls one after the other', async () => {
    const call = (index: number, fields: object) => chunk({ tool_calls: [{ index, ...fields }] })
    const scene = await openScene({
      upstreams: [
        [
          streamEvents([
            chunk({ role: 'assistant', reasoning_content: 'hm' }),
            chunk({ content: 'Looking.' }),
            call(0, { id: 'call_a', type: 'function', function: { name: 'look', arguments: '' } }),
            call(1, { id: 'call_b', type: 'function', function: { name: 'look', arguments: '{"city":' } }),
            call(0, { function: { arguments: '{"city":"Rio"}' } }),
            call(1, { function: { arguments: '"Lima"}' } }),
            chunk({}, 'tool_calls'),
            usageChunk,
            doneMarker,
          ]),
        ],
      ],
    })
    const final = await clientOf(scene)
      .messages.stream({ ...ask, tools: [{ name: 'look', input_schema: { type: 'object' } }] })
      .finalMessage()
    expect(final.content).toMatchObject([
      { type: 'thinking', thinking: 'hm' },
      { type: 'text', text: 'Looking.' },
      { type: 'tool_use', id: 'call_a', input: { city: 'Rio' } },
      { type: 'tool_use', id: 'call_b', input: { city: 'Lima' } },
    ])
    expect(final.stop_reason).toBe('tool_use')
  })

  test('the thoughts that the client sends back do no harm', async () => {
    const scene = await openScene({
      upstreams: [
        [
          streamEvents([
            chunk({ role: 'assistant', reasoning_content: 'hm' }),
            chunk({ content: 'So.' }),
            chunk({}, 'stop'),
            usageChunk,
            doneMarker,
          ]),
          answerJson(200, completion('Yes.')),
        ],
      ],
    })
    const client = clientOf(scene)
    const first = await client.messages.stream(ask).finalMessage()
    const content = first.content as Anthropic.ContentBlockParam[]
    const again = await client.messages.create({
      ...ask,
      messages: [...ask.messages, { role: 'assistant', content }, { role: 'user', content: 'Sure?' }],
    })
    expect(again.content).toMatchObject([{ text: 'Yes.' }])
    expect((sent(scene, 1) as { messages: Json[] }).messages[1]).toMatchObject({
      role: 'assistant',
      content: 'So.',
    })
  })
})

describe('failures', () => {
  const failing = (status: number, type: string, headers = {}) =>
    answerJson(status, { type: 'error', error: { type, message: 'words of the upstream' } }, headers)

  test.each([
    [429, 'rate_limit_error', Anthropic.RateLimitError, 429],
    [529, 'overloaded_error', Anthropic.InternalServerError, 503],
    [400, 'invalid_request_error', Anthropic.BadRequestError, 400],
    [404, 'not_found_error', Anthropic.NotFoundError, 404],
    [401, 'authentication_error', Anthropic.InternalServerError, 502],
  ])('%i %s is raised as what it is', async (...[status, type, raised, expected]) => {
    const scene = await openScene({
      upstreams: [[failing(status, type)]],
      provider: native,
    })
    const error = await clientOf(scene)
      .messages.create(ask)
      .catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(raised)
    expect(error).toMatchObject({
      status: expected,
      // What an upstream says of our key is not for clients.
      error: {
        type: 'error',
        error: {
          message: expect.stringContaining(status === 401 ? '(401)' : 'words of the upstream') as string,
        },
      },
    })
  })

  test('the wait that the upstream asks for is handed on, and the client comes back by itself', async () => {
    const scene = await openScene({
      upstreams: [
        [failing(429, 'rate_limit_error', { 'retry-after': '0.001' }), answerJson(200, message([]))],
      ],
      provider: native,
    })
    const client = new Anthropic({ apiKey: testKey, baseURL: scene.gateway.url, maxRetries: 1 })
    expect((await client.messages.create(ask)).id).toBe('msg_1')
    expect(scene.upstream.requests).toHaveLength(2)
  })

  test('an error within a stream that has begun is raised', async () => {
    const broken = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }
    const scene = await openScene({
      upstreams: [[messageStream(begin, ...thought, broken)]],
      provider: native,
    })
    await expect(clientOf(scene).messages.stream(ask).finalMessage()).rejects.toThrow('Overloaded')
  })

  test('a stream of chat completions that breaks off is raised, and is no message', async () => {
    const scene = await openScene({
      upstreams: [[streamEvents([chunk({ role: 'assistant', content: 'Hel' })], { ending: 'cut' })]],
    })
    await expect(clientOf(scene).messages.stream(ask).finalMessage()).rejects.toThrow(/"type":"error"/)
  })

  test('a wrong key and a wrong model are told in the client’s words', async () => {
    const scene = await openScene({ upstreams: [[answerJson(200, message([]))]], provider: native })
    const stranger = new Anthropic({ apiKey: 'wrong', baseURL: scene.gateway.url, maxRetries: 0 })
    await expect(stranger.messages.create(ask)).rejects.toBeInstanceOf(Anthropic.AuthenticationError)
    await expect(clientOf(scene).messages.create({ ...ask, model: 'nobody' })).rejects.toBeInstanceOf(
      Anthropic.NotFoundError,
    )
    expect(scene.upstream.requests).toHaveLength(0)
  })
})

describe('counting tokens', () => {
  test('is done by the provider that does so', async () => {
    const scene = await openScene({ upstreams: [[answerJson(200, { input_tokens: 14 })]], provider: native })
    const { max_tokens: _limit, ...prompt } = ask
    expect(await clientOf(scene).messages.countTokens(prompt)).toEqual({ input_tokens: 14 })
    expect(scene.upstream.requests[0]?.url).toBe('/v1/messages/count_tokens')
    const [row] = await scene.gateway.stopAndReadLedger()
    expect(row).toMatchObject({ operation: 'token_count', status: 200 })
    expect(row?.['cost_nano_usd'] ?? 0).toBe(0)
  })

  test('is done here for all others, and never by asking for an answer', async () => {
    const scene = await openScene({ upstreams: [[answerJson(500, {})]] })
    const { max_tokens: _limit, ...prompt } = ask
    const client = clientOf(scene, '/anthropic')
    const short = await client.messages.countTokens(prompt)
    const long = await client.messages.countTokens({ ...prompt, system: 'Speak like a pirate, always.' })
    expect(short.input_tokens).toBeGreaterThan(0)
    expect(long.input_tokens).toBeGreaterThan(short.input_tokens)
    await expect(client.messages.countTokens({ ...prompt, model: 'nobody' })).rejects.toBeInstanceOf(
      Anthropic.NotFoundError,
    )
    expect(scene.upstream.requests).toHaveLength(0)
  })
})

test('a chat completion is answered by messages as well', async () => {
  const scene = await openScene({
    upstreams: [[messageStream(begin, ...thought, ...called, ...ending('tool_use'))]],
    provider: native,
  })
  const response = await scene.gateway.chat({ stream: true, max_tokens: 9 })
  const text = await response.text()
  expect(text).toContain('"reasoning_content":"hm"')
  expect(text).toContain('"finish_reason":"tool_calls"')
  expect(text).toContain('data: [DONE]')
  expect(sent(scene)).toMatchObject({ model: 'test-model', max_tokens: 9, stream: true })
})
