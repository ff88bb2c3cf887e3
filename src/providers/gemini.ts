// Google's Gemini API. https://ai.google.dev/api

import { googleAction, googleErrorRules, googleModels } from './google.ts'
import { geminiListing } from './listing/gemini.ts'
import type { Provider } from './provider.ts'

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
  pathFor(destination, { baseUrl }) {
    const { model } = destination
    // A base URL may name the version of the API itself.
    const version = /\/v\d[a-z0-9]*$/.test(baseUrl ?? '') ? '' : '/v1beta'
    // Tuned models bring their collection along.
    const name = model.includes('/') ? model : `models/${model}`
    return `${version}/${name.split('/').map(encodeURIComponent).join('/')}:${googleAction(destination)}`
  },
  headersFor: key => (key === null ? [] : ['x-goog-api-key', key.reveal()]),
  streamUsage: 'reject',
  parameters: {},
  errors: googleErrorRules,
  listing: geminiListing,
  models: googleModels,
  priceProvider: 'google',
}
