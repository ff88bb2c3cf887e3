import { expect, test } from 'vitest'
import { hasEffects } from './effects.ts'
import type { Exchange } from './exchange.ts'

function asked(format: string, parameters: Readonly<Record<string, unknown>>): boolean {
  const call = { endpoint: { format: { name: format } } } as unknown as Exchange['call']
  return hasEffects({ call }, { parameters })
}

test.each([
  ['openai-chat', { store: true }],
  ['openai-responses', {}],
  ['openai-responses', { store: false, background: true }],
  ['openai-responses', { store: false, conversation: 'conv_1' }],
  ['openai-responses', { store: false, tools: [{ type: 'mcp', server_url: 'https://tools.example' }] }],
  ['anthropic-messages', { mcp_servers: [{ url: 'https://tools.example' }] }],
])('a request of %s with %o does something beside being answered', (format, parameters) => {
  expect(asked(format, parameters)).toBe(true)
})

test.each([
  ['openai-chat', {}],
  ['openai-chat', { store: false, tools: [{ type: 'function', function: { name: 'mcp' } }] }],
  ['openai-responses', { store: false, background: false, tools: [{ type: 'web_search' }, null] }],
  ['anthropic-messages', { tools: [{ name: 'mcp' }] }],
])('a request of %s with %o does not', (format, parameters) => {
  expect(asked(format, parameters)).toBe(false)
})
