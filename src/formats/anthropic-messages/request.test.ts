import { expect, test } from 'vitest'
import { GatewayError } from '../../errors.ts'
import type { JsonObject } from '../format.ts'
import { anthropicMessages } from './index.ts'

const address = { model: null, streaming: null }
const hello = { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'Hello' }] }

function paramOf(body: JsonObject): string | null {
  try {
    anthropicMessages.checkRequest(body, address)
  } catch (thrown) {
    if (thrown instanceof GatewayError && thrown.code === 'invalid_request') return thrown.param
    throw thrown
  }
  throw new Error('Nothing was refused.')
}

test.each<[JsonObject, string]>([
  [{ messages: [] }, 'model'],
  [{ model: 'm' }, 'messages'],
  [{ ...hello, messages: 'hi' }, 'messages'],
  [{ ...hello, messages: [] }, 'messages'],
  [{ ...hello, messages: [1] }, 'messages[0]'],
  [{ ...hello, messages: [{ role: 'robot', content: '' }] }, 'messages[0].role'],
  [{ ...hello, messages: [{ role: 'user' }] }, 'messages[0].content'],
  [{ ...hello, messages: [{ role: 'user', content: 5 }] }, 'messages[0].content'],
  [{ ...hello, messages: [{ role: 'user', content: [{ text: 'x' }] }] }, 'messages[0].content[0].type'],
  [{ ...hello, messages: [{ role: 'user', content: [{ type: 'text' }] }] }, 'messages[0].content[0].text'],
  [{ ...hello, messages: [{ role: 'user', content: [{ type: 'image' }] }] }, 'messages[0].content[0].source'],
  [
    { ...hello, messages: [{ role: 'user', content: [{ type: 'tool_result' }] }] },
    'messages[0].content[0].tool_use_id',
  ],
  [
    { ...hello, messages: [{ role: 'assistant', content: [{ type: 'tool_use', id: 'a' }] }] },
    'messages[0].content[0].name',
  ],
  [{ ...hello, system: 4 }, 'system'],
  [{ ...hello, system: [{ type: 'text', text: 1 }] }, 'system[0].text'],
  [{ ...hello, tools: [{ name: 'a' }] }, 'tools[0].input_schema'],
  [{ ...hello, tools: [{ input_schema: {} }] }, 'tools[0].name'],
  [{ ...hello, tool_choice: 'auto' }, 'tool_choice'],
  [{ ...hello, thinking: {} }, 'thinking.type'],
  [{ ...hello, thinking: { type: 'enabled', budget_tokens: 'all' } }, 'thinking.budget_tokens'],
  [{ ...hello, tool_choice: { type: 'tool', name: 1 } }, 'tool_choice.name'],
  [
    { ...hello, tool_choice: { type: 'any', disable_parallel_tool_use: 'yes' } },
    'tool_choice.disable_parallel_tool_use',
  ],
  [{ ...hello, stop_sequences: 'END' }, 'stop_sequences'],
  [{ ...hello, max_tokens: '9' }, 'max_tokens'],
])('%j is refused by its field', (body, param) => {
  expect(paramOf(body)).toBe(param)
})

test.each<[string, JsonObject, string]>([
  ['image', { data: 'AA==' }, 'type'],
  ['image', { type: 'base64', data: 1 }, 'data'],
  ['image', { type: 'url', url: 1 }, 'url'],
  ['document', { type: 'text' }, 'data'],
  ['document', { type: 'file', file_id: {} }, 'file_id'],
  ['document', { type: 'content', content: 1 }, 'content'],
  ['document', { type: 'content', content: [{ type: 'text', text: 1 }] }, 'content[0].text'],
])('the source of an %s that is none is refused, not left out: %j', (type, source, field) => {
  const messages = [{ role: 'user', content: [{ type, source }] }]
  expect(paramOf({ ...hello, messages })).toBe(`messages[0].content[0].source.${field}`)
})
