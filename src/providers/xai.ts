// xAI (Grok). https://docs.x.ai/docs/api-reference

import { xaiListing } from './listing/xai.ts'
import { defineCompatibleProvider } from './openai-compatible-provider.ts'
import { withResponses } from './responses-api.ts'

export const xai = defineCompatibleProvider({
  type: 'xai',
  title: 'xAI',
  baseUrl: 'https://api.x.ai/v1',
  keyVariables: ['XAI_API_KEY'],
  // An edit is JSON that names the image by its address; forms are not taken.
  operations: ['chat', 'image_generation', 'image_edit'],
  chat: {
    plainModels: /grok-(?:3(?!-mini)|4(?!\.)|code)/,
    efforts: ['none', 'low', 'medium', 'high'],
    files: 'none',
  },
  moreFormats: withResponses,
  priceProvider: 'x-ai',
  listing: xaiListing,
  models: ['grok-4.7', 'grok-4.6', 'grok-4.5', 'grok-4.3', 'grok-4.20', 'grok-imagine-image'],
})
