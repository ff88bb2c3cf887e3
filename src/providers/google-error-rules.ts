// What the errors of Google mean beyond their status, at both of its addresses.

import { byStatus } from './error-rules.ts'
import type { ErrorRule } from './provider.ts'

/** https://ai.google.dev/gemini-api/docs/troubleshooting */
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
