// LM Studio, its local server. https://lmstudio.ai/docs/developer/openai-compat

import { lmstudioListing } from './listing/lmstudio.ts'
import { defineCompatibleProvider } from './openai-compatible-provider.ts'
import { withResponses } from './responses-api.ts'

export const lmstudio = defineCompatibleProvider({
  type: 'lmstudio',
  title: 'LM Studio',
  baseUrl: 'http://127.0.0.1:1234',
  pathPrefix: '/v1',
  keyVariables: ['LM_API_TOKEN'],
  moreFormats: withResponses,
  keyOptional: true,
  operations: ['chat', 'completion', 'embedding'],
  // Images are taken only as their bytes.
  chat: { imageUrls: false, files: 'none', topK: true },
  listing: lmstudioListing,
  parameters: { max_completion_tokens: { rename: 'max_tokens' } },
})
