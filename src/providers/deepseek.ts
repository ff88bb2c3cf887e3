// DeepSeek. https://api-docs.deepseek.com/api/create-chat-completion

import { defineCompatibleProvider } from './openai-compatible-provider.ts'
import { withResponses } from './responses-api.ts'

export const deepseek = defineCompatibleProvider({
  type: 'deepseek',
  title: 'DeepSeek',
  baseUrl: 'https://api.deepseek.com',
  keyVariables: ['DEEPSEEK_API_KEY'],
  // https://api-docs.deepseek.com/guides/thinking_mode
  chat: {
    reasoningRequest: 'switch',
    efforts: ['low', 'high', 'max'],
    reasoningHistory: 'reasoning_content',
    forgetsReasoning: /r1/i,
    lostReasoning: '',
    jsonSchema: 'prompt',
    files: 'none',
    plainText: true,
  },
  moreFormats: withResponses,
  quirks: { openAiResponses: { stateless: true } },
  parameters: { max_completion_tokens: { rename: 'max_tokens' } },
  models: ['deepseek-v4-pro', 'deepseek-v4-flash', 'deepseek-chat', 'deepseek-reasoner'],
})
