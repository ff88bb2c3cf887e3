// The official client reads the simulator over HTTP: what it understands, other clients will.

import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import OpenAI from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import type { Operation, RawReply } from '../../call.ts'
import { makeRequest, makeSimulator } from './simulator.fixture.ts'

const operations: Readonly<Record<string, Operation>> = {
  '/v1/chat/completions': 'chat',
  '/v1/completions': 'completion',
  '/v1/embeddings': 'embedding',
}

let server: Server
let client: OpenAI

beforeAll(async () => {
  const send = makeSimulator()
  server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>
      void send(makeRequest(body, { operation: operations[request.url ?? ''] ?? 'chat' })).then(reply => {
        writeReply(reply, response)
      })
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  client = new OpenAI({ apiKey: 'none', baseURL: `http://127.0.0.1:${port}/v1`, maxRetries: 0 })
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

function writeReply(reply: RawReply, response: ServerResponse): void {
  response.writeHead(reply.status, reply.headers as Record<string, string>)
  if (Buffer.isBuffer(reply.body)) {
    response.end(reply.body)
    return
  }
  reply.body.read({
    data: chunk => void response.write(chunk),
    end: () => void response.end(),
    fail: () => void response.destroy(),
  })
}

const messages = [{ role: 'user' as const, content: 'Hello, how is the weather in Lisbon?' }]
const tools = [
  {
    type: 'function' as const,
    function: {
      name: 'get_weather',
      parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    },
  },
]

test('a whole answer', async () => {
  const completion = await client.chat.completions.create({ model: 'gpt-4o', messages })
  expect(completion.choices[0]?.message.content).toMatch(/simulator/)
})

test('a stream, put together by the client, with its usage', async () => {
  const stream = client.chat.completions.stream({
    model: 'gpt-4o',
    messages,
    stream_options: { include_usage: true },
  })
  const completion = await stream.finalChatCompletion()
  expect(completion.choices[0]).toMatchObject({ finish_reason: 'stop', message: { role: 'assistant' } })
  expect(completion.choices[0]?.message.content).toMatch(/Hello, how is the weather in Lisbon\?/)
  expect((await stream.totalUsage()).completion_tokens).toBeGreaterThan(20)
})

test('tool calls in a stream', async () => {
  const stream = client.chat.completions.stream({ model: 'gpt-4o', messages, tools })
  const completion = await stream.finalChatCompletion()
  const call = completion.choices[0]?.message.tool_calls?.[0]
  expect(completion.choices[0]?.finish_reason).toBe('tool_calls')
  expect(call?.type === 'function' && JSON.parse(call.function.arguments)).toEqual({ city: 'Lisbon' })
})

test('the client runs its tools and gets an answer that uses them', async () => {
  const runner = client.chat.completions.runTools({
    model: 'gpt-4o',
    messages,
    tools: [
      {
        type: 'function',
        function: {
          name: 'get_weather',
          description: 'The weather of a city',
          parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
          parse: JSON.parse,
          function: ({ city }: { city: string }) => `${city}: 21 °C`,
        },
      },
    ],
  })
  expect(await runner.finalContent()).toContain('Lisbon: 21 °C')
})

test('an answer by a schema', async () => {
  const shape = z.object({
    name: z.string(),
    points: z.array(z.number().int().min(1)).min(2),
    next: z.null(),
  })
  const completion = await client.chat.completions.create({
    model: 'gpt-4o',
    messages,
    response_format: {
      type: 'json_schema',
      json_schema: { name: 'shape', strict: true, schema: z.toJSONSchema(shape) },
    },
  })
  expect(shape.safeParse(JSON.parse(completion.choices[0]?.message.content ?? '')).success).toBe(true)
})

test('legacy completions, whole and as a stream', async () => {
  const whole = await client.completions.create({ model: 'davinci-002', prompt: 'Once' })
  let text = ''
  for await (const chunk of await client.completions.create({
    model: 'davinci-002',
    prompt: 'Once',
    stream: true,
  }))
    text += chunk.choices[0]?.text ?? ''
  expect(text.slice(0, 30)).toBe(whole.choices[0]?.text.slice(0, 30))
})

test('embeddings, which this client asks for in base64', async () => {
  const { data } = await client.embeddings.create({
    model: 'text-embedding-3-small',
    input: ['a', 'b'],
    dimensions: 8,
  })
  expect(data.map(entry => entry.embedding.length)).toEqual([8, 8])
  expect(Math.hypot(...(data[0]?.embedding ?? []))).toBeCloseTo(1, 5)
})

test('errors become those of the client', async () => {
  await expect(client.chat.completions.create({ model: 'gpt-4o', messages: [] })).rejects.toMatchObject({
    status: 400,
    param: 'messages',
    code: 'empty_array',
  })
  await expect(
    client.chat.completions.create({ model: 'simulator-error-429', messages }),
  ).rejects.toBeInstanceOf(OpenAI.RateLimitError)
})
