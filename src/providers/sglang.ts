// SGLang, its own server. https://docs.sglang.ai/basic_usage/openai_api_completions.html

import { defineCompatibleProvider } from './openai-compatible-provider.ts'
import { openThinkers } from './thinking-models.ts'

export const sglang = defineCompatibleProvider({
  type: 'sglang',
  title: 'SGLang',
  baseUrl: 'http://127.0.0.1:30000',
  pathPrefix: '/v1',
  keyVariables: ['SGLANG_API_KEY'],
  keyOptional: true,
  operations: ['chat', 'completion', 'embedding'],
  chat: {
    reasoningHistory: 'reasoning_content',
    files: 'none',
    videos: true,
    topK: true,
    // https://github.com/sgl-project/sglang/pull/4226
    prefill: { style: 'continue_final_message', thinkers: openThinkers },
  },
})
