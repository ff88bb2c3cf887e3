// vLLM, its own server. https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html

import { defineCompatibleProvider } from './openai-compatible-provider.ts'
import { withResponses } from './responses-api.ts'
import { openThinkers } from './thinking-models.ts'

export const vllm = defineCompatibleProvider({
  type: 'vllm',
  title: 'vLLM',
  baseUrl: 'http://127.0.0.1:8000',
  pathPrefix: '/v1',
  keyVariables: ['VLLM_API_KEY'],
  moreFormats: { ...withResponses, transcription: ['openai-translations'] },
  quirks: { openAiResponses: { stateless: true } },
  keyOptional: true,
  operations: ['chat', 'completion', 'embedding', 'transcription'],
  chat: {
    reasoningHistory: 'reasoning',
    files: 'none',
    videos: true,
    topK: true,
    // A field beyond OpenAI's, as the page above tells. What the parser of a thinking model makes of it is its affair.
    prefill: { style: 'continue_final_message', thinkers: openThinkers },
  },
})
