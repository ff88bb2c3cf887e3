// OpenAI. https://platform.openai.com/docs/api-reference

import { openAiListing } from './listing/openai-models.ts'
import { defineCompatibleProvider } from './openai-compatible-provider.ts'
import { encryptsReasoning, formatsOfModel, withAllOfResponses } from './responses-api.ts'

export const openai = defineCompatibleProvider({
  type: 'openai',
  title: 'OpenAI',
  baseUrl: 'https://api.openai.com/v1',
  keyVariables: ['OPENAI_API_KEY'],
  baseUrlVariables: ['OPENAI_BASE_URL'],
  operations: [
    'chat',
    'completion',
    'embedding',
    'moderation',
    'image_generation',
    'image_edit',
    'speech',
    'transcription',
  ],
  relayed: ['file', 'batch'],
  chat: 'openai',
  moreFormats: {
    ...withAllOfResponses,
    image_edit: ['openai-image-variations'],
    transcription: ['openai-translations'],
  },
  formatsFor: formatsOfModel,
  quirks: { openAiResponses: { encryptsReasoning } },
  headers: ({ organization, project }) => [
    ...(organization === null ? [] : ['openai-organization', organization]),
    ...(project === null ? [] : ['openai-project', project]),
  ],
  errors: [
    // "Invalid prompt: your prompt was flagged as potentially violating our usage policy."
    { upstreamCode: 'invalid_prompt', code: 'content_filter' },
  ],
  listing: openAiListing({ dated: true }),
  models: [
    'gpt-6.1-sol',
    'gpt-6.1-terra',
    'gpt-6-sol',
    'gpt-6-luna',
    'gpt-6-astra',
    'gpt-5.6-sol',
    'gpt-5.6-terra',
    'gpt-5.6-luna',
    'gpt-5.5',
    'gpt-5.4',
    'gpt-5.4-mini',
    'gpt-5.4-nano',
    'gpt-4.1',
    'gpt-4.1-mini',
    'gpt-4o',
    'gpt-4o-mini',
    'text-embedding-3-small',
    'text-embedding-3-large',
    'text-embedding-ada-002',
    'omni-moderation-latest',
    'gpt-image-2',
    'gpt-4o-mini-tts',
    'gpt-transcribe',
    'gpt-4o-transcribe',
    'gpt-4o-mini-transcribe',
    'whisper-1',
  ],
})
