// Any other server with an OpenAI-compatible API: its base URL comes from the configuration, and is taken as it stands.

import { defineCompatibleProvider } from './openai-compatible-provider.ts'

export const openaiCompatible = defineCompatibleProvider({
  type: 'openai_compatible',
  title: 'OpenAI-compatible server',
  baseUrl: null,
  keyVariables: [],
  keyOptional: true,
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
  moreFormats: { image_edit: ['openai-image-variations'], transcription: ['openai-translations'] },
})
