// OpenAI's own client for JavaScript against a gateway with the simulator: what it reads is what it expects.

import OpenAI from 'openai'
import type { RunnableToolFunctionWithParse } from 'openai/lib/RunnableFunction'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import {
  type GatewayProcess,
  readLedger,
  removeFolder,
  startGateway,
  withKey,
} from '../support/gateway-process.ts'
import { waitUntil } from '../support/wait-until.ts'

const model = 'gpt-4o-mini'
let gateway: GatewayProcess
let client: OpenAI

beforeAll(async () => {
  const simulator =
    'simulator:\n  first_token_ms: 5\n  token_ms: 5\nproviders:\n  - type: simulator\n    max_retries: 0'
  gateway = await startGateway({ yaml: withKey(simulator) })
  client = new OpenAI({ apiKey: gateway.key, baseURL: `${gateway.url}/v1`, maxRetries: 0 })
})

afterAll(async () => {
  await gateway.stop()
  removeFolder(gateway.folder)
})

const messages = [{ role: 'user' as const, content: 'What are the weather and the time in Lisbon?' }]

function tool(name: string) {
  const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
  return { type: 'function' as const, function: { name, description: `Looks up: ${name}`, parameters } }
}
const tools = [tool('get_weather'), tool('get_time')]

test('a whole answer comes with its usage and the headers of the gateway', async () => {
  const { data, response, request_id } = await client.chat.completions
    .create({ model, messages })
    .withResponse()
  expect(data.choices[0]).toMatchObject({ finish_reason: 'stop', message: { role: 'assistant' } })
  expect(data.choices[0]?.message.content).toContain('Lisbon')
  expect(data.usage?.total_tokens).toBe(
    (data.usage?.prompt_tokens ?? 0) + (data.usage?.completion_tokens ?? 0),
  )
  expect(response.headers.get('x-llm-proxy-provider')).toBe('simulator')
  expect(response.headers.get('x-llm-proxy-model')).toBe(model)
  expect(response.headers.get('x-llm-proxy-attempts')).toBe('1')
  expect(request_id).toBe(response.headers.get('x-request-id'))
})

test('a stream has the text of the whole answer, one chunk after the other', async () => {
  const whole = await client.chat.completions.create({ model, messages })
  const stream = await client.chat.completions.create({ model, messages, stream: true })
  const texts: string[] = []
  for await (const chunk of stream) {
    expect(chunk.usage ?? null).toBeNull()
    texts.push(chunk.choices[0]?.delta.content ?? '')
  }
  expect(texts.length).toBeGreaterThan(10)
  // The closing words of the simulator differ with the request; what it says of the question does not.
  expect(texts.join('').slice(0, 60)).toBe(whole.choices[0]?.message.content?.slice(0, 60))
})

test('a stream ends with its usage where the client asks for it', async () => {
  const stream = client.chat.completions.stream({ model, messages, stream_options: { include_usage: true } })
  const completion = await stream.finalChatCompletion()
  expect(completion.choices[0]?.finish_reason).toBe('stop')
  expect((await stream.totalUsage()).completion_tokens).toBeGreaterThan(5)
})

test('tools are called, answered, and the answer is used', async () => {
  const asked = await client.chat.completions.create({ model, messages, tools, parallel_tool_calls: false })
  expect(asked.choices[0]?.finish_reason).toBe('tool_calls')
  const message = asked.choices[0]?.message
  const [call] = message?.tool_calls ?? []
  if (message === undefined || call?.type !== 'function') throw new Error('no call of a function')
  expect(call.function.name).toBe('get_weather')
  expect(JSON.parse(call.function.arguments)).toEqual({ city: 'Lisbon' })

  const result = { role: 'tool' as const, tool_call_id: call.id, content: '{"degrees":21}' }
  const answered = await client.chat.completions.create({
    model,
    messages: [...messages, message, result],
    tools,
  })
  expect(answered.choices[0]?.finish_reason).toBe('stop')
  expect(answered.choices[0]?.message.content).toContain('21')
})

test('parallel calls are put together from a stream, each with its own arguments', async () => {
  const stream = client.chat.completions.stream({ model, messages, tools, parallel_tool_calls: true })
  const completion = await stream.finalChatCompletion()
  const calls = completion.choices[0]?.message.tool_calls ?? []
  expect(calls.map(call => call.type === 'function' && call.function.name)).toEqual([
    'get_weather',
    'get_time',
  ])
  for (const call of calls)
    if (call.type === 'function') expect(JSON.parse(call.function.arguments)).toEqual({ city: 'Lisbon' })
  expect(new Set(calls.map(call => call.id)).size).toBe(2)
})

test('the client runs a loop of tools by itself', async () => {
  const asked: string[] = []
  const weather: RunnableToolFunctionWithParse<{ city: string }> = {
    type: 'function',
    function: {
      ...tool('get_weather').function,
      parse: text => JSON.parse(text) as { city: string },
      function: ({ city }) => {
        asked.push(city)
        return '{"degrees":21}'
      },
    },
  }
  const runner = client.chat.completions.runTools({ model, messages, tools: [weather] })
  expect(await runner.finalContent()).toContain('21')
  expect(asked).toEqual(['Lisbon'])
})

test('an answer by a JSON schema is parsed into what the schema says', async () => {
  const city = z.object({
    name: z.string(),
    inhabitants: z.number().int(),
    tags: z.array(z.enum(['sea', 'river'])),
  })
  const schema = z.toJSONSchema(city) as Record<string, unknown>
  const completion = await client.chat.completions.parse({
    model,
    messages,
    response_format: { type: 'json_schema', json_schema: { name: 'city', strict: true, schema } },
  })
  expect(() => city.parse(JSON.parse(completion.choices[0]?.message.content ?? ''))).not.toThrow()
})

test('embeddings come as numbers, in base64 on the wire as the client asks by itself, or as floats', async () => {
  const input = ['the sea at Lisbon', 'Lisbon at the sea', 'an unrelated line']
  const { data, usage } = await client.embeddings.create({ model: 'text-embedding-3-small', input })
  const [one = [], two = [], other = []] = data.map(({ embedding }) => embedding)
  expect([one.length, two.length]).toEqual([1536, 1536])
  expect(usage.total_tokens).toBeGreaterThan(0)
  expect(dot(one, two)).toBeGreaterThan(dot(one, other))

  const floats = await client.embeddings.create({
    model: 'text-embedding-3-small',
    input: input[0] ?? '',
    encoding_format: 'float',
  })
  const difference = (floats.data[0]?.embedding ?? []).map((value, index) =>
    Math.abs(value - (one[index] ?? 9)),
  )
  expect(Math.max(...difference)).toBeLessThan(1e-6)
})

function dot(left: readonly number[], right: readonly number[]): number {
  return left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0)
}

test('legacy completions answer, whole and streamed', async () => {
  const body = { model: 'gpt-3.5-turbo-instruct', prompt: 'Once upon a time', max_tokens: 8 }
  const whole = await client.completions.create(body)
  expect(whole.choices[0]?.text).toMatch(/\S/)
  expect(whole.usage?.completion_tokens).toBe(8)
  let text = ''
  for await (const chunk of await client.completions.create({ ...body, stream: true }))
    text += chunk.choices[0]?.text ?? ''
  expect(text).toMatch(/\S/)
})

test('models are listed and retrieved, by provider and name too', async () => {
  const listed: string[] = []
  for await (const { id } of client.models.list()) listed.push(id)
  expect(listed).toContain(model)
  expect(await client.models.retrieve(model)).toMatchObject({ id: model, object: 'model' })
  expect(await client.models.retrieve(`simulator/${model}`)).toMatchObject({ object: 'model' })
  await expect(client.models.retrieve('gpt-4o-mimi')).rejects.toThrow(OpenAI.NotFoundError)
})

test('an unknown model is a NotFoundError that names near ones', async () => {
  const failure = client.chat.completions.create({ model: 'gpt-4o-mimi', messages })
  await expect(failure).rejects.toThrow(OpenAI.NotFoundError)
  await expect(failure).rejects.toMatchObject({
    status: 404,
    code: 'model_not_found',
    param: 'model',
    message: expect.stringContaining('gpt-4o-mini'),
  })
})

test('a wrong key is an AuthenticationError', async () => {
  const stranger = new OpenAI({ apiKey: 'sk-wrong', baseURL: `${gateway.url}/v1`, maxRetries: 0 })
  const failure = stranger.chat.completions.create({ model, messages })
  await expect(failure).rejects.toThrow(OpenAI.AuthenticationError)
  await expect(failure).rejects.toMatchObject({ status: 401, code: 'invalid_api_key' })
})

test.each([
  [{ temperature: 'hot' }, 'temperature'],
  [{ messages: [{ role: 'nobody', content: 'x' }] }, 'messages[0].role'],
  [{ messages: [] }, 'messages'],
  [{ max_tokens: -1 }, 'max_tokens'],
  [{ tools: [{ type: 'function', function: {} }] }, 'tools[0].function.name'],
])('%j is a BadRequestError that names the field', async (changes, param) => {
  const body = { model, messages, ...changes } as unknown as OpenAI.ChatCompletionCreateParamsNonStreaming
  const failure = client.chat.completions.create(body)
  await expect(failure).rejects.toThrow(OpenAI.BadRequestError)
  await expect(failure).rejects.toMatchObject({ status: 400, param, type: 'invalid_request_error' })
})

test('a limit and a failure of the provider are the errors that the client knows them by', async () => {
  const limited = client.chat.completions.create({ model: 'simulator-error-429', messages })
  await expect(limited).rejects.toThrow(OpenAI.RateLimitError)
  const failed = client.chat.completions.create({ model: 'simulator-error-500', messages })
  await expect(failed).rejects.toThrow(OpenAI.InternalServerError)
})

test('a stream that the provider cuts ends in an error and never looks whole', async () => {
  const stream = await client.chat.completions.create({ model: 'simulator-cut', messages, stream: true })
  let text = ''
  const read = async (): Promise<void> => {
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
  }
  await expect(read()).rejects.toThrow(OpenAI.APIError)
  expect(text).toMatch(/\S/)
})

test('a stream that the client leaves is recorded as that', async () => {
  const stream = await client.chat.completions.create({ model: 'simulator-slow', messages, stream: true })
  for await (const _ of stream) break
  await waitUntil('the request has ended', async () => {
    const metrics = await gateway.readMetrics()
    const left = [...metrics].filter(([name]) => /requests_total.*outcome="client_disconnected"/.test(name))
    return left.length === 1 && metrics.get('llm_proxy_requests_in_flight') === 0
  })
})

test('every request of these tests has its row in the ledger', async () => {
  const metrics = await gateway.readMetrics()
  const counted = [...metrics].filter(
    ([name]) => name.startsWith('llm_proxy_requests_total') && !name.includes('status="401"'),
  )
  await gateway.stop()
  expect(readLedger(gateway.folder)).toHaveLength(counted.reduce((sum, [, value]) => sum + value, 0))
})
