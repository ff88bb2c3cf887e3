// SambaNova Cloud. https://docs.sambanova.ai/docs/en/api-reference/endpoints/chat-api-reference

import { defineCompatibleProvider } from './openai-compatible-provider.ts'

export const sambanova = defineCompatibleProvider({
  type: 'sambanova',
  title: 'SambaNova',
  baseUrl: 'https://api.sambanova.ai/v1',
  keyVariables: ['SAMBANOVA_API_KEY'],
  baseUrlVariables: ['SAMBANOVA_BASE_URL'],
  operations: ['chat', 'embedding'],
  chat: { efforts: ['low', 'medium', 'high'], files: 'none', topK: true },
  parameters: {
    max_completion_tokens: { rename: 'max_tokens' },
    logit_bias: 'refuse',
    logprobs: 'refuse',
    top_logprobs: 'refuse',
  },
  models: [
    'gpt-oss-120b',
    'Meta-Llama-3.3-70B-Instruct',
    'DeepSeek-V3.2',
    'DeepSeek-V3.1',
    'MiniMax-M2.7',
    'gemma-4-31B-it',
  ],
})
