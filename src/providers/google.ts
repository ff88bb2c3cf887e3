// What the two addresses of Google have in common: the Gemini API and Vertex AI.

import type { Destination } from '../call.ts'
import { byStatus } from './error-rules.ts'
import { pathOf } from './format-paths.ts'
import type { ErrorRule } from './provider.ts'

const actions: Readonly<Record<string, string>> = {
  gemini: 'generateContent',
  'gemini-token-count': 'countTokens',
  'gemini-embedding': 'embedContent',
  'gemini-embeddings': 'batchEmbedContents',
}

/** What is asked of a model: it stands behind the model and a colon. */
export function googleAction(destination: Destination): string {
  return destination.streaming ? 'streamGenerateContent?alt=sse' : pathOf(actions, destination)
}

export const googleModels = [
  'gemini-3.8-flash',
  'gemini-3.7-flash',
  'gemini-3.5-flash',
  'gemini-3.5-flash-lite',
  'gemini-3.1-pro-preview',
  'gemini-3.1-flash-lite',
  'gemini-3-flash-preview',
  'gemini-embedding-001',
  'gemini-embedding-2',
] as const

/** What errors mean beyond their status. https://ai.google.dev/gemini-api/docs/troubleshooting */
export const googleErrorRules: readonly ErrorRule[] = [
  {
    message: /token count .{0,60}exceeds|exceeds the maximum number of tokens/i,
    code: 'context_length_exceeded',
  },
  ...byStatus('upstream_authentication', [400], /API key (?:not valid|expired|not found)/i),
  // Neither the account nor the region may use the API: another provider may serve the same model.
  ...byStatus('upstream_authentication', [400], /user location is not supported/i),
  ...byStatus(
    'upstream_quota_exceeded',
    [429],
    /prepayment credits are depleted|billing .{0,40}(?:disabled|required)/i,
  ),
  // Not the model is missing, but something that the client named.
  ...byStatus('upstream_invalid_request', [404], /cached? ?content|\bfile\b/i),
  // What is not permitted "may not exist" as well, by its words.
  { upstreamCode: 'PERMISSION_DENIED', code: 'upstream_authentication' },
  { upstreamCode: 'UNAVAILABLE', code: 'upstream_overloaded' },
]
