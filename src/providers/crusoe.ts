// Crusoe Managed Inference. https://docs.crusoecloud.com/managed-inference/overview

import { defineCompatibleProvider } from './openai-compatible-provider.ts'

export const crusoe = defineCompatibleProvider({
  type: 'crusoe',
  title: 'Crusoe',
  baseUrl: 'https://api.inference.crusoecloud.com/v1',
  keyVariables: ['CRUSOE_API_KEY'],
  chat: { reasoningHistory: 'reasoning', files: 'none', topK: true },
  models: ['zai/GLM-5.2', 'meta-llama/Llama-3.3-70B-Instruct'],
})
