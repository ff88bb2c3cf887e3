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
    'meta-llama/Llama-3.3-70B-Instruct-Turbo',
    'meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8',
    'meta-llama/Llama-4-Scout-17B-16E-Instruct',
    'meta-llama/Meta-Llama-3.1-405B-Instruct-Turbo',
    'meta-llama/Meta-Llama-3.1-70B-Instruct-Turbo',
    'meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo',
    'mistralai/Mixtral-8x7B-Instruct-v0.1',
    'mistralai/Mistral-7B-Instruct-v0.2',
  ],
})
