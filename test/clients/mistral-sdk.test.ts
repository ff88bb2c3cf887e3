// Mistral's own client for JavaScript before vendors of other formats.

import { Mistral } from '@mistralai/mistralai'
import { MistralError } from '@mistralai/mistralai/models/errors'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { limited, vendorModels } from '../support/scripted-vendors/index.ts'
import {
  city,
  failWith,
  greeting,
  inputTokens,
  outputTokens,
  sayResult,
  thinkingOfTools,
} from '../support/scripted-vendors/turn.ts'
import { testKey } from '../support/test-gateway.ts'
import { shareVendors } from '../support/vendor-scene.ts'

const gatewayUrl = shareVendors()

function openClient(apiKey = testKey): Mistral {
  return new Mistral({ apiKey, serverURL: gatewayUrl(), retryConfig: { strategy: 'none' } })
}

const messages = [{ role: 'user' as const, content: 'Hi' }]
const usage = {
  promptTokens: inputTokens,
  completionTokens: outputTokens,
  totalTokens: inputTokens + outputTokens,
}
const tools = [
  {
    type: 'function' as const,
    function: {
      name: 'get_weather',
      description: 'Tells the weather.',
      parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    },
  },
]

describe.each([
  ['chat completions', vendorModels.chat],
  ['Anthropic', vendorModels.anthropic],
  ['Gemini', vendorModels.gemini],
])('a vendor of %s', (_format, model) => {
  test('answers', async () => {
    const answer = await openClient().chat.complete({ model, messages, temperature: 0.5, maxTokens: 100 })
    expect(answer.choices).toMatchObject([{ message: { content: greeting }, finishReason: 'stop' }])
    expect(answer.usage).toMatchObject(usage)
  })

  test('answers in a stream', async () => {
    const texts: string[] = []
    let finish: unknown
    for await (const { data } of await openClient().chat.stream({ model, messages })) {
      const [choice] = data.choices
      const content = choice?.delta.content
      if (typeof content === 'string' && content !== '') texts.push(content)
      finish = choice?.finishReason ?? finish
    }
    expect(texts.length).toBeGreaterThan(1)
    expect(texts.join('')).toBe(greeting)
    expect(finish).toBe('stop')
  })

  test('calls a tool and uses its result', async () => {
    const { chat } = openClient()
    const first = await chat.complete({ model, messages, tools, toolChoice: 'auto' })
    const message = first.choices[0]?.message
    if (message === undefined) throw new Error('no answer')
    expect(message.content).toBe(thinkingOfTools)
    expect(first.choices[0]?.finishReason).toBe('tool_calls')
    const [call] = message.toolCalls ?? []
    expect(JSON.parse(call?.function.arguments as string)).toEqual({ city: 'Lisbon' })
    const result = {
      role: 'tool' as const,
      name: 'get_weather',
      content: 'sunny',
      ...(call?.id !== undefined && { toolCallId: call.id }),
    }
    const asked = { ...message, role: 'assistant' as const }
    const second = await chat.complete({ model, messages: [...messages, asked, result], tools })
    expect(second.choices[0]?.message?.content).toBe(sayResult('sunny'))
  })

  test('calls a tool in a stream', async () => {
    const calls: unknown[] = []
    let text = ''
    for await (const { data } of await openClient().chat.stream({ model, messages, tools })) {
      const { content = '', toolCalls } = data.choices[0]?.delta ?? {}
      if (typeof content === 'string') text += content
      calls.push(...(toolCalls ?? []))
    }
    expect(text).toBe(thinkingOfTools)
    expect(calls).toMatchObject([{ function: { name: 'get_weather', arguments: '{"city":"Lisbon"}' } }])
  })

  test('answers by a schema', async () => {
    const responseFormat = z.object({ name: z.string(), inhabitants: z.number().int() })
    const answer = await openClient().chat.parse({ model, messages, responseFormat })
    expect(answer.choices?.[0]?.message?.parsed).toEqual(city)
  })

  test('fails as the client knows it, whole and streamed', async () => {
    const question = [{ role: 'user' as const, content: failWith(400) }]
    const error: unknown = await openClient()
      .chat.complete({ model, messages: question })
      .catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(MistralError)
    expect(error).toMatchObject({
      statusCode: 400,
      body: expect.stringContaining('words of the vendor') as string,
    })
    const busy = openClient().chat.stream({ model: limited(model), messages })
    await expect(busy).rejects.toMatchObject({ statusCode: 429 })
  })
})

test.each([[vendorModels.chat], ['gemini-embedding-001']])('texts are embedded by %s', async model => {
  const { id, data } = await openClient().embeddings.create({ model, inputs: ['a', 'b'] })
  expect(id).not.toBe('')
  expect(data).toMatchObject([{ embedding: [0.5, -1] }, { embedding: [0.5, -1] }])
})

test('the models are listed', async () => {
  const { data } = await openClient().models.list()
  expect(JSON.stringify(data)).toContain(vendorModels.anthropic)
})

test('a wrong key and an unknown model are told', async () => {
  const model = vendorModels.chat
  await expect(openClient('wrong').chat.complete({ model, messages })).rejects.toMatchObject({
    statusCode: 401,
  })
  await expect(openClient().chat.complete({ model: 'nobody', messages })).rejects.toMatchObject({
    statusCode: 404,
  })
})
