// OpenAI. https://platform.openai.com/docs/api-reference

import { defineCompatibleProvider } from './openai-compatible-provider.ts'
import { encryptsReasoning, preferResponses, withAllOfResponses } from './responses.ts'

export const openai = defineCompatibleProvider({
  type: 'openai',
  title: 'OpenAI',
  baseUrl: 'https://api.openai.com/v1',
  keyVariables: ['OPENAI_API_KEY'],
  baseUrlVariables: ['OPENAI_BASE_URL'],
  operations: ['chat', 'completion', 'embedding'],
  chat: 'openai',
  moreFormats: withAllOfResponses,
  preferredFormat: preferResponses,
  quirks: { openAiResponses: { encryptsReasoning } },
  headers: ({ organization, project }) => [
    ...(organization === null ? [] : ['openai-organization', organization]),
    ...(project === null ? [] : ['openai-project', project]),
  ],
  errors: [
    // "Invalid prompt: your prompt was flagged as potentially violating our usage policy."
    { upstreamCode: 'invalid_prompt', code: 'content_filter' },
  ],
  models: [
    'gpt-6-sol',
    'gpt-6-luna',
    'gpt-6-astra',
    'gpt-5.5',
    'gpt-5.4',
    'gpt-5.4-mini',
    'gpt-5.4-nano',
    'gpt-5',
    'gpt-5-mini',
    'gpt-4.1',
    'gpt-4.1-mini',
    'gpt-4o',
    'gpt-4o-mini',
    'gpt-4',
    'gpt-3.5-turbo',
    'gpt-3.5-turbo-instruct',
    'o3',
    'o4-mini',
    'text-embedding-3-small',
    'text-embedding-3-large',
    'text-embedding-ada-002',
  ],
})
