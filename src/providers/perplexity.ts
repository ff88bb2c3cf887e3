// Perplexity, the chat completions of its Sonar models. The vendor supported them until 27 September 2026 and points to
// its Agent API, which speaks the Responses format. https://docs.perplexity.ai/docs/agent-api/migrate-from-sonar/overview

import { defineCompatibleProvider, openaiPath } from './openai-compatible-provider.ts'
import { withResponses } from './responses-api.ts'

export const perplexity = defineCompatibleProvider({
  type: 'perplexity',
  title: 'Perplexity',
  baseUrl: 'https://api.perplexity.ai',
  keyVariables: ['PERPLEXITY_API_KEY', 'PPLX_API_KEY'],
  moreFormats: withResponses,
  quirks: { openAiResponses: { stateless: true } },
  pathFor: destination =>
    destination.format === 'openai-responses' ? `/v1${openaiPath(destination)}` : openaiPath(destination),
  // Every chunk brings the usage so far.
  streamUsage: 'reject',
  // After the system message, user and assistant have to take turns.
  chat: { alternate: true, efforts: ['minimal', 'low', 'medium', 'high'], files: 'none', topK: true },
  errors: [{ message: /sonar is now the agent api/i, code: 'upstream_model_not_found' }],
  // https://docs.perplexity.ai/api-reference/models-get lists what its Agent API takes: chat completions know none of it.
  listing: null,
  models: ['sonar', 'sonar-pro', 'sonar-reasoning-pro', 'sonar-deep-research'],
})
