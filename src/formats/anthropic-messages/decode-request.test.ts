import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Conversation } from '../../conversation/conversation.ts'
import type { Part } from '../../conversation/parts.ts'
import { GatewayError } from '../../errors.ts'
import type { JsonObject } from '../format.ts'
import { anthropicMessages } from './index.ts'
import { targetOf } from './messages.fixture.ts'

const address = { model: null, streaming: null }
const hello = { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'Hello' }] }

function decode(body: JsonObject): Conversation {
  anthropicMessages.checkRequest(body, address)
  return anthropicMessages.chat.decodeRequest(body, address)
}

function partsOf(content: unknown, role = 'user'): readonly Part[] {
  return decode({ ...hello, messages: [{ role, content }] }).messages[0]?.parts ?? []
}

test('a request is understood, and what the client did not say stays unsaid', () => {
  expect(decode(hello)).toEqual({
    model: 'm',
    streaming: false,
    messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hello' }] }],
    tools: [],
    sampling: { maxTokens: 9 },
  })
})

test('a coding agent’s request: blocks for the system without the billing header, markers, user, betas', () => {
  const cached = { cache_control: { type: 'ephemeral', ttl: '1h' } }
  const conversation = decode({
    ...hello,
    stream: true,
    system: [
      { type: 'text', text: 'x-anthropic-billing-header: cc_version=2; cch=1' },
      { type: 'text', text: 'You are an agent.', ...cached },
    ],
    tools: [
      {
        name: 'Bash',
        description: 'Runs',
        input_schema: { type: 'object' },
        eager_input_streaming: true,
        ...cached,
      },
    ],
    metadata: { user_id: 'user_1' },
    context_management: { edits: [] },
    temperature: 1,
    stop_sequences: ['END'],
  })
  expect(conversation).toMatchObject({
    streaming: true,
    messages: [
      { role: 'system', parts: [{ type: 'text', text: 'You are an agent.', cache: { ttl: '1h' } }] },
      { role: 'user' },
    ],
    tools: [
      {
        type: 'function',
        name: 'Bash',
        cache: { ttl: '1h' },
        extra: { 'anthropic-messages': { eager_input_streaming: true } },
      },
    ],
    sampling: { temperature: 1, stop: ['END'] },
    user: 'user_1',
    extra: { 'anthropic-messages': { context_management: { edits: [] } } },
  })
  expect(conversation.messages[0]?.parts).toHaveLength(1)
})

describe('content', () => {
  test('results of tools stand first, with what they hold', () => {
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } }
    expect(
      partsOf([
        { type: 'text', text: 'look' },
        { type: 'tool_result', tool_use_id: 'a', content: 'plain' },
        {
          type: 'tool_result',
          tool_use_id: 'b',
          content: [{ type: 'text', text: 'x' }, image],
          is_error: true,
        },
        { type: 'tool_result', tool_use_id: 'c' },
      ]),
    ).toEqual([
      { type: 'tool_result', callId: 'a', content: [{ type: 'text', text: 'plain' }] },
      {
        type: 'tool_result',
        callId: 'b',
        content: [
          { type: 'text', text: 'x' },
          { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' } },
        ],
        isError: true,
      },
      { type: 'tool_result', callId: 'c', content: [] },
      { type: 'text', text: 'look' },
    ])
  })

  test('thoughts keep their proof and say whose they are', () => {
    expect(
      partsOf(
        [
          { type: 'thinking', thinking: '', signature: 's+/=' },
          { type: 'redacted_thinking', data: 'd' },
          { type: 'tool_use', id: 't', name: 'n', input: { b: 1, a: 2 }, caller: { type: 'direct' } },
        ],
        'assistant',
      ),
    ).toEqual([
      { type: 'reasoning', text: '', signature: 's+/=', origin: 'anthropic-messages' },
      { type: 'reasoning', text: '', encrypted: 'd', origin: 'anthropic-messages' },
      {
        type: 'tool_call',
        id: 't',
        name: 'n',
        arguments: '{"b":1,"a":2}',
        extra: { 'anthropic-messages': { caller: { type: 'direct' } } },
      },
    ])
  })

  test.each([
    [
      { type: 'base64', media_type: 'application/pdf', data: 'JVBE' },
      { kind: 'base64', mediaType: 'application/pdf', data: 'JVBE' },
    ],
    [
      { type: 'text', media_type: 'text/plain', data: 'né' },
      { kind: 'base64', mediaType: 'text/plain', data: 'bsOp' },
    ],
    [
      { type: 'url', url: 'https://x.example/a.pdf' },
      { kind: 'url', url: 'https://x.example/a.pdf' },
    ],
    [
      { type: 'file', file_id: 'file_1' },
      { kind: 'file', id: 'file_1' },
    ],
  ])('a document from %j', (source, expected) => {
    expect(partsOf([{ type: 'document', source, title: 'T', citations: { enabled: true } }])).toEqual([
      {
        type: 'file',
        source: expected,
        name: 'T',
        extra: { 'anthropic-messages': { citations: { enabled: true } } },
      },
    ])
  })

  test('what others cannot say otherwise is text to them', () => {
    const result = {
      type: 'search_result',
      source: 'https://x.example',
      title: 'T',
      content: [{ type: 'text', text: 'found' }],
    }
    const blocks = {
      type: 'document',
      source: { type: 'content', content: [{ type: 'text', text: 'page' }] },
      title: 'D',
    }
    const summary = { type: 'compaction', content: 'what was said' }
    expect(partsOf([result, blocks, summary])).toMatchObject([
      { type: 'text', text: 'T\nhttps://x.example\nfound' },
      { type: 'text', text: 'D\npage' },
      { type: 'text', text: 'what was said' },
    ])
  })

  test('blocks of the provider’s own tools, and new ones, are opaque', () => {
    const value = { type: 'web_search_tool_result', tool_use_id: 's', content: [] }
    expect(partsOf([value], 'assistant')).toEqual([{ type: 'opaque', format: 'anthropic-messages', value }])
  })
})

test.each([
  [{ type: 'auto' }, { toolChoice: { mode: 'auto' } }],
  [
    { type: 'any', disable_parallel_tool_use: true },
    { toolChoice: { mode: 'required' }, parallelToolCalls: false },
  ],
  [{ type: 'tool', name: 'n' }, { toolChoice: { mode: 'required', names: ['n'] } }],
  [{ type: 'none' }, { toolChoice: { mode: 'none' } }],
])('the choice %j', (choice, expected) => {
  expect(decode({ ...hello, tool_choice: choice })).toMatchObject(expected)
})

test.each([
  [{ thinking: { type: 'enabled', budget_tokens: 2048 } }, { budgetTokens: 2048 }],
  [{ thinking: { type: 'adaptive', display: 'omitted' } }, { budgetTokens: -1, visible: false }],
  [
    { thinking: { type: 'adaptive' }, output_config: { effort: 'xhigh' } },
    { effort: 'xhigh', budgetTokens: -1 },
  ],
  [{ thinking: { type: 'disabled' }, output_config: { effort: 'low' } }, { effort: 'none' }],
  [{ output_config: { effort: 'max' } }, { effort: 'max' }],
])('thinking as in %j', (fields, expected) => {
  expect(decode({ ...hello, ...fields }).reasoning).toEqual(expected)
})

test('a schema for the answer is found under either name, and tools of the provider keep their shape', () => {
  const format = { type: 'json_schema', schema: { type: 'object' } }
  const output = { type: 'json_schema', schema: { type: 'object' } }
  expect(decode({ ...hello, output_config: { format } }).output).toEqual(output)
  expect(decode({ ...hello, output_format: format }).output).toEqual(output)
  const search = { type: 'web_search_20250305', name: 'web_search', max_uses: 2 }
  expect(decode({ ...hello, tools: [search] }).tools).toEqual([
    { type: 'provider', format: 'anthropic-messages', name: 'web_search', value: search },
  ])
})

test('a source of a kind that is new passes', () => {
  expect(partsOf([{ type: 'image', source: { type: 'bucket', name: 1 } }])).toMatchObject([
    { type: 'opaque' },
  ])
})

test('the text of a prompt is measured, and the bytes of its images are not', () => {
  const image = {
    type: 'image',
    source: { type: 'base64', media_type: 'image/png', data: 'A'.repeat(9_000) },
  }
  const body = {
    ...hello,
    system: 'four',
    messages: [{ role: 'user', content: [{ type: 'text', text: '12345' }, image] }],
  }
  expect(anthropicMessages.checkRequest(body, address).inputCharacters).toBe(9)
})

test('no body makes anything but a decision of ours', () => {
  const value = fc.jsonValue() as fc.Arbitrary<unknown>
  const block = fc.record(
    {
      type: fc.constantFrom('text', 'image', 'document', 'tool_use', 'tool_result', 'thinking', 'x'),
      text: value,
      source: value,
      id: value,
      content: value,
      thinking: value,
      signature: value,
      citations: value,
      cache_control: value,
    },
    { requiredKeys: ['type'] },
  )
  const body = fc.record(
    {
      model: fc.constant('m'),
      messages: fc.array(
        fc.record({
          role: fc.constantFrom('user', 'assistant', 'system'),
          content: fc.oneof(value, fc.array(block)),
        }),
      ),
      system: fc.oneof(value, fc.array(block)),
      tools: value,
      tool_choice: value,
      thinking: value,
      output_config: value,
      metadata: value,
    },
    { requiredKeys: ['model', 'messages'] },
  )
  fc.assert(
    fc.property(body, given => {
      try {
        const conversation = decode(given)
        anthropicMessages.chat.encodeRequest(conversation, targetOf('claude-opus-5'))
      } catch (thrown) {
        if (!(thrown instanceof GatewayError)) throw thrown
      }
    }),
  )
})
