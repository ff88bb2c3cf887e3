// Together AI. https://docs.together.ai/reference/chat-completions

import { togetherListing } from './listing/together.ts'
import { defineCompatibleProvider } from './openai-compatible-provider.ts'

export const together = defineCompatibleProvider({
  type: 'together',
  title: 'Together AI',
  baseUrl: 'https://api.together.xyz/v1',
  keyVariables: ['TOGETHER_API_KEY'],
  baseUrlVariables: ['TOGETHER_BASE_URL'],
  operations: ['chat', 'completion', 'embedding', 'image_generation', 'speech', 'transcription'],
  moreFormats: { transcription: ['openai-translations'] },
  chat: { files: 'none', topK: true },
  parameters: { max_completion_tokens: { rename: 'max_tokens' } },
  listing: togetherListing,
  models: [
    'zai-org/GLM-5.3',
    'zai-org/GLM-5.3-Flash',
    'moonshotai/Kimi-K3.1-Pro',
    'deepseek-ai/DeepSeek-V4-Pro-0813',
    'deepseek-ai/DeepSeek-V4.1-Flash',
    'Qwen/Qwen3.7-Max',
    'MiniMaxAI/MiniMax-M3',
    'meta-llama/Llama-3.3-70B-Instruct-Turbo',
  ],
})
