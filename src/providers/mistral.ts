// Mistral AI. Its schema allows no further properties: what it does not know is answered with 422.
// https://docs.mistral.ai/api

import { byUpstreamCode } from './error-rules.ts'
import { mistralListing } from './listing/mistral.ts'
import { defineCompatibleProvider } from './openai-compatible-provider.ts'

export const mistral = defineCompatibleProvider({
  type: 'mistral',
  title: 'Mistral AI',
  baseUrl: 'https://api.mistral.ai/v1',
  keyVariables: ['MISTRAL_API_KEY'],
  operations: ['chat', 'embedding', 'moderation', 'transcription'],
  // In its own words for its own clients, whose requests and answers pass unread.
  moreFormats: { chat: ['mistral-chat'], completion: ['mistral-fim'], embedding: ['mistral-embeddings'] },
  // Its batches have a shape of their own.
  relayed: ['file'],
  // The last chunk of every stream brings the usage.
  streamUsage: 'reject',
  chat: {
    // "Tool call id has to be defined and be of length 9, with letters and digits."
    toolCallIds: { accepts: /^[a-zA-Z0-9]{9}$/, length: 9 },
    requiredChoice: 'any',
    efforts: ['none', 'high'],
    reasoningHistory: 'thinking_chunks',
    files: 'document_url',
    names: false,
    // https://docs.mistral.ai/capabilities/completion/prefix
    prefill: { style: 'prefix', echoes: true, thinkers: /magistral/ },
    cacheKey: true,
  },
  parameters: {
    seed: { rename: 'random_seed' },
    max_completion_tokens: { rename: 'max_tokens' },
    dimensions: { rename: 'output_dimension' },
    logprobs: 'refuse',
    top_logprobs: 'refuse',
    logit_bias: 'refuse',
    modalities: 'refuse',
    audio: 'refuse',
    functions: 'refuse',
    function_call: 'refuse',
    web_search_options: 'refuse',
    service_tier: { values: ['auto', 'standard_only'] },
    stream_options: 'drop',
    user: 'drop',
    safety_identifier: 'drop',
    store: 'drop',
    verbosity: 'drop',
    prompt_cache_retention: 'drop',
    prompt_cache_options: 'drop',
  },
  errors: byUpstreamCode('upstream_overloaded', ['service_tier_capacity_exceeded', '3505']),
  listing: mistralListing,
  models: [
    'mistral-large-latest',
    'mistral-large-2512',
    'mistral-medium-latest',
    'mistral-medium-3-5',
    'mistral-small-latest',
    'mistral-small-2603',
    'ministral-14b-2512',
    'ministral-8b-2512',
    'ministral-3b-2512',
    'codestral-2508',
    'devstral-2512',
    'mistral-embed',
    'mistral-moderation-latest',
    'voxtral-mini-latest',
  ],
})
