// Mistral's own client for JavaScript: what its schema demands of calls in parallel, thoughts, embeddings and failures,
// before upstreams that stream them otherwise, and before Mistral itself.

import { HTTPClient, Mistral } from '@mistralai/mistralai'
import type { ToolCall } from '@mistralai/mistralai/models/components'
import { describe, expect, test } from 'vitest'
import { answerJson, type Behaviour, chunk, doneMarker, streamEvents } from '../support/fake-upstream.ts'
import { openScene, type Scene } from '../support/scene.ts'
import { testKey } from '../support/test-gateway.ts'
import { anthropicStream, cohereStream, openAiStream, usage } from './mistral.fixture.ts'

type Type = 'mistral' | 'openai_compatible' | 'anthropic' | 'cohere'

async function open(type: Type, ...behaviours: Behaviour[]) {
  const scene = await openScene({
    upstreams: [behaviours],
    sections: ([upstream]) => ({
      providers: [
        {
          name: 'main',
          type,
          base_url:
            type === 'anthropic' || type === 'cohere'
              ? `http://127.0.0.1:${upstream?.port}`
              : upstream?.baseUrl,
          api_key: 'upstream-key',
          models: ['test-model'],
          max_retries: 0,
        },
      ],
    }),
  })
  const warnings: string[] = []
  const httpClient = new HTTPClient()
  httpClient.addHook('response', ({ headers }) => {
    warnings.push(headers.get('x-llm-proxy-warnings') ?? '')
  })
  const client = new Mistral({
    httpClient,
    apiKey: testKey,
    serverURL: scene.gateway.url,
    retryConfig: { strategy: 'none' },
  })
  return { scene, client, warnings }
}

function asked(scene: Scene, index = 0): Record<string, unknown> {
  return JSON.parse(scene.upstream.requests[index]?.body.toString() ?? '{}') as Record<string, unknown>
}

const model = 'test-model'
const messages = [{ role: 'user' as const, content: 'Hi' }]
const tools = [
  {
    type: 'function' as const,
    function: { name: 'look', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
  },
]

interface Told {
  text: string
  thought: string
  readonly signatures: string[]
  readonly calls: ToolCall[]
  finish: unknown
  tokens: unknown
}

async function tell(client: Mistral): Promise<Told> {
  const told: Told = { text: '', thought: '', signatures: [], calls: [], finish: null, tokens: null }
  for await (const { data } of await client.chat.stream({ model, messages, tools })) {
    told.tokens = data.usage?.totalTokens ?? told.tokens
    for (const { delta, finishReason } of data.choices) {
      told.finish = finishReason ?? told.finish
      told.calls.push(...(delta.toolCalls ?? []))
      readContent(delta.content ?? '', told)
    }
  }
  return told
}

function readContent(content: string | readonly object[], told: Told): void {
  if (typeof content === 'string') told.text += content
  else for (const piece of content) readChunk(piece, told)
}

function readChunk(piece: object, told: Told): void {
  if (!('thinking' in piece) || !Array.isArray(piece.thinking)) return
  for (const { text } of piece.thinking as { text: string }[]) told.thought += text
  if ('signature' in piece && typeof piece.signature === 'string') told.signatures.push(piece.signature)
}

test.each([
  ['openai_compatible', openAiStream],
  ['anthropic', anthropicStream],
  ['cohere', cohereStream],
] as const)('a thought, a text and two calls are streamed from %s', async (type, events) => {
  const { client } = await open(type, streamEvents(events))
  const told = await tell(client)
  expect(told).toMatchObject({ text: 'I look.', thought: 'Let me think.', finish: 'tool_calls' })
  expect(told.calls).toEqual([
    { id: 'a', type: 'function', function: { name: 'look', arguments: '{"city":"Rio"}' }, index: 0 },
    { id: 'b', type: 'function', function: { name: 'look', arguments: '{"city":"Lima"}' }, index: 1 },
  ])
  expect(told.tokens).toBeGreaterThan(0)
})

test('a signed thought goes through the client and back to its maker', async () => {
  const content = [
    { type: 'thinking', thinking: 'Let me think.', signature: 'proof' },
    { type: 'text', text: 'Hello' },
  ]
  const answer = {
    id: 'm',
    type: 'message',
    role: 'assistant',
    model,
    content,
    stop_reason: 'end_turn',
    usage,
  }
  const { client, scene } = await open('anthropic', answerJson(200, answer), answerJson(200, answer))
  const first = await client.chat.complete({ model, messages })
  const message = first.choices[0]?.message
  expect(message?.content).toMatchObject([
    { type: 'thinking', thinking: [{ type: 'text', text: 'Let me think.' }] },
    { type: 'text', text: 'Hello' },
  ])
  const history = [...messages, { ...message, role: 'assistant' as const }, ...messages]
  await client.chat.complete({ model, messages: history })
  expect(asked(scene, 1)['messages']).toMatchObject([
    { role: 'user' },
    { role: 'assistant', content },
    { role: 'user' },
  ])
})

describe('what only Mistral knows', () => {
  const openAiAnswer = {
    id: 'o',
    object: 'chat.completion',
    created: 1,
    model,
    choices: [
      { index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'content_filter' },
    ],
  }

  test('is said in the words of the upstream, or told', async () => {
    const { client, scene, warnings } = await open('openai_compatible', answerJson(200, openAiAnswer))
    const answer = await client.chat.complete({
      model,
      messages,
      tools,
      randomSeed: 7,
      safePrompt: true,
      toolChoice: 'any',
      promptMode: 'reasoning',
    })
    expect(answer).toMatchObject({ usage: { totalTokens: 0 }, choices: [{ finishReason: 'content_filter' }] })
    expect(asked(scene)).toMatchObject({ seed: 7, tool_choice: 'required' })
    expect(Object.keys(asked(scene))).not.toContain('safe_prompt')
    expect(warnings).toEqual(['dropped parameter prompt_mode; dropped parameter safe_prompt'])
  })

  test('is refused by its name where the answer would be another', async () => {
    const { client } = await open('openai_compatible', answerJson(200, openAiAnswer))
    const failure: unknown = await client.chat
      .complete({ model, messages, guardrails: [{ blockOnError: true, moderationLlmV1: null }] })
      .catch((thrown: unknown) => thrown)
    expect(failure).toMatchObject({ statusCode: 400 })
    expect(JSON.parse((failure as { body: string }).body)).toMatchObject({
      object: 'error',
      code: 'unsupported_parameter',
      param: 'guardrails',
    })
  })
})

describe('before Mistral itself', () => {
  const answer = {
    id: 'n',
    object: 'chat.completion',
    created: 1,
    model,
    usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7, num_cached_tokens: 1 },
    choices: [
      { index: 0, message: { role: 'assistant', content: 'Hello', prefix: false }, finish_reason: 'stop' },
    ],
  }
  const nativeChunk = (choice: object, more: object = {}) =>
    `data: ${JSON.stringify({ id: 'n', object: 'chat.completion.chunk', created: 1, model, choices: [{ index: 0, finish_reason: null, ...choice }], ...more })}\n\n`

  test('requests and answers pass as they are', async () => {
    const { client, scene, warnings } = await open('mistral', answerJson(200, answer))
    const told = await client.chat.complete({
      model,
      messages,
      randomSeed: 7,
      safePrompt: true,
      promptMode: 'reasoning',
      serviceTier: 'standard_only',
    })
    expect(asked(scene)).toEqual({
      model,
      messages,
      random_seed: 7,
      safe_prompt: true,
      prompt_mode: 'reasoning',
      service_tier: 'standard_only',
      stream: false,
    })
    expect(warnings).toEqual([''])
    expect(told.usage).toMatchObject({ num_cached_tokens: 1 })
  })

  test('a stream passes byte by byte, and is counted', async () => {
    const events = [
      nativeChunk({
        delta: {
          role: 'assistant',
          content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] }],
        },
      }),
      nativeChunk({ delta: { content: 'Hello' } }),
      nativeChunk(
        {
          delta: {
            content: '',
            tool_calls: [{ id: 'abcdefghi', function: { name: 'look', arguments: '{}' }, index: 0 }],
          },
          finish_reason: 'tool_calls',
        },
        { usage: answer.usage },
      ),
      doneMarker,
    ]
    const { client, scene } = await open('mistral', streamEvents(events), streamEvents(events))
    expect(await tell(client)).toMatchObject({
      text: 'Hello',
      thought: 'Hm.',
      tokens: 7,
      calls: [{ id: 'abcdefghi' }],
    })
    const reply = await fetch(`${scene.gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${testKey}`,
        'content-type': 'application/json',
        'user-agent': 'mistral-client-python/3.7.0',
      },
      body: JSON.stringify({ model, messages, stream: true }),
    })
    expect(await reply.text()).toBe(events.join(''))
    const [row] = await scene.gateway.stopAndReadLedger()
    expect(row).toMatchObject({ output_text: 4 })
  })
})

test('the middle of a text is completed by Mistral, and by nobody else', async () => {
  const answer = {
    id: 'n',
    object: 'chat.completion',
    created: 1,
    model,
    usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
    choices: [{ index: 0, message: { role: 'assistant', content: 'a + b' }, finish_reason: 'stop' }],
  }
  const question = { model, prompt: 'return ', suffix: '}', minTokens: 1 }
  const { client, scene } = await open('mistral', answerJson(200, answer))
  expect(await client.fim.complete(question)).toMatchObject({ choices: [{ message: { content: 'a + b' } }] })
  expect(scene.upstream.requests[0]?.url).toBe('/v1/fim/completions')
  expect(asked(scene)).toEqual({ model, prompt: 'return ', suffix: '}', min_tokens: 1, stream: false })
  const [row] = await scene.gateway.stopAndReadLedger()
  expect(row).toMatchObject({ input_uncached: 3, output_text: 4 })
  const other = await open('openai_compatible', answerJson(200, answer))
  await expect(other.client.fim.complete(question)).rejects.toMatchObject({ statusCode: 400 })
})

test('moderations are read as they come', async () => {
  const results = [{ flagged: true, categories: { violence: true }, category_scores: { violence: 0.9 } }]
  const { client } = await open('openai_compatible', answerJson(200, { id: 'm', model, results }))
  const answer = await client.classifiers.moderate({ model, inputs: ['a'] })
  expect(answer.results).toEqual([{ categories: { violence: true }, categoryScores: { violence: 0.9 } }])
})

describe('embeddings', () => {
  const data = [{ object: 'embedding', index: 0, embedding: [0.5, -1] }]
  const vectors = { object: 'list', data, model, usage: { prompt_tokens: 3, total_tokens: 3 } }

  test('have the id that the upstream lacks, in the size that was asked for', async () => {
    const { client, scene } = await open('openai_compatible', answerJson(200, vectors))
    const answer = await client.embeddings.create({ model, inputs: ['a'], outputDimension: 2 })
    expect(answer.id).not.toBe('')
    expect(answer).toMatchObject({ data: [{ embedding: [0.5, -1], index: 0 }], usage: { promptTokens: 3 } })
    expect(asked(scene)).toEqual({ model, input: ['a'], dimensions: 2 })
  })

  test('come from other formats too', async () => {
    const body = { id: 'e', embeddings: { float: [[0.5, -1]] }, meta: { billed_units: { input_tokens: 1 } } }
    const { client } = await open('cohere', answerJson(200, body))
    const answer = await client.embeddings.create({ model, inputs: 'a', metadata: { for: 'me' } })
    expect(answer).toMatchObject({ id: 'e', data: [{ embedding: [0.5, -1] }] })
  })

  test('of another kind of number are refused by name', async () => {
    const { client } = await open('openai_compatible', answerJson(200, vectors))
    const refusal = client.embeddings.create({ model, inputs: 'a', outputDtype: 'int8' })
    await expect(refusal).rejects.toMatchObject({
      statusCode: 400,
      body: expect.stringContaining('output_dtype') as string,
    })
  })

  test('pass as they are before Mistral itself', async () => {
    const { client, scene } = await open('mistral', answerJson(200, { id: 'own', ...vectors }))
    const answer = await client.embeddings.create({ model, inputs: ['a'], outputDtype: 'int8' })
    expect(answer.id).toBe('own')
    expect(asked(scene)).toEqual({ model, input: ['a'], output_dtype: 'int8' })
  })
})

test('a stream that breaks off fails in the client', async () => {
  const { client } = await open(
    'openai_compatible',
    streamEvents([chunk({ role: 'assistant', content: 'Let ' })], { ending: 'cut' }),
  )
  await expect(tell(client)).rejects.toThrow()
})

test('a client of OpenAI at the same address gets the bytes of its own', async () => {
  const { scene } = await open('openai_compatible', streamEvents(openAiStream))
  const reply = await scene.gateway.post('/v1/chat/completions', { model, messages, stream: true })
  expect(await reply.text()).toContain('"reasoning_content":"think."')
})

test('the models are listed with what they can do', async () => {
  const { client } = await open('openai_compatible', answerJson(200, {}))
  const { data } = await client.models.list()
  expect(data).toMatchObject([{ id: model, type: 'base', capabilities: { completionChat: true } }])
  expect(await client.models.retrieve({ modelId: model })).toMatchObject({ id: model, type: 'base' })
})
