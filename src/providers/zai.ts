// Z.ai (GLM), international address. Its error codes are numbers. https://docs.z.ai/api-reference

import { byUpstreamCode } from './error-rules.ts'
import { defineCompatibleProvider } from './openai-compatible-provider.ts'

export const zai = defineCompatibleProvider({
  type: 'zai',
  title: 'Z.ai',
  baseUrl: 'https://api.z.ai/api/paas/v4',
  keyVariables: ['ZAI_API_KEY'],
  operations: ['chat', 'image_generation', 'transcription'],
  chat: {
    reasoningRequest: 'switch',
    efforts: ['low', 'medium', 'high', 'max'],
    reasoningHistory: 'reasoning_content',
    jsonSchema: 'prompt',
    files: 'none',
  },
  parameters: { max_completion_tokens: { rename: 'max_tokens' } },
  errors: [
    ...byUpstreamCode('upstream_quota_exceeded', ['1113']),
    ...byUpstreamCode('upstream_model_not_found', ['1211']),
    ...byUpstreamCode('context_length_exceeded', ['1261']),
    ...byUpstreamCode('content_filter', ['1301']),
    ...byUpstreamCode('upstream_rate_limited', ['1302', '1303', '1305']),
  ],
  models: ['glm-5.3', 'glm-5.3-flash', 'glm-5.2', 'glm-5.1', 'glm-5', 'glm-4.7', 'glm-4.6', 'glm-4.5-air'],
})
