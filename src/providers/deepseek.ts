// DeepSeek. https://api-docs.deepseek.com/api/create-chat-completion

import { defineCompatibleProvider, openaiPath } from './openai-compatible-provider.ts'
import type { ProviderSettings } from './provider.ts'
import { withResponses } from './responses-api.ts'

export const deepseek = defineCompatibleProvider({
  type: 'deepseek',
  title: 'DeepSeek',
  baseUrl: 'https://api.deepseek.com',
  keyVariables: ['DEEPSEEK_API_KEY'],
  // https://api-docs.deepseek.com/guides/thinking_mode
  chat: {
    reasoningRequest: 'switch',
    efforts: ['low', 'high', 'max'],
    reasoningHistory: 'reasoning_content',
    forgetsReasoning: /r1/i,
    lostReasoning: '',
    jsonSchema: 'prompt',
    files: 'none',
    plainText: true,
  },
  // Only below `/beta`. https://api-docs.deepseek.com/guides/chat_prefix_completion
  chatFor: settings =>
    betaPath(settings) === null
      ? {}
      : {
          prefill: {
            style: 'prefix',
            echoes: true,
            models: /^deepseek-(?:chat|v\d)/,
            thinkers: /^deepseek-v/,
          },
        },
  pathFor: (destination, settings) =>
    (destination.continues === true ? (betaPath(settings) ?? '') : '') + openaiPath(destination),
  moreFormats: withResponses,
  quirks: { openAiResponses: { stateless: true } },
  parameters: { max_completion_tokens: { rename: 'max_tokens' } },
  models: ['deepseek-v4-pro', 'deepseek-v4-flash'],
})

/** Where the beta features are below the configured address; null for an address that says nothing of them. */
function betaPath({ baseUrl }: ProviderSettings): string | null {
  const path = baseUrl === null ? '/' : new URL(baseUrl).pathname
  if (path === '/') return '/beta'
  return path === '/beta' ? '' : null
}
