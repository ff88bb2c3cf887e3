// The server of llama.cpp, on one's own machine. https://github.com/ggml-org/llama.cpp/tree/master/tools/server

import { defineCompatibleProvider } from './openai-compatible-provider.ts'

export const llamacpp = defineCompatibleProvider({
  type: 'llamacpp',
  title: 'llama.cpp',
  baseUrl: 'http://127.0.0.1:8080',
  pathPrefix: '/v1',
  keyVariables: ['LLAMA_API_KEY'],
  keyOptional: true,
  operations: ['chat', 'completion', 'embedding'],
  chat: {
    reasoningHistory: 'reasoning_content',
    imageUrls: false,
    files: 'none',
    topK: true,
    // Of a model that thinks it is refused aloud: "Assistant response prefill is incompatible with enable_thinking."
    // Whole answers begin with it, streams do not. https://github.com/ggml-org/llama.cpp/pull/13174
    prefill: { style: 'plain', echoes: true },
  },
})
