// Hugging Face, its router to many vendors. Models may name one of them: `openai/gpt-oss-120b:groq`.
// https://huggingface.co/docs/inference-providers/index

import { huggingfaceListing } from './listing/huggingface.ts'
import { defineCompatibleProvider } from './openai-compatible-provider.ts'

export const huggingface = defineCompatibleProvider({
  type: 'huggingface',
  title: 'Hugging Face',
  baseUrl: 'https://router.huggingface.co/v1',
  keyVariables: ['HF_TOKEN', 'HUGGINGFACE_API_KEY'],
  chat: { efforts: ['none', 'low', 'medium', 'high'], files: 'none' },
  parameters: { max_completion_tokens: { rename: 'max_tokens' } },
  listing: huggingfaceListing,
  models: [
    'openai/gpt-oss-120b',
    'openai/gpt-oss-20b',
    'meta-llama/Llama-3.3-70B-Instruct',
    'Qwen/Qwen3-32B',
    'deepseek-ai/DeepSeek-V3.2',
    'moonshotai/Kimi-K2-Instruct',
    'zai-org/GLM-4.6',
  ],
})
