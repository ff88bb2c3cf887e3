// Ollama, by its own API. https://docs.ollama.com/api
//
// Its OpenAI-compatible surface has no say over the context window: the server cuts a longer prompt to its own setting
// without a word. Whoever wants that surface configures `openai_compatible` with `/v1` at the end of the address.

import { bearer } from './bearer.ts'
import { byStatus, compatibleErrorRules } from './error-rules.ts'
import { pathOf } from './format-paths.ts'
import { ollamaListing } from './listing/ollama.ts'
import type { Provider, ProviderSettings } from './provider.ts'
import { openThinkers } from './thinking-models.ts'

const paths: Readonly<Record<string, string>> = {
  'ollama-chat': '/api/chat',
  'ollama-generate': '/api/generate',
  'ollama-embed': '/api/embed',
  'openai-completions': '/v1/completions',
}

export const ollama: Provider = {
  type: 'ollama',
  title: 'Ollama',
  baseUrl: 'http://127.0.0.1:11434',
  // The address of its compatible surface, and of this one, as some clients want them.
  pathTail: /\/(?:v1|api)$/,
  keyVariables: ['OLLAMA_API_KEY'],
  baseUrlVariables: ['OLLAMA_HOST'],
  keyOptional: true,
  formats: {
    // Clients of OpenAI's format are translated, so that the context window holds what they send.
    chat: ['ollama-chat', 'ollama-generate'],
    // Only this one completes text with a text behind it.
    completion: ['openai-completions'],
    embedding: ['ollama-embed'],
  },
  quirksFor: ({ maxContext }: ProviderSettings) => ({
    ollamaChat: {
      // Its maintainers, of a last message of the assistant: https://github.com/ollama/ollama/issues/6778
      prefill: { thinkers: openThinkers },
      ...(maxContext === null ? {} : { maxContextTokens: maxContext }),
    },
  }),
  pathFor: destination => pathOf(paths, destination),
  headersFor: bearer,
  streamUsage: 'ask',
  // Of completions; chats and embeddings are translated.
  parameters: { num_ctx: 'refuse', logit_bias: 'refuse', user: 'drop' },
  errors: [
    ...byStatus(
      'context_length_exceeded',
      [400, 413, 500],
      /input length exceeds|exceeds (?:the |maximum )?(?:available )?context (?:length|size)/i,
    ),
    ...byStatus('upstream_overloaded', [503]),
    ...compatibleErrorRules,
  ],
  listing: ollamaListing,
  models: [],
}
