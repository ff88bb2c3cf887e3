import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CompletionEvent } from '../../conversation/completion-event.ts'
import type { Conversation } from '../../conversation/conversation.ts'
import type { Part } from '../../conversation/parts.ts'
import { GatewayError } from '../../errors.ts'
import { encodeCall } from './call-options.ts'
import { decodeResult } from './completion.ts'
import { SdkStreamReader } from './events.ts'
import { describeFailure, readRefusal } from './failures.ts'
import type { SdkPart, Version } from './model.ts'
import { readFinish, readUsage } from './outcome.ts'

function conversation(more: Partial<Conversation> = {}): Conversation {
  return {
    model: 'm',
    streaming: false,
    messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hello' }] }],
    tools: [],
    sampling: {},
    ...more,
  }
}

function promptOf(parts: readonly Part[], version: Version = 'v4', role: 'user' | 'assistant' = 'user') {
  return encodeCall(conversation({ messages: [{ role, parts }] }), version).options.prompt
}

function failureOf(action: () => unknown): GatewayError {
  try {
    action()
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown
    throw thrown
  }
  throw new Error('Nothing was thrown.')
}

describe('a prompt', () => {
  const image = { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' } } as const
  const linked = { type: 'image', source: { kind: 'url', url: 'https://a.example/b.png' } } as const

  test.each<[Version, unknown, unknown]>([
    ['v2', 'AAAA', new URL('https://a.example/b.png')],
    ['v3', 'AAAA', new URL('https://a.example/b.png')],
    ['v4', { type: 'data', data: 'AAAA' }, { type: 'url', url: new URL('https://a.example/b.png') }],
  ])('of version %s has its images in the shape of that version', (version, data, url) => {
    expect(promptOf([image, linked], version)).toEqual([
      {
        role: 'user',
        content: [
          { type: 'file', data, mediaType: 'image/png' },
          { type: 'file', data: url, mediaType: 'image/*' },
        ],
      },
    ])
  })

  test('tells results of tools before what else the user says', () => {
    const result = {
      type: 'tool_result',
      callId: 'c',
      name: 't',
      content: [{ type: 'text', text: 'r' }],
    } as const
    expect(promptOf([{ type: 'text', text: 'and' }, result])).toEqual([
      {
        role: 'tool',
        content: [
          { type: 'tool-result', toolCallId: 'c', toolName: 't', output: { type: 'text', value: 'r' } },
        ],
      },
      { role: 'user', content: [{ type: 'text', text: 'and' }] },
    ])
  })

  test.each<[Version, object]>([
    ['v2', { type: 'media', data: 'AAAA', mediaType: 'image/png' }],
    ['v3', { type: 'image-data', data: 'AAAA', mediaType: 'image/png' }],
    ['v4', { type: 'file', data: { type: 'data', data: 'AAAA' }, mediaType: 'image/png' }],
  ])('of version %s has images in results, and marks a failure', (version, shown) => {
    const result = { type: 'tool_result', callId: 'c', name: 't', content: [image] } as const
    expect(promptOf([result], version)).toMatchObject([
      { content: [{ output: { type: 'content', value: [shown] } }] },
    ])
    expect(promptOf([{ ...result, content: [{ type: 'text', text: 'no' }], isError: true }])).toMatchObject([
      { content: [{ output: { type: 'error-text', value: 'no' } }] },
    ])
  })

  test('has calls with their arguments as an object, and no thoughts of others', () => {
    const parts: Part[] = [
      { type: 'reasoning', text: 'mine', signature: 's', origin: 'anthropic-messages' },
      { type: 'reasoning', text: 'unsigned' },
      { type: 'reasoning', text: 'foreign', signature: 's', origin: 'openai-responses' },
      { type: 'tool_call', id: 'c', name: 't', arguments: '{"a":1}' },
      { type: 'tool_call', id: 'd', name: 't', arguments: '{"a":' },
    ]
    expect(promptOf(parts, 'v4', 'assistant')).toEqual([
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'mine', providerOptions: { anthropic: { signature: 's' } } },
          { type: 'tool-call', toolCallId: 'c', toolName: 't', input: { a: 1 } },
          { type: 'tool-call', toolCallId: 'd', toolName: 't', input: { _raw: '{"a":' } },
        ],
      },
    ])
  })

  test('cannot name a file that was uploaded elsewhere', () => {
    const file = { type: 'file', source: { kind: 'file', id: 'file-1' } } as const
    expect(failureOf(() => promptOf([file]))).toMatchObject({
      code: 'unsupported_parameter',
      param: 'messages',
    })
  })
})

describe('the options of a call', () => {
  const tool = { type: 'function', name: 't', strict: true } as const
  const search = { type: 'provider', format: 'openai-chat', name: 'web_search', value: {} } as const

  test('hold what was asked for, and nothing else', () => {
    const { options, warnings } = encodeCall(
      conversation({
        sampling: { maxTokens: 9, temperature: 0, topP: 0.5, topK: 3, stop: ['x'], seed: 1 },
        output: { type: 'json_schema', name: 'n', schema: { type: 'object' } },
        reasoning: { effort: 'low' },
        tools: [tool],
        toolChoice: { mode: 'required', names: ['t'] },
        extra: { 'openai-chat': { provider_options: { acme: { x: 1 } }, store: true } },
      }),
      'v4',
    )
    const { prompt: _prompt, ...others } = options
    expect(others).toEqual({
      maxOutputTokens: 9,
      temperature: 0,
      topP: 0.5,
      topK: 3,
      stopSequences: ['x'],
      seed: 1,
      responseFormat: { type: 'json', name: 'n', schema: { type: 'object' } },
      reasoning: 'low',
      tools: [{ type: 'function', name: 't', strict: true, inputSchema: { type: 'object', properties: {} } }],
      toolChoice: { type: 'tool', toolName: 't' },
      providerOptions: { acme: { x: 1 } },
    })
    expect(warnings).toEqual(['dropped parameter store'])
  })

  test.each([
    [0, 'none'],
    [-1, 'medium'],
    [1024, 'low'],
    [8000, 'medium'],
    [32_000, 'high'],
  ])('turn a budget of %i tokens into the effort %s', (budgetTokens, effort) => {
    const asked = conversation({ reasoning: { budgetTokens } })
    expect(encodeCall(asked, 'v4').options['reasoning']).toBe(effort)
    expect(encodeCall(asked, 'v3')).toMatchObject({ warnings: ['dropped parameter reasoning_effort'] })
  })

  test('offer only the tools that may be called', () => {
    const tools = [tool, { ...tool, name: 'u' }, { ...tool, name: 'v' }]
    const { options } = encodeCall(
      conversation({ tools, toolChoice: { mode: 'auto', names: ['t', 'v'] } }),
      'v2',
    )
    expect(options).toMatchObject({ tools: [{ name: 't' }, { name: 'v' }], toolChoice: { type: 'auto' } })
    expect(options['tools']).not.toContainEqual(expect.objectContaining({ strict: true }))
  })

  test('leave out tools of other vendors where there are more, and refuse them where there are none', () => {
    expect(encodeCall(conversation({ tools: [tool, search] }), 'v4').warnings).toEqual([
      'dropped tool web_search',
    ])
    expect(failureOf(() => encodeCall(conversation({ tools: [search] }), 'v4')).param).toBe('tools')
  })

  test.each([
    ['n', { choices: 2 }],
    ['logprobs', { logprobs: 0 }],
    ['logit_bias', { logitBias: { 1: 1 } }],
  ])('cannot hold %s', (param, sampling) => {
    expect(failureOf(() => encodeCall(conversation({ sampling }), 'v4'))).toMatchObject({
      code: 'unsupported_parameter',
      param,
    })
  })
})

describe('usage', () => {
  test.each([
    [
      {
        inputTokens: { total: 20, noCache: 5, cacheRead: 12, cacheWrite: 3 },
        outputTokens: { total: 9, text: 4, reasoning: 5 },
      },
      { inputUncached: 5, cacheRead: 12, cacheWrite5m: 3, outputText: 4, outputReasoning: 5 },
    ],
    [
      { inputTokens: { total: 20, cacheRead: 12 }, outputTokens: { total: 9, reasoning: 5 } },
      { inputUncached: 8, cacheRead: 12, cacheWrite5m: 0, outputText: 4, outputReasoning: 5 },
    ],
    [
      { inputTokens: 20, cachedInputTokens: 12, outputTokens: 9, reasoningTokens: 5 },
      { inputUncached: 8, cacheRead: 12, outputText: 4, outputReasoning: 5 },
    ],
    [
      { inputTokens: 2, cachedInputTokens: 12, outputTokens: 9 },
      { inputUncached: 2, cacheRead: 12, outputText: 9 },
    ],
    [
      { inputTokens: { total: 0 }, outputTokens: { total: 0 } },
      { inputUncached: 0, outputText: 0 },
    ],
  ])('%j is read', (usage, expected) => {
    expect(readUsage(usage)).toMatchObject(expected)
  })

  test.each([
    undefined,
    {},
    { inputTokens: {}, outputTokens: {} },
    { inputTokens: undefined },
    { inputTokens: -1 },
  ])('nothing is counted in %j', usage => {
    expect(readUsage(usage)).toBeNull()
  })
})

test('an answer ends for tool calls where it holds some, and fails where it holds nothing for no reason', () => {
  const seen = { hasContent: true, hasCalls: false }
  expect(readFinish({ unified: 'stop', raw: 'end_turn' }, seen)).toEqual({
    reason: 'stop',
    native: 'end_turn',
  })
  expect(readFinish('stop', { ...seen, hasCalls: true })).toEqual({ reason: 'tool_calls' })
  expect(readFinish('unknown', seen)).toEqual({ reason: 'stop' })
  expect(failureOf(() => readFinish('other', { hasContent: false, hasCalls: false })).code).toBe(
    'upstream_error',
  )
  expect(failureOf(() => readFinish({ unified: 'error' }, seen)).code).toBe('upstream_error')
})

test('a whole answer has its sources at its text, its images, and none of the calls that the vendor made itself', () => {
  const { choices } = decodeResult({
    content: [
      { type: 'text', text: 'See' },
      { type: 'source', sourceType: 'url', id: '1', url: 'https://a.example', title: 'A' },
      { type: 'file', mediaType: 'image/png', data: { type: 'data', data: new Uint8Array([1, 2, 3]) } },
      { type: 'tool-call', toolCallId: 'x', toolName: 'web_search', input: '{}', providerExecuted: true },
      { type: 'tool-result', toolCallId: 'x', toolName: 'web_search', result: {} },
    ],
    finishReason: 'stop',
    usage: undefined,
  })
  expect(choices[0]).toEqual({
    parts: [
      { type: 'text', text: 'See', citations: [{ url: 'https://a.example', title: 'A' }] },
      { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AQID' } },
    ],
    finish: { reason: 'stop' },
  })
})

function read(parts: readonly SdkPart[]): CompletionEvent[] {
  const events: CompletionEvent[] = []
  const reader = new SdkStreamReader(event => events.push(event))
  for (const part of parts) reader.push(part)
  reader.end()
  return events
}

describe('a stream', () => {
  const finish = { type: 'finish', finishReason: 'stop', usage: { inputTokens: 1, outputTokens: 2 } }

  test('may tell a call in one piece, and its signature with it', () => {
    const call = { type: 'tool-call', toolCallId: 'c', toolName: 't', input: '{}' }
    const signed = { ...call, providerMetadata: { google: { thoughtSignature: 's' } } }
    expect(read([{ type: 'stream-start', warnings: [] }, signed, finish])).toEqual([
      { type: 'start', id: '', model: '' },
      { type: 'part_start', choice: 0, part: 0, opening: { type: 'tool_call', id: 'c', name: 't' } },
      { type: 'part_delta', choice: 0, part: 0, text: '{}' },
      { type: 'part_detail', choice: 0, part: 0, detail: { signature: 's' } },
      { type: 'part_end', choice: 0, part: 0 },
      { type: 'finish', choice: 0, finish: { reason: 'tool_calls' } },
      { type: 'usage', usage: expect.objectContaining({ inputUncached: 1, outputText: 2 }) },
      { type: 'end' },
    ])
  })

  test('that ends without its end is truncated', () => {
    expect(failureOf(() => read([{ type: 'text-start', id: '0' }])).code).toBe('upstream_truncated')
  })

  test('is legal whatever comes in it', () => {
    const id = fc.constantFrom('0', '1', 'c')
    const metadata = fc.constantFrom(undefined, {}, { acme: { x: 1 } }, { anthropic: { signature: 's' } })
    const piece = fc.record({
      type: fc.constantFrom(
        ...['text', 'reasoning', 'tool-input'].flatMap(kind => [
          `${kind}-start`,
          `${kind}-delta`,
          `${kind}-end`,
        ]),
        'tool-call',
        'source',
        'file',
        'raw',
        'ping',
        'stream-start',
        'response-metadata',
        'tool-result',
      ),
      id,
      delta: fc.constantFrom('', 'a', undefined),
      toolCallId: id,
      toolName: fc.constant('t'),
      input: fc.constantFrom('{}', '', undefined),
      url: fc.constantFrom('https://a.example', undefined),
      mediaType: fc.constantFrom('image/png', 'text/plain'),
      providerMetadata: metadata,
      providerExecuted: fc.constantFrom(true, undefined),
    })
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), pieces => {
        const end = { ...finish, finishReason: 'length' }
        expectLegal(read([...pieces, end, ...pieces]))
      }),
      { numRuns: 500 },
    )
  })
})

/** The grammar of completion-event.ts. */
function expectLegal(events: readonly CompletionEvent[]): void {
  expect(events.map(({ type }) => type).filter(type => type === 'start' || type === 'end')).toEqual([
    'start',
    'end',
  ])
  expect([events[0]?.type, events.at(-1)?.type]).toEqual(['start', 'end'])
  const open = new Set<number>()
  let next = 0
  let finished = false
  for (const event of events) {
    if ('part' in event) expect(finished).toBe(false)
    if (event.type === 'part_start' || event.type === 'part') expect(event.part).toBe(next++)
    if (event.type === 'part_start') open.add(event.part)
    if (event.type === 'part_delta' || event.type === 'part_detail') expect(open).toContain(event.part)
    if (event.type === 'part_end') expect(open.delete(event.part)).toBe(true)
    if (event.type === 'finish') finished = true
  }
  expect(open.size).toBe(0)
  expect(finished).toBe(true)
}

test.each([
  [{ name: 'AI_LoadAPIKeyError', message: 'no key' }, 'upstream_authentication'],
  [{ name: 'AI_UnsupportedFunctionalityError', message: 'no pdf' }, 'unsupported_parameter'],
  [{ name: 'AI_APICallError', message: 'Cannot connect to API' }, 'upstream_unreachable'],
  [{ name: 'AI_TypeValidationError', message: 'odd' }, 'upstream_malformed'],
  [{ type: 'overloaded_error', message: 'busy' }, 'upstream_overloaded'],
  [{ name: 'constructor', message: 'x' }, 'upstream_error'],
  [new TypeError('x is not a function'), 'upstream_error'],
  ['words', 'upstream_error'],
  [undefined, 'upstream_error'],
])('%o is the failure %s', (thrown, code) => {
  expect(describeFailure(thrown, 'acme')).toMatchObject({ code, provider: 'acme' })
})

test('an answer with an error status is one of the vendor', () => {
  const thrown = {
    statusCode: 429,
    responseHeaders: { 'retry-after': '7' },
    responseBody: '{"error":{}}',
    message: 'm',
  }
  expect(readRefusal(thrown)).toEqual({
    status: 429,
    headers: { 'retry-after': '7' },
    body: Buffer.from('{"error":{}}'),
  })
  expect(readRefusal({ statusCode: 500, message: 'm' })?.body.toString()).toBe('{"error":{"message":"m"}}')
  for (const other of [{ statusCode: 200 }, new Error('x'), 'x', undefined])
    expect(readRefusal(other)).toBeNull()
})
