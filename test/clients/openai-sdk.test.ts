// OpenAI's own client for JavaScript before vendors of other formats: chat completions, responses, embeddings.

import OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
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

function openClient(): OpenAI {
  return new OpenAI({ apiKey: testKey, baseURL: `${gatewayUrl()}/v1`, maxRetries: 0 })
}

const messages = [
  { role: 'system' as const, content: 'Be brief.' },
  { role: 'user' as const, content: 'Hi' },
]
const citySchema = {
  type: 'object',
  properties: { name: { type: 'string' }, inhabitants: { type: 'integer' } },
  required: ['name', 'inhabitants'],
  additionalProperties: false,
}
const parameters = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
}
const chatTool = { name: 'get_weather', description: 'Tells the weather.', parameters }
const responsesTool = { type: 'function' as const, strict: true, ...chatTool }
const vendors = [
  ['chat completions', vendorModels.chat],
  ['Anthropic', vendorModels.anthropic],
  ['Gemini', vendorModels.gemini],
] as const

function runnableWeather(asked: string[]) {
  return {
    type: 'function' as const,
    function: {
      ...chatTool,
      parse: (text: string) => JSON.parse(text) as { city: string },
      function: (input: { city: string }) => {
        asked.push(input.city)
        return 'sunny'
      },
    },
  }
}

describe.each(vendors)('chat completions of a vendor of %s', (_format, model) => {
  const usage = {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
  }

  test('come whole', async () => {
    const answer = await openClient().chat.completions.create({ model, messages })
    expect(answer.choices).toMatchObject([{ message: { content: greeting }, finish_reason: 'stop' }])
    expect(answer.usage).toMatchObject(usage)
  })

  test('come in a stream', async () => {
    const stream = openClient().chat.completions.stream({
      model,
      messages,
      stream_options: { include_usage: true },
    })
    const pieces: string[] = []
    stream.on('content', piece => pieces.push(piece))
    const answer = await stream.finalChatCompletion()
    expect(pieces.length).toBeGreaterThan(1)
    expect(answer.choices).toMatchObject([{ message: { content: greeting }, finish_reason: 'stop' }])
    expect(await stream.totalUsage()).toMatchObject(usage)
  })

  test('the client runs a loop of tools, whole and streamed', async () => {
    const asked: string[] = []
    const tools = [runnableWeather(asked)]
    const runner = openClient().chat.completions.runTools({ model, messages, tools })
    expect(await runner.finalContent()).toBe(sayResult('sunny'))
    const streamed = openClient().chat.completions.runTools({ model, messages, tools, stream: true })
    expect(await streamed.finalContent()).toBe(sayResult('sunny'))
    expect(asked).toEqual(['Lisbon', 'Lisbon'])
    expect(streamed.messages.find(({ role }) => role === 'assistant')?.content).toBe(thinkingOfTools)
  })

  test('an answer follows a schema', async () => {
    const answer = await openClient().chat.completions.parse({
      model,
      messages,
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'city', strict: true, schema: citySchema },
      },
    })
    expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toEqual(city)
  })

  test.each([
    [400, OpenAI.BadRequestError, 400],
    [500, OpenAI.InternalServerError, 502],
  ])('a %i is raised as what it is', async (...[status, raised, expected]) => {
    const question = [{ role: 'user' as const, content: failWith(status) }]
    for (const stream of [false, true]) {
      const error: unknown = await openClient()
        .chat.completions.create({ model, messages: question, stream })
        .catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(raised)
      const words = expect.stringContaining('words of the vendor') as string
      expect(error).toMatchObject({ status: expected, message: words })
    }
  })

  test('a limit is raised as what it is', async () => {
    const asked = openClient().chat.completions.create({ model: limited(model), messages })
    await expect(asked).rejects.toBeInstanceOf(OpenAI.RateLimitError)
  })
})

describe.each(vendors)('responses of a vendor of %s', (_format, model) => {
  const usage = {
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
  }

  test('come whole, are kept, gone on from, and deleted', async () => {
    const { responses } = openClient()
    const first = await responses.create({ model, instructions: 'Be brief.', input: 'Hi' })
    expect(first).toMatchObject({ status: 'completed', output_text: greeting, usage })
    const second = await responses.create({ model, input: 'And?', previous_response_id: first.id })
    expect(second.output_text).toBe(greeting)
    expect((await responses.retrieve(first.id)).output_text).toBe(greeting)
    await responses.delete(first.id)
    await expect(responses.retrieve(first.id)).rejects.toBeInstanceOf(OpenAI.NotFoundError)
  })

  test('come in a stream', async () => {
    const stream = openClient().responses.stream({ model, input: 'Hi' })
    const pieces: string[] = []
    stream.on('response.output_text.delta', ({ delta }) => pieces.push(delta))
    const answer = await stream.finalResponse()
    expect(pieces.length).toBeGreaterThan(1)
    expect(pieces.join('')).toBe(greeting)
    expect(answer).toMatchObject({ status: 'completed', output_text: greeting, usage })
  })

  test.each([['by its id'], ['by its items']])('a tool is called, and the response goes on %s', async way => {
    const { responses } = openClient()
    const first = await responses.stream({ model, input: 'Weather?', tools: [responsesTool] }).finalResponse()
    const call = first.output.find(item => item.type === 'function_call')
    expect(JSON.parse(call?.arguments ?? '')).toEqual({ city: 'Lisbon' })
    const result = { type: 'function_call_output' as const, call_id: call?.call_id ?? '', output: 'sunny' }
    const second =
      way === 'by its id'
        ? await responses.create({
            model,
            previous_response_id: first.id,
            input: [result],
            tools: [responsesTool],
          })
        : await responses.create({
            model,
            store: false,
            input: [
              { role: 'user', content: 'Weather?' },
              ...(first.output as OpenAI.Responses.ResponseInputItem[]),
              result,
            ],
            tools: [responsesTool],
          })
    expect(second.output_text).toBe(sayResult('sunny'))
  })

  test('an answer follows a schema', async () => {
    const format = { type: 'json_schema' as const, name: 'city', strict: true, schema: citySchema }
    const answer = await openClient().responses.create({ model, input: 'A city', text: { format } })
    expect(JSON.parse(answer.output_text)).toEqual(city)
  })

  test('a failure is raised as what it is', async () => {
    const refused = openClient().responses.create({ model, input: failWith(400) })
    await expect(refused).rejects.toBeInstanceOf(OpenAI.BadRequestError)
    const asked = { model: limited(model), input: 'Hi' }
    await expect(openClient().responses.create(asked)).rejects.toBeInstanceOf(OpenAI.RateLimitError)
    const streamed = openClient().responses.create({ ...asked, stream: true })
    await expect(streamed).rejects.toBeInstanceOf(OpenAI.RateLimitError)
  })
})

test('embeddings of a vendor of Gemini come in the encoding that the client asks for by itself', async () => {
  const { data } = await openClient().embeddings.create({
    model: 'gemini-embedding-001',
    input: ['one', 'two'],
  })
  expect(data.map(({ embedding }) => embedding)).toEqual([
    [0.5, -1],
    [0.5, -1],
  ])
})
