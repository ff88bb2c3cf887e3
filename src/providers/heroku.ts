// Heroku Managed Inference. https://devcenter.heroku.com/articles/heroku-inference-api-v1-chat-completions

import { herokuListing } from './listing/heroku.ts'
import { defineCompatibleProvider } from './openai-compatible-provider.ts'

export const heroku = defineCompatibleProvider({
  type: 'heroku',
  title: 'Heroku',
  baseUrl: 'https://us.inference.heroku.com/v1',
  keyVariables: ['INFERENCE_KEY', 'HEROKU_INFERENCE_KEY'],
  baseUrlVariables: ['HEROKU_INFERENCE_URL'],
  operations: ['chat', 'embedding'],
  chat: { reasoningRequest: 'none', files: 'none', topK: true },
  listing: herokuListing,
  models: [
    'claude-sonnet-4-6',
    'claude-4-5-sonnet',
    'claude-4-5-haiku',
    'gpt-oss-120b',
    'cohere-embed-multilingual',
  ],
})
