// Groq. https://console.groq.com/docs/openai lists what of OpenAI's API is answered with 400.

import { textIn } from './listing/fields.ts'
import { openAiListing } from './listing/openai-models.ts'
import { defineCompatibleProvider } from './openai-compatible-provider.ts'
import { withResponses } from './responses-api.ts'

export const groq = defineCompatibleProvider({
  type: 'groq',
  title: 'Groq',
  baseUrl: 'https://api.groq.com/openai/v1',
  keyVariables: ['GROQ_API_KEY'],
  operations: ['chat', 'speech', 'transcription'],
  relayed: ['file', 'batch'],
  chat: {
    maxTokens: 'max_completion_tokens',
    plainModels: /llama|kimi-k2-instruct/,
    efforts: ['none', 'low', 'medium', 'high'],
    reasoningHistory: 'reasoning',
    // https://console.groq.com/docs/structured-outputs
    schemaModels: /gpt-oss|kimi-k2|llama-4/,
    files: 'none',
    serviceTiers: ['auto', 'on_demand', 'flex', 'performance'],
  },
  moreFormats: { ...withResponses, transcription: ['openai-translations'] },
  quirks: { openAiResponses: { stateless: true } },
  parameters: { logprobs: 'refuse', top_logprobs: 'refuse', logit_bias: 'refuse' },
  errors: [
    // The model wrote a tool call that does not fit its schema: the next try may be right.
    { upstreamCode: 'tool_use_failed', code: 'upstream_malformed' },
    // Flex processing without free capacity.
    { status: 498, code: 'upstream_overloaded' },
  ],
  listing: openAiListing({
    dated: true,
    read: row => (row['active'] === false ? null : { ownedBy: textIn(row['owned_by']) }),
  }),
  models: [
    'openai/gpt-oss-120b',
    'openai/gpt-oss-20b',
    'openai/gpt-oss-safeguard-20b',
    'qwen/qwen3.8-27b',
    'qwen/qwen3.6-27b',
    'whisper-large-v3',
    'whisper-large-v3-turbo',
    'canopylabs/orpheus-v1-english',
  ],
})
