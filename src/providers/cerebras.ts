// Cerebras. https://inference-docs.cerebras.ai/resources/openai lists what of OpenAI's API is answered with 400.

import { defineCompatibleProvider } from './openai-compatible-provider.ts'

export const cerebras = defineCompatibleProvider({
  type: 'cerebras',
  title: 'Cerebras',
  baseUrl: 'https://api.cerebras.ai/v1',
  keyVariables: ['CEREBRAS_API_KEY'],
  operations: ['chat', 'completion'],
  chat: {
    maxTokens: 'max_completion_tokens',
    efforts: ['low', 'medium', 'high'],
    reasoningHistory: 'reasoning',
    files: 'none',
  },
  parameters: { logit_bias: 'refuse', frequency_penalty: 'drop', presence_penalty: 'drop' },
  models: ['gpt-oss-120b', 'gemma-4-31b', 'qwen-3.8-27b'],
})
