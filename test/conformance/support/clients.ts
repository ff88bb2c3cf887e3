// How the clients of each format ask: where, with which key, and the shortest request that there is.

import type { Json } from './json.ts'

export interface Client {
  path(model: string, streaming: boolean): string
  headers(key: string): Record<string, string>
  /** A request for one answer to one word. */
  ask(model: string, streaming: boolean): Json
}

const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` })
const messages = [{ role: 'user', content: 'Hello' }]

export const httpClients: Readonly<Record<string, Client>> = {
  'openai-chat': {
    path: () => '/v1/chat/completions',
    headers: bearer,
    ask: (model, stream) => ({
      model,
      messages,
      ...(stream ? { stream, stream_options: { include_usage: true } } : {}),
    }),
  },
  'openai-responses': {
    path: () => '/v1/responses',
    headers: bearer,
    ask: (model, stream) => ({ model, input: 'Hello', ...(stream ? { stream } : {}) }),
  },
  'anthropic-messages': {
    path: () => '/v1/messages',
    headers: key => ({ 'x-api-key': key, 'anthropic-version': '2023-06-01' }),
    ask: (model, stream) => ({ model, max_tokens: 1000, messages, ...(stream ? { stream } : {}) }),
  },
  gemini: {
    path: (model, streaming) =>
      `/v1beta/models/${model}:${streaming ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    headers: key => ({ 'x-goog-api-key': key }),
    ask: () => ({ contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] }),
  },
  'cohere-chat': {
    path: () => '/v2/chat',
    headers: bearer,
    ask: (model, stream) => ({ model, messages, ...(stream ? { stream } : {}) }),
  },
  'bedrock-converse': {
    path: (model, streaming) =>
      `/model/${encodeURIComponent(model)}/${streaming ? 'converse-stream' : 'converse'}`,
    headers: bearer,
    ask: () => ({ messages: [{ role: 'user', content: [{ text: 'Hello' }] }] }),
  },
  'ollama-chat': {
    path: () => '/api/chat',
    headers: bearer,
    ask: (model, stream) => ({ model, messages, stream }),
  },
  'openai-completions': {
    path: () => '/v1/completions',
    headers: bearer,
    ask: (model, stream) => ({
      model,
      prompt: 'Hello',
      ...(stream ? { stream, stream_options: { include_usage: true } } : {}),
    }),
  },
}
