// A provider package of the AI SDK as a provider: a real package, real sockets, a scripted upstream.

import { describe, expect, test } from 'vitest'
import { bodyOf, messages, model, openPackage, providerOf, weather } from '../support/ai-sdk.ts'
import {
  answerJson,
  answerText,
  chunk,
  completion,
  resetConnection,
  stall,
  streamEvents,
  wholeStream,
} from '../support/fake-upstream.ts'
import { eventually, openScene } from '../support/scene.ts'

const compatible = '@ai-sdk/openai-compatible'

describe('an OpenAI-compatible package', () => {
  test('answers with text and usage, and is asked with the key and the headers of the configuration', async () => {
    const { chat, upstream, gateway } = await openPackage(compatible, [answerText('Good day')], {
      headers: { 'x-team': 'research' },
      options: { queryParams: { v: '1' } },
    })
    const answer = await chat.create({
      model,
      messages,
      temperature: 0.5,
      max_tokens: 9,
      stop: ['x'],
      seed: 7,
    })
    expect(answer).toMatchObject({
      id: 'chatcmpl-1',
      model: 'upstream-model',
      choices: [{ message: { role: 'assistant', content: 'Good day' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 },
    })
    expect(upstream.requests[0]).toMatchObject({
      url: '/v1/chat/completions?v=1',
      headers: { authorization: 'Bearer sk-of-the-vendor-1', 'x-team': 'research' },
    })
    expect(bodyOf(upstream)).toMatchObject({ model, temperature: 0.5, max_tokens: 9, stop: ['x'], seed: 7 })
    const [row] = await gateway.stopAndReadLedger()
    expect(row).toMatchObject({ provider: 'sdk', model, input_uncached: 7, output_text: 3, outcome: 'ok' })
  })

  test('streams', async () => {
    const { chat, settled } = await openPackage(compatible, [streamEvents(wholeStream('Good', ' day'))])
    const stream = await chat.create({
      model,
      messages,
      stream: true,
      stream_options: { include_usage: true },
    })
    let text = ''
    const reasons: unknown[] = []
    let usage: unknown
    for await (const { choices, usage: counted } of stream) {
      text += choices[0]?.delta.content ?? ''
      if (choices[0]?.finish_reason) reasons.push(choices[0].finish_reason)
      usage = counted ?? usage
    }
    expect([text, reasons]).toEqual(['Good day', ['stop']])
    expect(usage).toMatchObject({ prompt_tokens: 7, completion_tokens: 3 })
    await settled()
  })

  test('calls tools, and is told their results', async () => {
    const call = {
      id: 'call_1',
      type: 'function',
      function: { name: 'get_weather', arguments: '{"city":"Rome"}' },
    }
    const { chat, upstream } = await openPackage(compatible, [
      answerJson(200, {
        ...completion(''),
        choices: [
          { index: 0, message: { role: 'assistant', tool_calls: [call] }, finish_reason: 'tool_calls' },
        ],
      }),
      answerText('Sunny'),
    ])
    const asked = { model, messages, tools: [weather], tool_choice: 'required' as const }
    const first = await chat.create(asked)
    expect(first.choices[0]).toMatchObject({ finish_reason: 'tool_calls', message: { tool_calls: [call] } })
    const answer = first.choices[0]?.message
    if (answer === undefined) throw new Error('no answer')
    const result = { role: 'tool' as const, tool_call_id: 'call_1', content: 'sun' }
    await chat.create({ ...asked, messages: [...messages, answer, result] })
    expect(bodyOf(upstream)).toMatchObject({ tools: [weather], tool_choice: 'required' })
    expect(bodyOf(upstream, 1)['messages']).toMatchObject([
      { role: 'user' },
      { role: 'assistant', tool_calls: [call] },
      { role: 'tool', tool_call_id: 'call_1', content: 'sun' },
    ])
  })

  test('calls tools in a stream', async () => {
    const piece = (index: number, more: object) => chunk({ tool_calls: [{ index, ...more }] })
    const { chat } = await openPackage(compatible, [
      streamEvents([
        piece(0, { id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: '' } }),
        piece(0, { function: { arguments: '{"city":' } }),
        piece(0, { function: { arguments: '"Rome"}' } }),
        chunk({}, 'tool_calls'),
        'data: [DONE]\n\n',
      ]),
    ])
    const stream = chat.stream({ model, messages, tools: [weather] })
    const { choices } = await stream.finalChatCompletion()
    expect(choices[0]?.finish_reason).toBe('tool_calls')
    expect(choices[0]?.message.tool_calls).toMatchObject([
      { id: 'call_1', function: { name: 'get_weather', arguments: '{"city":"Rome"}' } },
    ])
  })

  test('thinks aloud', async () => {
    const { chat } = await openPackage(compatible, [
      streamEvents([
        chunk({ reasoning_content: 'Let me' }),
        chunk({ reasoning_content: ' see' }),
        chunk({ content: 'Yes' }),
        chunk({}, 'stop'),
        'data: [DONE]\n\n',
      ]),
    ])
    let thought = ''
    let text = ''
    for await (const { choices } of await chat.create({ model, messages, stream: true })) {
      const delta = choices[0]?.delta as { content?: string; reasoning_content?: string } | undefined
      thought += delta?.reasoning_content ?? ''
      text += delta?.content ?? ''
    }
    expect([thought, text]).toEqual(['Let me see', 'Yes'])
  })

  test('sees images, and answers by a schema', async () => {
    const { chat, upstream } = await openPackage(compatible, [answerText('{}')], {
      options: { supportsStructuredOutputs: true },
    })
    const schema = { type: 'object', properties: {}, additionalProperties: false }
    await chat.create({
      model,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is it?' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
          ],
        },
      ],
      response_format: { type: 'json_schema', json_schema: { name: 'thing', schema } },
    })
    expect(bodyOf(upstream)).toMatchObject({
      messages: [
        { content: [{ text: 'What is it?' }, { image_url: { url: 'data:image/png;base64,AAAA' } }] },
      ],
      response_format: { type: 'json_schema', json_schema: { name: 'thing', schema } },
    })
  })

  test('is not asked for what it cannot do', async () => {
    const { chat, upstream } = await openPackage(compatible, [answerText('x')])
    await expect(chat.create({ model, messages, n: 2 })).rejects.toMatchObject({ status: 400, param: 'n' })
    const { response } = await chat.create({ model, messages, user: 'me', top_k: 3 } as never).withResponse()
    expect(response.headers.get('x-llm-proxy-warnings')).toMatch(
      /dropped parameter user.*dropped parameter topK/,
    )
    expect(upstream.requests).toHaveLength(1)
  })
})

describe('a failure of the vendor', () => {
  test.each([
    [429, { error: { message: 'slow down', type: 'rate_limit_error' } }, 429, 'rate_limit_exceeded'],
    [401, { error: { message: 'Bad key sk-of-the-vendor-1' } }, 502, 'upstream_authentication'],
    [400, { error: { message: 'maximum context length is 8' } }, 400, 'context_length_exceeded'],
    [500, { error: { message: 'oh no' } }, 502, 'upstream_error'],
  ])('with the status %i is read like any other', async (...[upstreamStatus, body, status, code]) => {
    const { gateway } = await openPackage(compatible, [
      answerJson(upstreamStatus, body, { 'retry-after': '7' }),
    ])
    const response = await gateway.chat({ model })
    const text = await response.text()
    expect([response.status, JSON.parse(text)]).toMatchObject([status, { error: { code, provider: 'sdk' } }])
    expect(text).not.toContain('sk-of-the-vendor-1')
    if (status === 429) expect(response.headers.get('retry-after')).toBe('7')
  })

  test('to be reached is told, also before a stream', async () => {
    const { gateway, settled } = await openPackage(compatible, [resetConnection])
    expect((await gateway.chat({ model })).status).toBe(503)
    expect((await gateway.chat({ model, stream: true })).status).toBe(503)
    await settled()
  })

  test('before the first content of a stream leaves the request to another provider', async () => {
    const scene = await openScene({
      upstreams: [[answerJson(503, { error: { message: 'busy' } })], [streamEvents(wholeStream('Hi'))]],
      sections: ([first, second]) => ({
        providers: [
          providerOf(compatible, first === undefined ? [] : [first], {}),
          { name: 'other', type: 'openai_compatible', base_url: second?.baseUrl, models: [model] },
        ],
      }),
    })
    const response = await scene.gateway.chat({ model, stream: true })
    expect(response.headers.get('x-llm-proxy-provider')).toBe('other')
    expect(await response.text()).toContain('Hi')
  })

  test('in the middle of a stream ends it with an error', async () => {
    const { gateway, settled } = await openPackage(compatible, [
      streamEvents([chunk({ content: 'Hi' }), 'data: {"error":{"message":"oh no"}}\n\n'], {
        ending: 'stall',
      }),
    ])
    const text = await (await gateway.chat({ model, stream: true })).text()
    expect(text).toContain('"content":"Hi"')
    expect(text).toContain('"error":')
    expect(text).not.toContain('[DONE]')
    await settled()
  })

  test('to say anything in time is told', async () => {
    const { gateway, upstream, settled } = await openPackage(compatible, [stall], {
      timeouts: { headers: '60ms' },
    })
    const response = await gateway.chat({ model })
    expect([response.status, await response.json()]).toMatchObject([
      504,
      { error: { code: 'upstream_timeout' } },
    ])
    await upstream.requests[0]?.aborted
    await settled()
  })

  test('to go on with a stream is told', async () => {
    const { gateway, upstream, settled } = await openPackage(
      compatible,
      [streamEvents([chunk({ content: 'Hi' })], { ending: 'stall' })],
      { timeouts: { idle: '60ms' } },
    )
    const text = await (await gateway.chat({ model, stream: true })).text()
    expect(text).toContain('upstream_timeout')
    await upstream.requests[0]?.aborted
    await settled()
  })
})

test('a client that leaves ends the call of the vendor', async () => {
  const { chat, upstream, gateway, settled } = await openPackage(compatible, [
    streamEvents([chunk({ content: 'Hi' })], { ending: 'stall' }),
  ])
  const stream = await chat.create({ model, messages, stream: true })
  for await (const _ of stream) break
  stream.controller.abort()
  await upstream.requests[0]?.aborted
  await settled()
  const [row] = await gateway.stopAndReadLedger()
  expect(row).toMatchObject({ outcome: 'client_disconnected' })
})

test('a client that leaves before the answer ends the call of the vendor', async () => {
  const { chat, upstream, settled } = await openPackage(compatible, [stall])
  const leaving = new AbortController()
  const failed = expect(chat.create({ model, messages }, { signal: leaving.signal })).rejects.toThrow()
  await eventually(() => upstream.requests.length === 1)
  leaving.abort()
  await failed
  await upstream.requests[0]?.aborted
  await settled()
})
