// OpenRouter. Errors of the vendor behind it carry their status as code, also inside a 200.
// Attribution (`http-referer`, `x-title`) is a matter of the configured headers. https://openrouter.ai/docs/api-reference

import { openrouterListing } from './listing/openrouter.ts'
import { defineCompatibleProvider } from './openai-compatible-provider.ts'

export const openrouter = defineCompatibleProvider({
  type: 'openrouter',
  title: 'OpenRouter',
  baseUrl: 'https://openrouter.ai/api/v1',
  keyVariables: ['OPENROUTER_API_KEY'],
  quirks: { openAiResponses: { stateless: true } },
  operations: ['chat', 'completion', 'embedding', 'speech'],
  // https://openrouter.ai/docs/api/api-reference/anthropic-messages/create-messages
  moreFormats: { chat: ['anthropic-messages', 'openai-responses'] },
  chat: {
    reasoningRequest: 'object',
    reasoningHistory: 'reasoning_details',
    fileUrls: true,
    videos: true,
    cacheControl: true,
    // As the vendor behind it does; others of its vendors answer anew without a word.
    // https://openrouter.ai/docs/api-reference/overview#assistant-prefill
    prefill: {
      style: 'plain',
      models: /^anthropic\/claude-(?:3|(?:opus|sonnet|haiku)-4(?:\.[015])?(?![.\d]))/,
    },
    topK: true,
    serviceTiers: ['auto', 'default', 'flex', 'priority'],
  },
  errors: [
    // "Your chosen model requires moderation and your input was flagged."
    { status: 403, message: /requires moderation|flagged/i, code: 'content_filter' },
    { upstreamCode: '402', code: 'upstream_quota_exceeded' },
    { upstreamCode: '408', code: 'upstream_timeout' },
    { upstreamCode: '429', code: 'upstream_rate_limited' },
    { upstreamCode: '502', code: 'upstream_error' },
    { upstreamCode: '503', code: 'upstream_overloaded' },
  ],
  listing: openrouterListing,
  models: [
    'openai/gpt-6-sol',
    'openai/gpt-6-luna',
    'openai/gpt-5.5',
    'openai/gpt-5.4-mini',
    'anthropic/claude-opus-5.5',
    'anthropic/claude-sonnet-5',
    'anthropic/claude-haiku-4.5',
    'google/gemini-3.5-flash',
    'google/gemini-3.1-pro-preview',
    'x-ai/grok-4.3',
    'deepseek/deepseek-v4-pro',
    'qwen/qwen3.7-max',
    'moonshotai/kimi-k3',
    'z-ai/glm-5.3',
    'meta-llama/llama-3.3-70b-instruct',
  ],
})
