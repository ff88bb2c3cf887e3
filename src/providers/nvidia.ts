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
    'openai/gpt-oss-120b',
    'nvidia/llama-3.3-nemotron-super-49b-v1.5',
    'meta/llama-3.3-70b-instruct',
    'deepseek-ai/deepseek-v3.1',
    'qwen/qwen3-coder-480b-a35b-instruct',
    'moonshotai/kimi-k2-instruct',
    'nvidia/nv-embedqa-e5-v5',
  ],
})
