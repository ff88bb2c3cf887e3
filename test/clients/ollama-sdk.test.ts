// Ollama's own client for JavaScript against a gateway whose upstreams speak its format, or OpenAI's; and OpenAI's
// client against upstreams that speak Ollama's and Cohere's.

import { Ollama } from 'ollama'
import OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import {
  answerJson,
  type Behaviour,
  chunk,
  completion,
  doneMarker,
  streamEvents,
  usageChunk,
} from '../support/fake-upstream.ts'
import { openScene, type Scene } from '../support/scene.ts'
import { testKey } from '../support/test-gateway.ts'

type ProviderType = 'ollama' | 'cohere' | 'openai_compatible'

const messages = [{ role: 'user' as const, content: 'What is the weather in Lisbon?' }]
const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const tools = [{ type: 'function' as const, function: { name: 'get_weather', parameters } }]

async function open(type: ProviderType, ...behaviours: Behaviour[]) {
  const scene = await openScene({
    upstreams: [behaviours],
    sections: ([upstream]) => ({
      providers: [
        {
          name: 'main',
          type,
          base_url: type === 'openai_compatible' ? upstream?.baseUrl : `http://127.0.0.1:${upstream?.port}`,
          api_key: 'upstream-key',
          models: ['test-model'],
          max_retries: 0,
        },
      ],
    }),
  })
  const headers = { authorization: `Bearer ${testKey}` }
  const ollama = new Ollama({ host: scene.gateway.url, headers })
  const openai = new OpenAI({ apiKey: testKey, baseURL: `${scene.gateway.url}/v1`, maxRetries: 0 })
  return { scene, ollama, openai }
}

function asked(scene: Scene): Record<string, unknown> {
  return JSON.parse(scene.upstream.requests[0]?.body.toString() ?? '{}') as Record<string, unknown>
}

function line(message: object, more: object = { done: false }): string {
  const head = { model: 'test-model', created_at: '2025-01-01T00:00:00Z' }
  return `${JSON.stringify({ ...head, message: { role: 'assistant', content: '', ...message }, ...more })}\n`
}

const figures = { done: true, done_reason: 'stop', total_duration: 5, prompt_eval_count: 11, eval_count: 4 }

const lines =
  (...events: string[]): Behaviour =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' })
    for (const event of events) response.write(event)
    response.end()
  }

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => null,
    (thrown: unknown) => thrown,
  )
}

describe('a client of Ollama, and an upstream of the same format', () => {
  test('an answer and a stream pass as they are', async () => {
    const whole = JSON.parse(line({ content: 'Sunny.' }, figures)) as object
    const { ollama, scene } = await open(
      'ollama',
      answerJson(200, whole),
      lines(line({ thinking: 'Hm.' }), line({ content: 'Sunny.' }), line({}, figures)),
    )
    const answer = await ollama.chat({ model: 'test-model', messages })
    expect(answer).toMatchObject({ message: { content: 'Sunny.' }, prompt_eval_count: 11 })
    let text = ''
    let thinking = ''
    for await (const part of await ollama.chat({
      model: 'test-model',
      messages,
      stream: true,
      think: true,
    })) {
      text += part.message.content
      thinking += part.message.thinking ?? ''
    }
    expect([thinking, text]).toEqual(['Hm.', 'Sunny.'])
    expect(scene.upstream.requests.map(({ url }) => url)).toEqual(['/api/chat', '/api/chat'])
    expect(asked(scene)).toEqual({ model: 'test-model', messages, stream: false })
    const rows = await scene.gateway.stopAndReadLedger()
    expect(rows).toHaveLength(2)
    for (const row of rows) expect(row).toMatchObject({ input_uncached: 11, output_text: 4 })
  })

  test('a stream that tells an error raises it', async () => {
    const { ollama } = await open(
      'ollama',
      lines(line({ content: 'Sun' }), '{"error":"the model has stopped"}\n'),
    )
    const read = async () => {
      for await (const _ of await ollama.chat({ model: 'test-model', messages, stream: true }));
    }
    expect(await failureOf(read())).toMatchObject({
      message: expect.stringContaining('the model has stopped'),
    })
  })

  test('an unknown model is told as Ollama tells it', async () => {
    const { ollama } = await open('ollama', answerJson(404, { error: "model 'test-model' not found" }))
    expect(await failureOf(ollama.chat({ model: 'test-model', messages }))).toMatchObject({
      name: 'ResponseError',
      status_code: 404,
      error: "model 'test-model' not found",
    })
  })

  test('a prompt is completed, and texts are embedded', async () => {
    const { ollama, scene } = await open(
      'ollama',
      answerJson(200, { model: 'test-model', response: 'Sunny.', ...figures }),
      answerJson(200, { model: 'test-model', embeddings: [[1, 2]], prompt_eval_count: 3 }),
    )
    expect((await ollama.generate({ model: 'test-model', prompt: 'Weather?' })).response).toBe('Sunny.')
    expect((await ollama.embed({ model: 'test-model', input: 'a' })).embeddings).toEqual([[1, 2]])
    expect(scene.upstream.requests.map(({ url }) => url)).toEqual(['/api/generate', '/api/embed'])
  })
})

describe('a client of Ollama, and an upstream of the format of OpenAI', () => {
  test('a chat with tools, options and a schema is translated both ways', async () => {
    const call = {
      id: 'call_1',
      type: 'function',
      function: { name: 'get_weather', arguments: '{"city":"Lisbon"}' },
    }
    const answer = completion('')
    const { ollama, scene } = await open(
      'openai_compatible',
      answerJson(200, {
        ...answer,
        choices: [
          {
            index: 0,
            message: { role: 'assistant', content: null, tool_calls: [call] },
            finish_reason: 'tool_calls',
          },
        ],
      }),
    )
    const said = await ollama.chat({
      model: 'test-model',
      messages: [
        ...messages,
        {
          role: 'assistant',
          content: '',
          tool_calls: [{ function: { name: 'get_weather', arguments: { city: 'Porto' } } }],
        },
        { role: 'tool', content: 'rain', tool_name: 'get_weather' },
      ],
      tools,
      options: { num_predict: 20, temperature: 0, stop: ['END'], num_ctx: 8192 },
    })
    expect(asked(scene)).toMatchObject({
      messages: [
        messages[0],
        { role: 'assistant', tool_calls: [{ id: 'call_0', function: { arguments: '{"city":"Porto"}' } }] },
        { role: 'tool', tool_call_id: 'call_0', content: 'rain' },
      ],
      temperature: 0,
      stop: ['END'],
    })
    expect(said).toMatchObject({
      done: true,
      done_reason: 'stop',
      prompt_eval_count: 7,
      eval_count: 3,
      message: { tool_calls: [{ function: { name: 'get_weather', arguments: { city: 'Lisbon' } } }] },
    })
    expect(said.total_duration).toBeGreaterThan(0)
    expect(Number.isInteger(said.eval_duration)).toBe(true)
  })

  test('a stream is translated, and is the default', async () => {
    const { ollama, scene } = await open(
      'openai_compatible',
      streamEvents([
        chunk({ role: 'assistant', reasoning_content: 'Hm.' }),
        chunk({ content: 'Sun' }),
        chunk({ content: 'ny.' }),
        chunk({}, 'stop'),
        usageChunk,
        doneMarker,
      ]),
    )
    const parts: string[] = []
    for await (const part of await ollama.chat({ model: 'test-model', messages, stream: true })) {
      parts.push(part.message.thinking ?? part.message.content)
      if (part.done) expect(part).toMatchObject({ done_reason: 'stop', prompt_eval_count: 7, eval_count: 3 })
    }
    expect(parts).toEqual(['Hm.', 'Sun', 'ny.', ''])
    const raw = await scene.gateway.post('/api/chat', { model: 'test-model', messages })
    expect(raw.headers.get('content-type')).toBe('application/x-ndjson')
    expect(asked(scene)).toMatchObject({ stream: true })
    expect((await raw.text()).trimEnd().split('\n').length).toBe(4)
  })

  test('a stream that breaks off raises an error', async () => {
    const { ollama } = await open(
      'openai_compatible',
      streamEvents([chunk({ role: 'assistant', content: 'Sun' })], { ending: 'cut' }),
    )
    const read = async () => {
      for await (const _ of await ollama.chat({ model: 'test-model', messages, stream: true }));
    }
    expect(await failureOf(read())).toBeInstanceOf(Error)
  })

  test('texts are embedded', async () => {
    const data = [
      { object: 'embedding', index: 1, embedding: [3, 4] },
      { object: 'embedding', index: 0, embedding: [1, 2] },
    ]
    const { ollama, scene } = await open(
      'openai_compatible',
      answerJson(200, { data, usage: { prompt_tokens: 6 } }),
    )
    const embedded = await ollama.embed({ model: 'test-model', input: ['a', 'b'], dimensions: 2 })
    expect(embedded).toMatchObject({
      embeddings: [
        [1, 2],
        [3, 4],
      ],
      prompt_eval_count: 6,
    })
    expect(asked(scene)).toEqual({ model: 'test-model', input: ['a', 'b'], dimensions: 2 })
  })

  test.each([
    ['ollama', { model: 'test-model', embeddings: [[0.5, 1]] }],
    ['openai_compatible', { object: 'list', data: [{ object: 'embedding', index: 0, embedding: [0.5, 1] }] }],
  ] as const)('the older form of embeddings gives one vector, made by %s', async (type, answer) => {
    const { scene, ollama } = await open(type, answerJson(200, answer))
    expect(await ollama.embeddings({ model: 'test-model', prompt: 'Hi' })).toEqual({ embedding: [0.5, 1] })
    expect(asked(scene)).toMatchObject({ model: 'test-model', input: 'Hi' })
  })

  test('settings in the older form of embeddings go to a server of the same kind, and nowhere else', async () => {
    const body = { model: 'test-model', prompt: 'Hi', options: { num_ctx: 512 }, keep_alive: '5m' }
    const own = await open('ollama', answerJson(200, { model: 'test-model', embeddings: [[1]] }))
    const passed = await own.scene.gateway.post('/api/embeddings', body)
    expect(passed.headers.get('x-llm-proxy-warnings')).toBeNull()
    expect(asked(own.scene)).toMatchObject({ options: { num_ctx: 512 }, keep_alive: '5m' })
    const other = await open('openai_compatible', answerJson(200, { data: [{ index: 0, embedding: [1] }] }))
    const told = await other.scene.gateway.post('/api/embeddings', body)
    expect(told.headers.get('x-llm-proxy-warnings')).toBe('dropped parameter options')
    const broken = await other.scene.gateway.post('/api/embeddings', { model: 'test-model' })
    expect(broken.status).toBe(400)
  })

  test('no model takes up memory here', async () => {
    const { ollama } = await open('openai_compatible')
    expect(await ollama.ps()).toEqual({ models: [] })
  })

  test('the models are listed and shown', async () => {
    const { ollama } = await open('openai_compatible', answerJson(200, {}))
    const { models } = await ollama.list()
    expect(models.map(({ name }) => name)).toContain('test-model')
    expect((await ollama.show({ model: 'test-model' })).capabilities).toContain('tools')
    expect(await failureOf(ollama.show({ model: 'nobody' }))).toMatchObject({ status_code: 404 })
    expect((await ollama.version()).version).toMatch(/^\d+\.\d+\.\d+$/)
  })

  test('a stranger does not get the list', async () => {
    const { scene } = await open('openai_compatible', answerJson(200, {}))
    const stranger = new Ollama({ host: scene.gateway.url })
    expect(await failureOf(stranger.list())).toMatchObject({ status_code: 401, error: expect.any(String) })
  })
})

describe('a client of OpenAI, and an upstream of Ollama', () => {
  test('a chat goes to the native surface with a context window that holds it', async () => {
    const { openai, scene } = await open(
      'ollama',
      answerJson(200, JSON.parse(line({ content: 'Yes.' }, figures))),
    )
    const content = 'word '.repeat(6_000)
    const answer = await openai.chat.completions.create({
      model: 'test-model',
      messages: [{ role: 'user', content }],
      max_completion_tokens: 100,
      reasoning_effort: 'low',
    })
    expect(answer.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: 'Yes.' } })
    expect(answer.usage).toMatchObject({ prompt_tokens: 11, completion_tokens: 4 })
    expect(scene.upstream.requests[0]?.url).toBe('/api/chat')
    expect(asked(scene)).toMatchObject({
      options: { num_ctx: 16_384, num_predict: 100 },
      think: true,
      stream: false,
      truncate: false,
    })
  })

  test('a window that the client asks for is kept', async () => {
    const { scene } = await open('ollama', answerJson(200, JSON.parse(line({ content: 'Yes.' }, figures))))
    await scene.gateway.chat({ options: { num_ctx: 32_768, min_p: 0.1 }, keep_alive: '5m' })
    expect(asked(scene)).toMatchObject({ options: { num_ctx: 32_768, min_p: 0.1 }, keep_alive: '5m' })
  })

  test('tool calls without ids get some, in a stream', async () => {
    const call = (city: string) => ({ function: { name: 'get_weather', arguments: { city } } })
    const { openai } = await open(
      'ollama',
      lines(line({ tool_calls: [call('Lisbon'), call('Porto')] }), line({}, figures)),
    )
    const stream = openai.chat.completions.stream({ model: 'test-model', messages, tools })
    const answer = await stream.finalChatCompletion()
    const calls = answer.choices[0]?.message.tool_calls ?? []
    expect(answer.choices[0]?.finish_reason).toBe('tool_calls')
    expect(calls.map(each => each.type === 'function' && JSON.parse(each.function.arguments))).toEqual([
      { city: 'Lisbon' },
      { city: 'Porto' },
    ])
    expect(new Set(calls.map(({ id }) => id)).size).toBe(2)
  })

  test('embeddings come in the encoding that the client asks for by itself', async () => {
    const embeddings = { model: 'test-model', embeddings: [[0.5, -1]], prompt_eval_count: 3 }
    const { openai, scene } = await open('ollama', answerJson(200, embeddings))
    const answer = await openai.embeddings.create({ model: 'test-model', input: 'a' })
    expect(answer.data[0]?.embedding).toEqual([0.5, -1])
    expect(answer.usage.prompt_tokens).toBe(3)
    expect(asked(scene)).toEqual({ model: 'test-model', input: 'a', truncate: false })
  })
})

describe('a client of OpenAI, and an upstream of Cohere', () => {
  test('embeddings come in the encoding that the client asks for by itself', async () => {
    const embeddings = {
      id: 'e',
      embeddings: {
        float: [
          [0.5, -1],
          [2, 3],
        ],
      },
      meta: { billed_units: { input_tokens: 4 } },
    }
    const { openai, scene } = await open('cohere', answerJson(200, embeddings))
    const answer = await openai.embeddings.create({ model: 'test-model', input: ['a', 'b'] })
    expect(answer.data.map(({ embedding }) => embedding)).toEqual([
      [0.5, -1],
      [2, 3],
    ])
    expect(answer.usage.prompt_tokens).toBe(4)
    expect(asked(scene)).toMatchObject({ texts: ['a', 'b'], input_type: 'search_document', truncate: 'NONE' })
  })

  test('tokens of another model are refused', async () => {
    const { openai } = await open('cohere', answerJson(200, {}))
    const failure = await failureOf(openai.embeddings.create({ model: 'test-model', input: [1, 2, 3] }))
    expect(failure).toMatchObject({ status: 400, code: 'unsupported_parameter', param: 'input' })
  })

  test('a schema beside tools becomes a tool, and its call the answer', async () => {
    const call = { id: 'c', type: 'function', function: { name: 'report', arguments: '{"sky":"blue"}' } }
    const { openai, scene } = await open(
      'cohere',
      answerJson(200, {
        id: 'x',
        message: { role: 'assistant', tool_calls: [call] },
        finish_reason: 'TOOL_CALL',
      }),
    )
    const schema = { type: 'object', properties: { sky: { type: 'string' } }, required: ['sky'] }
    const answer = await openai.chat.completions.create({
      model: 'test-model',
      messages,
      tools,
      response_format: { type: 'json_schema', json_schema: { name: 'report', schema } },
    })
    expect(asked(scene)).toMatchObject({ tool_choice: 'REQUIRED' })
    expect(asked(scene)).not.toHaveProperty('response_format')
    expect(answer.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: '{"sky":"blue"}' } })
  })
})
