// Fireworks AI. https://docs.fireworks.ai/api-reference

import { flagIn, inputsFrom } from './listing/fields.ts'
import { openAiListing } from './listing/openai-models.ts'
import { defineCompatibleProvider } from './openai-compatible-provider.ts'

export const fireworks = defineCompatibleProvider({
  type: 'fireworks',
  title: 'Fireworks AI',
  baseUrl: 'https://api.fireworks.ai/inference/v1',
  keyVariables: ['FIREWORKS_API_KEY'],
  operations: ['chat', 'completion', 'embedding'],
  chat: {
    efforts: ['none', 'low', 'medium', 'high'],
    reasoningHistory: 'reasoning_content',
    files: 'none',
    topK: true,
  },
  // A suspended account.
  errors: [{ status: 412, code: 'upstream_quota_exceeded' }],
  listing: openAiListing({
    read: row => ({
      kind: row['supports_chat'] === true ? 'chat' : undefined,
      input: inputsFrom({ image: row['supports_image_input'] }),
      tools: flagIn(row['supports_tools']),
    }),
  }),
  models: [
    'accounts/fireworks/models/kimi-k3',
    'accounts/fireworks/models/kimi-k2p7-code',
    'accounts/fireworks/models/kimi-k2p6',
    'accounts/fireworks/models/deepseek-v4-pro',
    'accounts/fireworks/models/deepseek-v4-flash',
    'accounts/fireworks/models/deepseek-v3p2',
    'accounts/fireworks/models/glm-5p2',
    'accounts/fireworks/models/glm-5p1',
    'accounts/fireworks/models/minimax-m3',
    'accounts/fireworks/models/qwen3p7-plus',
    'accounts/fireworks/models/gpt-oss-120b',
    'accounts/fireworks/models/gpt-oss-20b',
  ],
})
