// Google's Gemini API. https://ai.google.dev/api

import { googleErrorRules } from './google-error-rules.ts'
import type { Provider } from './provider.ts'

/** What is asked of a model, by format: it stands behind the model and a colon. */
export const googleActions: Readonly<Record<string, string>> = {
  gemini: 'generateContent',
  'gemini-token-count': 'countTokens',
  'gemini-embedding': 'embedContent',
  'gemini-embeddings': 'batchEmbedContents',
}

export const gemini: Provider = {
  type: 'gemini',
  title: 'Google Gemini',
  baseUrl: 'https://generativelanguage.googleapis.com',
  keyVariables: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
  baseUrlVariables: ['GOOGLE_GEMINI_BASE_URL'],
  formats: {
    chat: ['gemini'],
    token_count: ['gemini-token-count'],
    embedding: ['gemini-embeddings', 'gemini-embedding'],
  },
  quirks: { gemini: { penalties: 'older_models' } },
  pathFor({ format, model, streaming }, { baseUrl }) {
    const action = streaming ? 'streamGenerateContent?alt=sse' : googleActions[format]
    if (action === undefined) throw new Error(`no path is known for the format ${format}`)
    // A base URL may name the version of the API itself.
    const version = /\/v\d[a-z0-9]*$/.test(baseUrl ?? '') ? '' : '/v1beta'
    // Tuned models bring their collection along.
    const name = model.includes('/') ? model : `models/${model}`
    return `${version}/${name.split('/').map(encodeURIComponent).join('/')}:${action}`
  },
  headersFor: key => (key === null ? [] : ['x-goog-api-key', key.reveal()]),
  streamUsage: 'reject',
  parameters: {},
  errors: googleErrorRules,
  models: [
    'gemini-3.8-flash',
    'gemini-3.5-flash',
    'gemini-3.1-pro-preview',
    'gemini-3-flash-preview',
    'gemini-2.5-pro',
    'gemini-2.5-flash',
    'gemini-2.5-flash-lite',
    'gemini-embedding-001',
    'gemini-embedding-2',
  ],
  priceProvider: 'google',
}
