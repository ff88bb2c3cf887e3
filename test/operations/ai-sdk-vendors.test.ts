// What vendors have of their own passes through their packages of the AI SDK: signed thoughts, signed calls, their
// errors. And where a package is looked for.

import { writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { bodyOf, messages, model, openPackage, weather } from '../support/ai-sdk.ts'
import { answerJson, answerText, streamEvents } from '../support/fake-upstream.ts'

/** Fields beyond OpenAI's, which its client hands on as they are. */
interface Thinking {
  readonly reasoning_content?: string
  readonly reasoning_details?: ReadonlyArray<Record<string, unknown>>
}

describe('the package of Anthropic', () => {
  const anthropic = '@ai-sdk/anthropic'
  const usage = { input_tokens: 5, cache_read_input_tokens: 4, output_tokens: 8 }
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude', usage }
  const thinking = { type: 'thinking', thinking: 'Hm', signature: 'sig-1' }
  const toolUse = { type: 'tool_use', id: 'toolu_1', name: 'get_weather', input: { city: 'Rome' } }
  const asked = { model, messages, tools: [weather], max_tokens: 4000, reasoning_effort: 'low' as const }

  test('thinks, calls, and gets its signed thought back', async () => {
    const { chat, upstream } = await openPackage(anthropic, [
      answerJson(200, { ...message, content: [thinking, toolUse], stop_reason: 'tool_use' }),
      answerJson(200, { ...message, content: [{ type: 'text', text: 'Sunny' }], stop_reason: 'end_turn' }),
    ])
    const first = await chat.create(asked)
    expect(upstream.requests[0]).toMatchObject({
      url: '/v1/messages',
      headers: { 'x-api-key': 'sk-of-the-vendor-1' },
    })
    const answer = first.choices[0]?.message
    if (answer === undefined) throw new Error('no answer')
    expect(answer as Thinking).toMatchObject({ reasoning_content: 'Hm' })
    expect(first.choices[0]?.finish_reason).toBe('tool_calls')
    expect(first.usage).toMatchObject({ prompt_tokens: 9, prompt_tokens_details: { cached_tokens: 4 } })
    const result = { role: 'tool' as const, tool_call_id: 'toolu_1', content: 'sun' }
    const second = await chat.create({ ...asked, messages: [...messages, answer, result] })
    expect(second.choices[0]?.message.content).toBe('Sunny')
    expect(bodyOf(upstream, 1)['messages']).toMatchObject([
      { role: 'user' },
      { role: 'assistant', content: [thinking, toolUse] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1' }] },
    ])
  })

  test('streams a signed thought that comes back as well', async () => {
    const event = (type: string, more: object) =>
      `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`
    const { chat, upstream } = await openPackage(anthropic, [
      streamEvents([
        event('message_start', { message: { ...message, content: [], stop_reason: null } }),
        event('content_block_start', { index: 0, content_block: { type: 'thinking', thinking: '' } }),
        event('content_block_delta', { index: 0, delta: { type: 'thinking_delta', thinking: 'Hm' } }),
        event('content_block_delta', { index: 0, delta: { type: 'signature_delta', signature: 'sig-1' } }),
        event('content_block_stop', { index: 0 }),
        event('content_block_start', { index: 1, content_block: { type: 'text', text: '' } }),
        event('content_block_delta', { index: 1, delta: { type: 'text_delta', text: 'Yes' } }),
        event('content_block_stop', { index: 1 }),
        event('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 8 } }),
        event('message_stop', {}),
      ]),
      answerJson(200, { ...message, content: [{ type: 'text', text: 'Fine' }], stop_reason: 'end_turn' }),
    ])
    const details: Array<Record<string, unknown>> = []
    let text = ''
    for await (const { choices } of await chat.create({ ...asked, stream: true })) {
      text += choices[0]?.delta.content ?? ''
      details.push(...((choices[0]?.delta as Thinking | undefined)?.reasoning_details ?? []))
    }
    expect(text).toBe('Yes')
    const answer = { role: 'assistant', content: text, reasoning_details: details }
    await chat.create({ ...asked, messages: [...messages, answer, ...messages] as typeof messages })
    expect(bodyOf(upstream, 1)['messages']).toMatchObject([
      { role: 'user' },
      { role: 'assistant', content: [thinking, { type: 'text', text: 'Yes' }] },
      { role: 'user' },
    ])
  })

  test('fails in its own words', async () => {
    const { gateway } = await openPackage(anthropic, [
      answerJson(529, { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }),
    ])
    const response = await gateway.chat({ model, max_tokens: 9 })
    expect([response.status, await response.json()]).toMatchObject([
      503,
      { error: { code: 'upstream_overloaded' } },
    ])
  })
})

test('the package of Google gets the signature of a call back', async () => {
  const part = { functionCall: { name: 'get_weather', args: { city: 'Rome' } }, thoughtSignature: 'sig-2' }
  const answerOf = (...parts: object[]) => ({
    candidates: [{ content: { role: 'model', parts }, finishReason: 'STOP', index: 0 }],
    usageMetadata: {
      promptTokenCount: 6,
      candidatesTokenCount: 2,
      thoughtsTokenCount: 3,
      totalTokenCount: 11,
    },
  })
  const { chat, upstream } = await openPackage('@ai-sdk/google', [
    streamEvents([`data: ${JSON.stringify(answerOf(part))}\n\n`]),
    answerJson(200, answerOf({ text: 'Sunny' })),
  ])
  const stream = chat.stream({ model, messages, tools: [weather], stream_options: { include_usage: true } })
  const first = await stream.finalChatCompletion()
  expect(upstream.requests[0]?.url).toBe(`/v1/models/${model}:streamGenerateContent?alt=sse`)
  expect(first.usage).toMatchObject({
    prompt_tokens: 6,
    completion_tokens: 5,
    completion_tokens_details: { reasoning_tokens: 3 },
  })
  const answer = first.choices[0]?.message
  const [call] = answer?.tool_calls ?? []
  if (answer === undefined || call === undefined) throw new Error('no call')
  expect(call).toMatchObject({ function: { name: 'get_weather', arguments: '{"city":"Rome"}' } })
  const result = { role: 'tool' as const, tool_call_id: call.id, content: 'sun' }
  const history = { role: 'assistant' as const, tool_calls: answer.tool_calls ?? [] }
  const second = await chat.create({ model, messages: [...messages, history, result], tools: [weather] })
  expect(second.choices[0]).toMatchObject({ message: { content: 'Sunny' }, finish_reason: 'stop' })
  expect(bodyOf(upstream, 1)['contents']).toMatchObject([
    { role: 'user' },
    { role: 'model', parts: [part] },
    { role: 'user', parts: [{ functionResponse: { name: 'get_weather' } }] },
  ])
})

describe('a package', () => {
  test('that is not installed makes a provider that says so', async () => {
    const { gateway } = await openPackage('@ai-sdk/not-installed', [answerText('x')])
    const response = await gateway.chat({ model })
    expect([response.status, await response.json()]).toMatchObject([
      503,
      { error: { message: expect.stringContaining('npm install @ai-sdk/not-installed') } },
    ])
  })

  test('of one\u2019s own stands beside the configuration, and needs `export` where it makes several', async () => {
    const scene = await openPackage('./my-package.mjs', [answerText('x')], { export: 'createSecond' })
    expect((await scene.gateway.chat({ model })).status).toBe(503)
    writeFileSync(
      `${scene.gateway.directory}/my-package.mjs`,
      `const model = answer => ({
        specificationVersion: 'v2',
        supportedUrls: {},
        doGenerate: async () => ({
          content: [{ type: 'text', text: answer }],
          finishReason: 'stop',
          usage: { inputTokens: 9, cachedInputTokens: 4, outputTokens: 2, totalTokens: 11 },
          warnings: [{ type: 'unsupported-setting', setting: 'seed' }],
        }),
      })
      export const createFirst = () => ({ languageModel: () => model('first') })
      export const createSecond = () => ({ languageModel: () => model('second') })`,
    )
    await scene.gateway.app.reload()
    const { data, response } = await scene.chat.create({ model, messages, seed: 1 }).withResponse()
    expect(data.choices[0]?.message.content).toBe('second')
    expect(data.usage).toMatchObject({ prompt_tokens: 9, prompt_tokens_details: { cached_tokens: 4 } })
    expect(response.headers.get('x-llm-proxy-warnings')).toBe('dropped parameter seed')
  })
})
