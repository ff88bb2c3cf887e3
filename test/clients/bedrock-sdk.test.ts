// The SDK of AWS against a whole gateway, as its users have it: only the endpoint and the credentials are ours. Upstreams
// are scripted, in the SDK's own format and in another.

import { hash } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import {
  BedrockRuntimeClient,
  type BedrockRuntimeClientConfig,
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
  type ConverseStreamOutput,
  CountTokensCommand,
} from '@aws-sdk/client-bedrock-runtime'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createSignatureVerifier } from '../../src/access/aws-signature.ts'
import { encodeAwsEvent } from '../../src/lib/aws-event-stream.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { Secret } from '../../src/lib/secret.ts'
import { overHttp1 } from '../support/aws-http.ts'
import {
  answerJson,
  type Behaviour,
  chunk,
  completion,
  doneMarker,
  type FakeUpstream,
  type SeenRequest,
  startFakeUpstream,
  streamEvents,
} from '../support/fake-upstream.ts'
import { startTestGateway, type TestGateway, testKey } from '../support/test-gateway.ts'

let upstream: FakeUpstream
let gateway: TestGateway
const arn = 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0'

beforeAll(async () => {
  upstream = await startFakeUpstream()
  gateway = await startTestGateway(`
providers:
  - name: signing
    type: bedrock
    base_url: http://127.0.0.1:${upstream.port}
    region: eu-central-1
    aws_access_key_id: AKIDUPSTREAM
    aws_secret_access_key: upstream-secret
    aws_session_token: upstream-token
    models: ["us.amazon.nova-lite-v1:0", "${arn}"]
    max_retries: 0
  - name: bearing
    type: bedrock
    base_url: http://127.0.0.1:${upstream.port}
    api_key: upstream-key
    models: [bearer-model]
  - name: other
    type: openai_compatible
    base_url: ${upstream.baseUrl}
    models: [gpt-other]
    max_retries: 0
`)
})
afterAll(async () => {
  await gateway.stop()
  await upstream.close()
})
beforeEach(() => upstream.requests.splice(0))

const keyId = `key_${hash('sha256', testKey).slice(0, 12)}`
const credentials = { accessKeyId: keyId, secretAccessKey: testKey }

function client(config: Partial<BedrockRuntimeClientConfig> = { credentials }) {
  return new BedrockRuntimeClient({
    region: 'us-west-2',
    endpoint: `${gateway.url}/bedrock`,
    maxAttempts: 1,
    requestHandler: overHttp1,
    ...config,
  })
}

const bearer = { token: { token: testKey }, authSchemePreference: ['httpBearerAuth'] }

const input: ConverseCommandInput = {
  modelId: 'us.amazon.nova-lite-v1:0',
  messages: [{ role: 'user', content: [{ text: 'What is the weather in Rio?' }] }],
  inferenceConfig: { maxTokens: 100 },
  toolConfig: {
    tools: [{ toolSpec: { name: 'weather', inputSchema: { json: { type: 'object', properties: {} } } } }],
  },
}

const answer = {
  output: { message: { role: 'assistant', content: [{ text: 'Warm.' }] } },
  stopReason: 'end_turn',
  usage: { inputTokens: 5, outputTokens: 2, totalTokens: 7 },
  metrics: { latencyMs: 12 },
}

const frames: readonly (readonly [string, object])[] = [
  ['messageStart', { role: 'assistant' }],
  ['contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'Olá, ' } }],
  ['contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'Rio.' } }],
  ['contentBlockStop', { contentBlockIndex: 0 }],
  ['contentBlockStart', { contentBlockIndex: 1, start: { toolUse: { toolUseId: 't1', name: 'weather' } } }],
  ['contentBlockDelta', { contentBlockIndex: 1, delta: { toolUse: { input: '{"city":' } } }],
  ['contentBlockDelta', { contentBlockIndex: 1, delta: { toolUse: { input: '"Rio"}' } } }],
  ['contentBlockStop', { contentBlockIndex: 1 }],
  ['messageStop', { stopReason: 'tool_use' }],
  ['metadata', { usage: { inputTokens: 5, outputTokens: 9, totalTokens: 14 }, metrics: { latencyMs: 3 } }],
]

function answerFrames(...events: (readonly [string, object])[]): Behaviour {
  return (_request, response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' })
    for (const [name, body] of events) response.write(encodeAwsEvent({ name, data: JSON.stringify(body) }))
    response.end()
  }
}

async function collect(stream: AsyncIterable<ConverseStreamOutput> | undefined) {
  const seen = { text: '', calls: '', stop: '', output: 0, names: [] as string[] }
  for await (const event of stream ?? []) {
    seen.names.push(...Object.keys(event))
    seen.text += event.contentBlockDelta?.delta?.text ?? ''
    seen.calls += event.contentBlockStart?.start?.toolUse?.name ?? ''
    seen.calls += event.contentBlockDelta?.delta?.toolUse?.input ?? ''
    seen.stop += event.messageStop?.stopReason ?? ''
    seen.output += event.metadata?.usage?.outputTokens ?? 0
  }
  return seen
}

function bodyOf(request: SeenRequest | undefined): unknown {
  return JSON.parse(String(request?.body))
}

async function errorOf(action: Promise<unknown>) {
  try {
    await action
  } catch (thrown) {
    const { name, message, $metadata } = thrown as {
      name: string
      message: string
      $metadata?: { httpStatusCode?: number }
    }
    return { name, message, status: $metadata?.httpStatusCode }
  }
  throw new Error('nothing was thrown')
}

describe.each([
  ['signed with a key of the gateway', { credentials }],
  ['with a bearer token', bearer],
])('a client %s', (_how, config) => {
  test('gets the whole answer of its own format', async () => {
    upstream.behave(answerJson(200, answer))
    const reply = await client(config).send(new ConverseCommand(input))
    expect(reply.output?.message?.content).toEqual([{ text: 'Warm.' }])
    expect(reply.usage).toMatchObject({ inputTokens: 5, outputTokens: 2 })
    expect(upstream.requests[0]?.url).toBe('/model/us.amazon.nova-lite-v1%3A0/converse')
    expect(bodyOf(upstream.requests[0])).toMatchObject({ inferenceConfig: { maxTokens: 100 } })
  })

  test('gets the stream, with the count of tokens behind its end', async () => {
    upstream.behave(answerFrames(...frames))
    const reply = await client(config).send(new ConverseStreamCommand(input))
    expect(await collect(reply.stream)).toEqual({
      text: 'Olá, Rio.',
      calls: 'weather{"city":"Rio"}',
      stop: 'tool_use',
      output: 9,
      names: frames.map(([name]) => name),
    })
  })

  test('names a model by its ARN', async () => {
    upstream.behave(answerJson(200, answer))
    await client(config).send(new ConverseCommand({ ...input, modelId: arn }))
    expect(upstream.requests[0]?.url).toBe(`/model/${encodeURIComponent(arn)}/converse`)
  })
})

describe('who asks', () => {
  test('a wrong secret is refused before anybody is asked', async () => {
    const wrong = client({ credentials: { accessKeyId: keyId, secretAccessKey: 'wrong' } })
    expect(await errorOf(wrong.send(new ConverseCommand(input)))).toMatchObject({
      name: 'AccessDeniedException',
      status: 401,
    })
    const unknown = client({ credentials: { accessKeyId: 'AKID', secretAccessKey: testKey } })
    expect((await errorOf(unknown.send(new ConverseCommand(input)))).name).toBe('AccessDeniedException')
    expect(upstream.requests).toEqual([])
  })

  test('a signature holds for its body alone', async () => {
    upstream.behave(answerJson(200, answer))
    const changing = client()
    changing.middlewareStack.add(
      next => args => {
        const { request } = args as unknown as { request: { body: string; headers: Record<string, string> } }
        request.body = request.body.replace('Rio', 'Ria')
        return next(args)
      },
      { step: 'finalizeRequest', priority: 'low' },
    )
    const { name, message } = await errorOf(changing.send(new ConverseCommand(input)))
    expect([name, message]).toEqual(['AccessDeniedException', expect.stringContaining('body')])
    expect(upstream.requests).toEqual([])
  })
})

describe('what the upstream gets', () => {
  test('is signed with the credentials of the account, over exactly what is sent', async () => {
    upstream.behave(answerJson(200, answer))
    await client().send(new ConverseCommand({ ...input, modelId: arn }))
    const [seen] = upstream.requests
    const verify = createSignatureVerifier({
      clock: systemClock,
      ring: {
        findById: id => ({
          principal: { keyId: id, tenant: '' },
          secrets: [new Secret('upstream-secret')],
        }),
      },
    })
    const proof = verify({ method: 'POST', target: seen?.url ?? '', headers: seen?.headers ?? {} })
    proof?.checkBody(seen?.body ?? Buffer.alloc(0))
    expect(proof?.principal.keyId).toBe('AKIDUPSTREAM')
    expect(seen?.headers['x-amz-security-token']).toBe('upstream-token')
    expect(seen?.headers.authorization).toContain('/eu-central-1/bedrock/aws4_request')
  })

  test('or carries the long-term key', async () => {
    upstream.behave(answerJson(200, answer))
    await client().send(new ConverseCommand({ ...input, modelId: 'bearer-model' }))
    expect(upstream.requests[0]?.headers.authorization).toBe('Bearer upstream-key')
  })
})

describe('errors', () => {
  test.each([
    [429, 'ThrottlingException', 'Too many requests', 'ThrottlingException', 429],
    [400, 'ValidationException', 'Malformed input request', 'ValidationException', 400],
    [
      400,
      'ValidationException',
      'The provided model identifier is invalid.',
      'ResourceNotFoundException',
      404,
    ],
    [403, 'AccessDeniedException', 'No', 'ServiceUnavailableException', 502],
    [503, 'ServiceUnavailableException', 'Busy', 'ServiceUnavailableException', 503],
    [500, 'InternalServerException', 'Oops', 'ModelErrorException', 502],
  ])('%i %s (%s) is raised as %s', async (...[status, type, message, name, seen]) => {
    upstream.behave(answerJson(status, { message }, { 'x-amzn-errortype': `${type}:http://internal` }))
    const error = await errorOf(client().send(new ConverseCommand(input)))
    expect([error.name, error.status]).toEqual([name, seen])
  })

  test('an exception instead of a stream is an answer with its status', async () => {
    upstream.behave(answerFrames(['exception:throttlingException', { message: 'Slow down' }]))
    const error = await errorOf(client().send(new ConverseStreamCommand(input)))
    expect(error).toMatchObject({ name: 'ThrottlingException', message: 'Slow down', status: 429 })
  })

  test('an exception within a stream is raised from it', async () => {
    upstream.behave(
      answerFrames(...frames.slice(0, 3), ['exception:modelStreamErrorException', { message: 'Lost it' }]),
    )
    const { stream } = await client().send(new ConverseStreamCommand(input))
    expect(await errorOf(collect(stream))).toMatchObject({
      name: 'ModelStreamErrorException',
      message: 'Lost it',
    })
  })

  test('a stream that ends before its end is raised, too', async () => {
    upstream.behave(answerFrames(...frames.slice(0, 3)))
    const { stream } = await client().send(new ConverseStreamCommand(input))
    expect((await errorOf(collect(stream))).name).toBe('ModelStreamErrorException')
  })

  test('a model that nobody serves is not found', async () => {
    const error = await errorOf(client().send(new ConverseCommand({ ...input, modelId: 'nobody:0' })))
    expect([error.name, error.status]).toEqual(['ResourceNotFoundException', 404])
  })
})

describe('an upstream that speaks chat completions', () => {
  const asked = { ...input, modelId: 'gpt-other' }
  const call = {
    index: 0,
    id: 'call_1',
    type: 'function',
    function: { name: 'weather', arguments: '{"city":' },
  }
  const usage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 }

  test('answers whole', async () => {
    upstream.behave(answerJson(200, completion('Warm.', usage)))
    const reply = await client().send(new ConverseCommand(asked))
    expect(reply.output?.message?.content).toEqual([{ text: 'Warm.' }])
    expect(reply.stopReason).toBe('end_turn')
    expect(reply.usage).toEqual({ inputTokens: 7, outputTokens: 3, totalTokens: 10 })
    expect(bodyOf(upstream.requests[0])).toMatchObject({
      model: 'gpt-other',
      messages: [{ role: 'user', content: 'What is the weather in Rio?' }],
      tools: [{ type: 'function', function: { name: 'weather' } }],
    })
  })

  test('answers in a stream, with a call', async () => {
    upstream.behave(
      streamEvents([
        chunk({ role: 'assistant', content: 'Let me see.' }),
        chunk({ tool_calls: [call] }),
        chunk({ tool_calls: [{ index: 0, function: { arguments: '"Rio"}' } }] }),
        chunk({}, 'tool_calls'),
        chunk({}, null, { choices: [], usage }),
        doneMarker,
      ]),
    )
    const { stream } = await client().send(new ConverseStreamCommand(asked))
    expect(await collect(stream)).toMatchObject({
      text: 'Let me see.',
      calls: 'weather{"city":"Rio"}',
      stop: 'tool_use',
      output: 3,
    })
  })

  test('fails in a stream, and the SDK raises it', async () => {
    upstream.behave(streamEvents([chunk({ role: 'assistant', content: 'Let' })], { ending: 'cut' }))
    const { stream } = await client().send(new ConverseStreamCommand(asked))
    expect((await errorOf(collect(stream))).name).toBe('ModelStreamErrorException')
  })
})

describe('a count of tokens', () => {
  const counting = (modelId: string) =>
    client().send(new CountTokensCommand({ modelId, input: { converse: { messages: input.messages } } }))

  test('is the provider’s, where it counts', async () => {
    upstream.behave(answerJson(200, { inputTokens: 11 }))
    expect((await counting('us.amazon.nova-lite-v1:0')).inputTokens).toBe(11)
    expect(upstream.requests[0]?.url).toBe('/model/us.amazon.nova-lite-v1%3A0/count-tokens')
  })

  test('is an estimate, where it does not', async () => {
    expect((await counting('gpt-other')).inputTokens).toBeGreaterThan(5)
    expect(upstream.requests).toEqual([])
  })
})

describe('a client of chat completions', () => {
  test('is answered by this upstream, whole and streamed', async () => {
    upstream.behave(answerJson(200, answer), answerFrames(...frames))
    const model = 'us.amazon.nova-lite-v1:0'
    const whole = (await (await gateway.chat({ model })).json()) as {
      choices: { message: { content: string } }[]
      usage: object
    }
    expect(whole.choices[0]?.message.content).toBe('Warm.')
    expect(whole.usage).toMatchObject({ prompt_tokens: 5, completion_tokens: 2 })
    const streamed = await (await gateway.chat({ model, stream: true })).text()
    expect(streamed).toContain('"finish_reason":"tool_calls"')
    expect(streamed.trimEnd().endsWith('data: [DONE]')).toBe(true)
  })
})
