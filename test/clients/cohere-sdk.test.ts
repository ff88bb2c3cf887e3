// Cohere's own client for JavaScript against a gateway whose upstreams speak its format, or OpenAI's.

import { CohereClientV2, CohereError } from 'cohere-ai'
import { describe, expect, test } from 'vitest'
import { answerJson, type Behaviour, chunk, doneMarker, streamEvents } from '../support/fake-upstream.ts'
import { openScene, type Scene } from '../support/scene.ts'
import { testKey } from '../support/test-gateway.ts'

const messages = [{ role: 'user' as const, content: 'What is the weather in Lisbon?' }]
const tools = [
  {
    type: 'function' as const,
    function: {
      name: 'get_weather',
      description: 'Looks it up',
      parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    },
  },
]

async function open(type: 'cohere' | 'openai_compatible', ...behaviours: Behaviour[]) {
  const scene = await openScene({
    upstreams: [behaviours],
    sections: ([upstream]) => ({
      providers: [
        {
          name: 'main',
          type,
          base_url: type === 'cohere' ? `http://127.0.0.1:${upstream?.port}` : upstream?.baseUrl,
          api_key: 'upstream-key',
          models: ['test-model'],
          max_retries: 0,
        },
      ],
    }),
  })
  const client = new CohereClientV2({ token: testKey, environment: scene.gateway.url, maxRetries: 0 })
  return { scene, client }
}

function asked(scene: Scene): Record<string, unknown> {
  return JSON.parse(scene.upstream.requests[0]?.body.toString() ?? '{}') as Record<string, unknown>
}

const usage = {
  billed_units: { input_tokens: 5, output_tokens: 2 },
  tokens: { input_tokens: 70, output_tokens: 3 },
}
const nativeAnswer = {
  id: 'c1',
  message: {
    role: 'assistant',
    content: [{ type: 'text', text: 'Sunny.' }],
    citations: [
      {
        start: 0,
        end: 5,
        text: 'Sunny',
        sources: [{ type: 'document', id: 'd1', document: { title: 'Report' } }],
        type: 'TEXT_CONTENT',
      },
    ],
  },
  finish_reason: 'COMPLETE',
  usage,
}

function nativeEvent(type: string, fields: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`
}

describe('an upstream of the same format', () => {
  test('a chat passes as it is', async () => {
    const { client, scene } = await open('cohere', answerJson(200, nativeAnswer))
    const answer = await client.chat({ model: 'test-model', messages })
    expect(answer.message.content).toEqual([{ type: 'text', text: 'Sunny.' }])
    expect(answer.message.citations?.[0]?.text).toBe('Sunny')
    expect(answer.usage?.tokens?.inputTokens).toBe(70)
    expect(scene.upstream.requests[0]?.url).toBe('/v2/chat')
    expect(scene.upstream.requests[0]?.headers.authorization).toBe('Bearer upstream-key')
    const [row] = await scene.gateway.stopAndReadLedger()
    expect(row).toMatchObject({ input_uncached: 70, output_text: 3 })
  })

  test('a stream passes as it is', async () => {
    const stream = [
      nativeEvent('message-start', { id: 'c1', delta: { message: { role: 'assistant' } } }),
      nativeEvent('content-start', { index: 0, delta: { message: { content: { type: 'text', text: '' } } } }),
      nativeEvent('content-delta', { index: 0, delta: { message: { content: { text: 'Sunny.' } } } }),
      nativeEvent('content-end', { index: 0 }),
      nativeEvent('message-end', { delta: { finish_reason: 'COMPLETE', usage } }),
      doneMarker,
    ]
    const { client } = await open('cohere', streamEvents(stream))
    const types: string[] = []
    let text = ''
    for await (const event of await client.chatStream({ model: 'test-model', messages })) {
      types.push(event.type)
      if (event.type === 'content-delta') text += event.delta?.message?.content?.text ?? ''
      if (event.type === 'message-end') expect(event.delta?.usage?.tokens?.outputTokens).toBe(3)
    }
    expect(text).toBe('Sunny.')
    expect(types).toEqual(['message-start', 'content-start', 'content-delta', 'content-end', 'message-end'])
  })

  test('embeddings and rankings pass as they are', async () => {
    const embeddings = {
      id: 'e',
      embeddings: { float: [[0.5, -1]] },
      texts: ['a'],
      meta: { billed_units: { input_tokens: 1 } },
    }
    const ranking = {
      id: 'r',
      results: [{ index: 1, relevance_score: 0.9 }],
      meta: { billed_units: { search_units: 1 } },
    }
    const { client, scene } = await open('cohere', answerJson(200, embeddings), answerJson(200, ranking))
    const embedded = await client.embed({
      model: 'test-model',
      texts: ['a'],
      inputType: 'search_query',
      embeddingTypes: ['float'],
    })
    expect(embedded.embeddings.float).toEqual([[0.5, -1]])
    const ranked = await client.rerank({ model: 'test-model', query: 'q', documents: ['a', 'b'], topN: 1 })
    expect(ranked.results).toEqual([{ index: 1, relevanceScore: 0.9 }])
    expect(scene.upstream.requests.map(({ url }) => url)).toEqual(['/v2/embed', '/v2/rerank'])
  })

  test('a ranking of the first version passes to its own path, also without a version', async () => {
    const { scene } = await open('cohere', answerJson(200, { results: [{ index: 0, relevance_score: 1 }] }))
    const body = { model: 'test-model', query: 'q', documents: [{ text: 'a' }], return_documents: true }
    for (const path of ['/v1/rerank', '/rerank', '/cohere/v1/rerank'])
      expect((await scene.gateway.post(path, body)).status).toBe(200)
    expect((await scene.gateway.post('/cohere/v2/rerank', body)).status).toBe(200)
    expect(scene.upstream.requests.map(({ url }) => url)).toEqual([
      '/v1/rerank',
      '/v1/rerank',
      '/v1/rerank',
      '/v2/rerank',
    ])
    expect(asked(scene)).toEqual(body)
  })

  test('an error keeps its status and its words', async () => {
    const { client } = await open('cohere', answerJson(404, { id: 'x', message: "model 'x' not found" }))
    const failure = await client.chat({ model: 'test-model', messages }).catch((thrown: unknown) => thrown)
    expect(failure).toBeInstanceOf(CohereError)
    expect(failure).toMatchObject({ statusCode: 404, body: { message: "model 'x' not found" } })
  })
})

describe('an upstream of the format of OpenAI', () => {
  const openAiAnswer = (message: object, finish: string) => ({
    id: 'o1',
    object: 'chat.completion',
    created: 1,
    model: 'gpt',
    choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finish }],
    usage: { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 },
  })

  test('a chat with tools is translated both ways', async () => {
    const call = {
      id: 'call_1',
      type: 'function',
      function: { name: 'get_weather', arguments: '{"city":"Lisbon"}' },
    }
    const { client, scene } = await open(
      'openai_compatible',
      answerJson(200, openAiAnswer({ content: 'Let me look.', tool_calls: [call] }, 'tool_calls')),
    )
    const answer = await client.chat({
      model: 'test-model',
      messages: [{ role: 'system', content: 'Be brief.' }, ...messages],
      tools,
      toolChoice: 'REQUIRED',
      maxTokens: 50,
      p: 0.5,
      stopSequences: ['END'],
    })
    expect(asked(scene)).toMatchObject({
      messages: [{ role: 'system', content: 'Be brief.' }, messages[0]],
      tool_choice: 'required',
      top_p: 0.5,
      stop: ['END'],
    })
    expect(answer).toMatchObject({
      finishReason: 'TOOL_CALL',
      message: { toolPlan: 'Let me look.', toolCalls: [{ id: 'call_1', function: call.function }] },
      usage: { tokens: { inputTokens: 9, outputTokens: 4 } },
    })
  })

  test('the results of tools are passed on', async () => {
    const { client, scene } = await open(
      'openai_compatible',
      answerJson(200, openAiAnswer({ content: 'Sunny.' }, 'stop')),
    )
    await client.chat({
      model: 'test-model',
      messages: [
        ...messages,
        {
          role: 'assistant',
          toolPlan: 'I look.',
          toolCalls: [{ id: 'c1', type: 'function', function: { name: 'get_weather', arguments: '{}' } }],
        },
        {
          role: 'tool',
          toolCallId: 'c1',
          content: [{ type: 'document', document: { data: { sky: 'blue' } } }],
        },
      ],
      tools,
    })
    expect(asked(scene)['messages']).toMatchObject([
      { role: 'user' },
      { role: 'assistant', content: 'I look.', tool_calls: [{ id: 'c1' }] },
      { role: 'tool', tool_call_id: 'c1', content: 'blue' },
    ])
  })

  test('a stream with text and two calls is translated', async () => {
    const call = (index: number, fields: object) => chunk({ tool_calls: [{ index, ...fields }] })
    const { client } = await open(
      'openai_compatible',
      streamEvents([
        chunk({ role: 'assistant', content: 'Let ' }),
        chunk({ content: 'me look.' }),
        call(0, { id: 'a', type: 'function', function: { name: 'get_weather', arguments: '{"city":' } }),
        call(0, { function: { arguments: '"Lisbon"}' } }),
        call(1, { id: 'b', type: 'function', function: { name: 'get_weather', arguments: '{}' } }),
        chunk({}, 'tool_calls'),
        chunk({}, null, { choices: [], usage: { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 } }),
        doneMarker,
      ]),
    )
    const seen: string[] = []
    const written: string[] = []
    for await (const event of await client.chatStream({ model: 'test-model', messages, tools })) {
      if (event.type === 'tool-call-start') seen.push(event.delta?.message?.toolCalls?.id ?? '')
      else if (event.type === 'tool-call-delta')
        written.push(event.delta?.message?.toolCalls?.function?.arguments ?? '')
      else if (event.type === 'content-delta') seen.push(event.delta?.message?.content?.text ?? '')
      else if (event.type === 'message-end')
        expect(event.delta).toMatchObject({
          finishReason: 'TOOL_CALL',
          usage: { tokens: { inputTokens: 9, outputTokens: 4 } },
        })
    }
    expect(seen).toEqual(['Let ', 'me look.', 'a', 'b'])
    expect(written.join('')).toBe('{"city":"Lisbon"}{}')
  })

  test('a stream that breaks off ends with the error', async () => {
    const { client } = await open(
      'openai_compatible',
      streamEvents([chunk({ role: 'assistant', content: 'Let ' })], { ending: 'cut' }),
    )
    let last: unknown
    for await (const event of await client.chatStream({ model: 'test-model', messages })) last = event
    expect(last).toMatchObject({ type: 'message-end', delta: { finishReason: 'ERROR' } })
  })

  test('embeddings are translated', async () => {
    const data = [{ object: 'embedding', index: 0, embedding: [0.5, -1] }]
    const { client, scene } = await open(
      'openai_compatible',
      answerJson(200, { object: 'list', data, model: 'e', usage: { prompt_tokens: 3, total_tokens: 3 } }),
    )
    const embedded = await client.embed({
      model: 'test-model',
      texts: ['a'],
      inputType: 'search_document',
      embeddingTypes: ['float', 'base64'],
    })
    expect(asked(scene)).toEqual({ model: 'test-model', input: ['a'] })
    expect(embedded.embeddings).toMatchObject({ float: [[0.5, -1]], base64: ['AAAAPwAAgL8='] })
    expect(embedded.meta?.billedUnits?.inputTokens).toBe(3)
  })

  test('what the gateway refuses itself comes in the shape of the client', async () => {
    const { client } = await open('openai_compatible', answerJson(200, {}))
    const failure = await client
      .chat({ model: 'test-model', messages: [] })
      .catch((thrown: unknown) => thrown)
    expect(failure).toMatchObject({ statusCode: 400, body: { code: 'invalid_request', param: 'messages' } })
  })
})
