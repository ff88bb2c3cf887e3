// Moonshot AI (Kimi), international address. https://platform.moonshot.ai/docs/api/chat

import { flagIn, inputsFrom } from './listing/fields.ts'
import { openAiListing } from './listing/openai-models.ts'
import { defineCompatibleProvider } from './openai-compatible-provider.ts'

export const moonshot = defineCompatibleProvider({
  type: 'moonshot',
  title: 'Moonshot AI',
  baseUrl: 'https://api.moonshot.ai/v1',
  keyVariables: ['MOONSHOT_API_KEY'],
  chat: {
    // The models of the Kimi series fix the sampling themselves.
    reasoningModels: /^kimi-/,
    reasoningRequest: 'switch',
    efforts: ['low', 'high', 'max'],
    reasoningHistory: 'reasoning_content',
    // "thinking is enabled but reasoning_content is missing in assistant tool call message"
    lostReasoning: ' ',
    jsonSchema: 'prompt',
    imageUrls: false,
    files: 'none',
    // Its newest models only think, and JSON does not go with it. https://platform.kimi.ai/docs/api/partial
    prefill: {
      style: 'partial',
      models: /^(?:kimi-k2\.[56]|moonshot-v1)/,
      thinkers: /^kimi-/,
      proseOnly: true,
    },
  },
  priceProvider: 'moonshotai',
  listing: openAiListing({
    read: row => ({
      input: inputsFrom({ image: row['supports_image_in'], video: row['supports_video_in'] }),
      reasoning: flagIn(row['supports_reasoning']),
    }),
  }),
  models: [
    'kimi-k3.1-pro',
    'kimi-k3.1-pro-highspeed',
    'kimi-k3',
    'kimi-k2.7-code',
    'kimi-k2.7-code-highspeed',
    'kimi-k2.6',
  ],
})
