// Ollama, by its OpenAI-compatible surface. https://docs.ollama.com/api/openai-compatibility
// That surface has no say over the context window: the server cuts a longer prompt to its own setting without a word.

import { defineCompatibleProvider } from './openai-compatible-provider.ts'

export const ollama = defineCompatibleProvider({
  type: 'ollama',
  title: 'Ollama',
  baseUrl: 'http://127.0.0.1:11434',
  pathPrefix: '/v1',
  keyVariables: ['OLLAMA_API_KEY'],
  baseUrlVariables: ['OLLAMA_HOST'],
  keyOptional: true,
  operations: ['chat', 'completion', 'embedding'],
  // Images are taken only as their bytes.
  chat: {
    efforts: ['none', 'low', 'medium', 'high'],
    reasoningHistory: 'reasoning',
    imageUrls: false,
    files: 'none',
  },
  parameters: {
    max_completion_tokens: { rename: 'max_tokens' },
    // Fields of Ollama's own API, which this surface ignores.
    num_ctx: 'refuse',
    options: 'refuse',
    think: 'refuse',
    keep_alive: 'drop',
    logit_bias: 'refuse',
    // Most clients send `auto`, which is what happens without it.
    tool_choice: 'drop',
    user: 'drop',
  },
})
