// NVIDIA NIM: the hosted catalogue, and by `base_url` the same containers on machines of one's own.
// https://docs.nvidia.com/nim/large-language-models/latest/api-reference.html

import { defineCompatibleProvider } from './openai-compatible-provider.ts'

export const nvidia = defineCompatibleProvider({
  type: 'nvidia',
  title: 'NVIDIA NIM',
  baseUrl: 'https://integrate.api.nvidia.com/v1',
  keyVariables: ['NVIDIA_API_KEY', 'NVIDIA_NIM_API_KEY'],
  operations: ['chat', 'completion', 'embedding'],
  chat: { efforts: ['low', 'medium', 'high'], files: 'none' },
  parameters: { max_completion_tokens: { rename: 'max_tokens' }, user: 'drop', store: 'drop' },
  models: [
    'nvidia/nemotron-3-ultra-550b-a55b',
    'nvidia/nemotron-3.5-super-vl-120b-a12b',
    'openai/gpt-oss-20b',
    'deepseek-ai/deepseek-v4.1-flash',
    'moonshotai/kimi-k2.6',
    'minimaxai/minimax-m3.1-flash',
    'z-ai/glm-5.3-flash',
    'nvidia/nv-embedqa-e5-v5',
  ],
})
