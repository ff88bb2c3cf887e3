import { describe, expect, test } from 'vitest'
import { GatewayError } from '../../errors.ts'
import type { JsonObject } from '../format.ts'
import { editsForUsage } from '../openai-shared/stream-usage.ts'
import { checkRequest } from './request.ts'

const noAddress = { model: null, streaming: null }

const user = { role: 'user', content: 'Hi' }
const base = { model: 'm', messages: [user] }
const call = { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }

function faultOf(body: JsonObject): GatewayError {
  try {
    checkRequest(body, noAddress)
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown
    throw thrown
  }
  throw new Error('The request was taken.')
}

function nest(depth: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { a: value }
  return value
}

test('a request is understood', () => {
  const messages = [
    { role: 'system', content: 'abc' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'de' },
        { type: 'image_url', image_url: { url: 'data:…' } },
      ],
    },
    { role: 'assistant', content: null, tool_calls: [call] },
    { role: 'tool', tool_call_id: 'a', content: '42' },
  ]
  const facts = checkRequest(
    {
      model: 'm',
      messages,
      stream: true,
      stream_options: { include_usage: true },
      x: 1,
    },
    noAddress,
  )
  expect(facts).toMatchObject({ model: 'm', streaming: true, wantsStreamUsage: true })
  expect(facts.fields).toEqual(['model', 'messages', 'stream', 'stream_options', 'x'])
  expect(facts.inputCharacters).toBeGreaterThanOrEqual(3 + 2 + 3 + 2)
  expect(checkRequest({ ...base }, noAddress)).toMatchObject({
    streaming: false,
    wantsStreamUsage: false,
    inputCharacters: 2,
  })
})

describe('what some provider may take is taken', () => {
  test.each<[string, JsonObject]>([
    ['unknown fields', { ...base, x_future: { a: [1] }, top_k: 1 }],
    ['values out of the usual range', { ...base, temperature: 9, max_tokens: -1, top_p: 0 }],
    [
      'nulls for fields that are not set',
      { ...base, n: null, stop: null, tools: null, stream: null, seed: null, stream_options: null },
    ],
    ['an assistant without content', { ...base, messages: [user, { role: 'assistant' }] }],
    [
      'a developer and a function',
      {
        ...base,
        messages: [
          { role: 'developer', content: 'a' },
          { role: 'function', name: 'f', content: null },
        ],
      },
    ],
    [
      'parts of unknown types',
      { ...base, messages: [{ role: 'user', content: [{ type: 'x_part', a: 1 }] }] },
    ],
    ['no parts', { ...base, messages: [{ role: 'user', content: [] }] }],
    ['custom tools', { ...base, tools: [{ type: 'custom', custom: { name: 'a' } }, { type: 'web_search' }] }],
    [
      'custom tool calls',
      { ...base, messages: [{ role: 'assistant', tool_calls: [{ id: 'a', type: 'custom', custom: {} }] }] },
    ],
    ['a tool choice by name', { ...base, tool_choice: { type: 'function', function: { name: 'f' } } }],
    ['a list of stops', { ...base, stop: ['a', 'b'] }],
    ['a depth of 100', { ...base, x: nest(99) }],
  ])('%s', (_name, body) => {
    expect(checkRequest(body, noAddress).model).toBe('m')
  })
})

describe('a fault names its field', () => {
  test.each<[string, JsonObject]>([
    ['model', { messages: [user] }],
    ['model', { ...base, model: '' }],
    ['model', { ...base, model: 7 }],
    ['model', { ...base, model: 'x'.repeat(257) }],
    ['messages', { model: 'm' }],
    ['messages', { ...base, messages: [] }],
    ['messages', { ...base, messages: 'Hi' }],
    ['messages', { ...base, messages: Array.from({ length: 10_001 }, () => user) }],
    ['messages[1]', { ...base, messages: [user, 'Hi'] }],
    ['messages[0].role', { ...base, messages: [{ content: 'Hi' }] }],
    ['messages[0].role', { ...base, messages: [{ role: 'model', content: 'Hi' }] }],
    ['messages[0].content', { ...base, messages: [{ role: 'user' }] }],
    ['messages[0].content', { ...base, messages: [{ role: 'user', content: null }] }],
    ['messages[0].content', { ...base, messages: [{ role: 'user', content: { type: 'text' } }] }],
    ['messages[0].content', { ...base, messages: [{ role: 'assistant', content: 7 }] }],
    [
      'messages[2].content[0].type',
      { ...base, messages: [user, user, { role: 'user', content: [{ text: 'a' }] }] },
    ],
    [
      'messages[0].content[1]',
      { ...base, messages: [{ role: 'user', content: [{ type: 'text', text: '' }, 'a'] }] },
    ],
    ['messages[0].content[0].text', { ...base, messages: [{ role: 'user', content: [{ type: 'text' }] }] }],
    ['messages[0].tool_call_id', { ...base, messages: [{ role: 'tool', content: 'a' }] }],
    ['messages[0].tool_calls', { ...base, messages: [{ role: 'assistant', tool_calls: {} }] }],
    [
      'messages[0].tool_calls[0].id',
      { ...base, messages: [{ role: 'assistant', tool_calls: [{ ...call, id: 1 }] }] },
    ],
    [
      'messages[0].tool_calls[0].function',
      { ...base, messages: [{ role: 'assistant', tool_calls: [{ id: 'a' }] }] },
    ],
    [
      'messages[0].tool_calls[0].function.arguments',
      {
        ...base,
        messages: [{ role: 'assistant', tool_calls: [{ ...call, function: { name: 'f', arguments: {} } }] }],
      },
    ],
    ['temperature', { ...base, temperature: '1' }],
    ['n', { ...base, n: 1.5 }],
    ['max_tokens', { ...base, max_tokens: '10' }],
    ['stream', { ...base, stream: 'true' }],
    ['stream_options', { ...base, stream_options: true }],
    ['stream_options.include_usage', { ...base, stream_options: { include_usage: 1 } }],
    ['stop[1]', { ...base, stop: ['a', 1] }],
    ['tools', { ...base, tools: {} }],
    ['tools[0].type', { ...base, tools: [{ function: { name: 'f' } }] }],
    ['tools[0].function', { ...base, tools: [{ type: 'function' }] }],
    ['tools[1].function.name', { ...base, tools: [{ type: 'x' }, { type: 'function', function: {} }] }],
    [
      'tools[0].function.parameters',
      { ...base, tools: [{ type: 'function', function: { name: 'f', parameters: 'x' } }] },
    ],
    ['functions[0].name', { ...base, functions: [{}] }],
    ['response_format', { ...base, response_format: 'json' }],
    ['response_format.type', { ...base, response_format: {} }],
    ['metadata', { ...base, metadata: [] }],
    ['x', { ...base, x: nest(100) }],
    ['messages[0].x', { ...base, messages: [{ ...user, x: nest(100) }] }],
    ['tools[0]', { ...base, tools: [{ type: 'x', x: nest(100_000) }] }],
  ])('%s', (param, body) => {
    const fault = faultOf(body)
    expect(fault.code).toBe('invalid_request')
    expect(fault.param).toBe(param)
    expect(fault.message).toContain(`\`${param}\``)
  })
})

test('counting a stream is asked for, and other options stay', () => {
  expect(editsForUsage({ ...base, stream: true })).toEqual({ stream_options: '{"include_usage":true}' })
  expect(editsForUsage({ ...base, stream: true, stream_options: { include_usage: false, x: 1 } })).toEqual({
    stream_options: '{"include_usage":true,"x":1}',
  })
  expect(editsForUsage({ ...base, stream: true, stream_options: { include_usage: true } })).toEqual({})
  expect(editsForUsage(base)).toEqual({})
})
