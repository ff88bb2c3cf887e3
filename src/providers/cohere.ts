// Cohere. https://docs.cohere.com/reference/about

import { bearer } from './bearer.ts'
import { byStatus } from './error-rules.ts'
import { pathOf } from './format-paths.ts'
import { cohereListing } from './listing/cohere.ts'
import type { Provider } from './provider.ts'

const paths: Readonly<Record<string, string>> = {
  'cohere-chat': '/v2/chat',
  'cohere-embed': '/v2/embed',
  'cohere-rerank': '/v2/rerank',
  'cohere-rerank-v1': '/v1/rerank',
}

export const cohere: Provider = {
  type: 'cohere',
  title: 'Cohere',
  baseUrl: 'https://api.cohere.com',
  // The version belongs to the paths.
  pathTail: /\/v[12]$/,
  keyVariables: ['COHERE_API_KEY', 'CO_API_KEY'],
  formats: {
    chat: ['cohere-chat'],
    embedding: ['cohere-embed'],
    rerank: ['cohere-rerank', 'cohere-rerank-v1'],
  },
  pathFor: destination => pathOf(paths, destination),
  headersFor: bearer,
  streamUsage: 'reject',
  parameters: {},
  errors: [
    // "You are using a Trial key, which is limited to 1000 API calls / month."
    ...byStatus('upstream_quota_exceeded', [429], /calls? ?\/ ?month/i),
    ...byStatus(
      'upstream_model_not_found',
      [400, 404],
      /model .{0,120}(?:was removed|not found|not supported)/i,
    ),
    ...byStatus('upstream_authentication', [400, 401, 403], /invalid api token|no api key supplied/i),
    ...byStatus('upstream_quota_exceeded', [402]),
    ...byStatus('upstream_overloaded', [503]),
  ],
  listing: cohereListing,
  models: [
    'command-a-03-2025',
    'command-a-reasoning-08-2025',
    'command-a-vision-07-2025',
    'command-r7b-12-2024',
    'command-r-08-2024',
    'command-r-plus-08-2024',
    'embed-v4.0',
    'embed-english-v3.0',
    'embed-multilingual-v3.0',
    'rerank-v3.5',
  ],
}
