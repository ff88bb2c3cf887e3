import { expect, test } from 'vitest'
import { formats } from '../formats/index.ts'
import { inDialect } from './dialect.ts'
import { listEndpoints } from './index.ts'

function formatAt(route: string, agent: string | undefined): string | undefined {
  const endpoint = listEndpoints(formats).find(listed => listed.route === route)
  const headers = agent === undefined ? {} : { 'user-agent': agent }
  return endpoint === undefined ? undefined : inDialect(endpoint, headers).format.name
}

test.each([
  ['/v1/chat/completions', 'mistral-client-typescript/2.7.0', 'mistral-chat'],
  ['/v1/chat/completions', 'mistral-client-python/3.7.0', 'mistral-chat'],
  ['/v1/embeddings', 'mistral-client-python/3.7.0', 'mistral-embeddings'],
  ['/v1/chat/completions', 'OpenAI/JS 6.0.0', 'openai-chat'],
  ['/v1/chat/completions', 'about mistral-client-python', 'openai-chat'],
  ['/v1/chat/completions', undefined, 'openai-chat'],
  ['/v1/messages', 'mistral-client-python/3.7.0', 'anthropic-messages'],
])('at %s a client that calls itself %s speaks %s', (route, agent, format) => {
  expect(formatAt(route, agent)).toBe(format)
})
