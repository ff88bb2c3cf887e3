import { expect, test } from 'vitest'
import { formats } from '../formats/index.ts'
import { hasEffects } from './effects.ts'
import type { Exchange } from './exchange.ts'

function asked(format: string, parameters: Readonly<Record<string, unknown>>): boolean {
  const call = { endpoint: { format: formats[format] } } as unknown as Exchange['call']
  return hasEffects({ call }, { parameters })
}

test.each([
  ['openai-chat', { store: true }],
  ['openai-chat', { web_search_options: {} }],
  ['mistral-chat', { tools: [{ type: 'web_search' }] }],
  ['openai-responses', {}],
  ['openai-responses', { store: false, tools: [{ type: 'image_generation' }] }],
  ['openai-responses', { store: false, tools: [{ type: 'code_interpreter', container: { type: 'auto' } }] }],
  ['openai-responses', { store: false, tools: [{ type: 'function', name: 'f' }, { type: 'web_search' }] }],
  ['openai-responses', { store: false, background: true }],
  ['openai-responses', { store: false, conversation: 'conv_1' }],
  ['openai-responses', { store: false, tools: [{ type: 'mcp', server_url: 'https://tools.example' }] }],
  ['anthropic-messages', { mcp_servers: [{ url: 'https://tools.example' }] }],
  ['anthropic-messages', { container: 'container_1' }],
  ['anthropic-messages', { tools: [{ type: 'code_execution_20250825', name: 'code_execution' }] }],
  ['gemini', { tools: [{ functionDeclarations: [] }, { googleSearch: {} }] }],
  ['bedrock-converse', { toolConfig: { tools: [{ systemTool: { name: 'nova_grounding' } }] } }],
])('a request of %s with %o does something beside being answered', (format, parameters) => {
  expect(asked(format, parameters)).toBe(true)
})

test.each([
  ['openai-chat', {}],
  ['openai-chat', { store: false, tools: [{ type: 'function', function: { name: 'mcp' } }] }],
  ['openai-responses', { store: false, background: false, tools: [{ type: 'local_shell' }, null] }],
  ['anthropic-messages', { tools: [{ name: 'mcp' }, { type: 'bash_20250124', name: 'bash' }] }],
  ['anthropic-messages', { tools: [{ type: 'custom', name: 'code_execution' }] }],
  ['gemini', { tools: [{ functionDeclarations: [{ name: 'f' }] }] }],
  ['bedrock-converse', { toolConfig: { tools: [{ toolSpec: { name: 'f' } }] } }],
  ['cohere-chat', { tools: [{ type: 'function', function: { name: 'f' } }] }],
])('a request of %s with %o does not', (format, parameters) => {
  expect(asked(format, parameters)).toBe(false)
})
