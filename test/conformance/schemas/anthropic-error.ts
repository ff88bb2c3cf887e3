// Anthropic's error body. https://platform.claude.com/docs/en/api/errors

import { z } from 'zod'

export const anthropicError = z.strictObject({
  type: z.literal('error'),
  error: z.looseObject({
    type: z.enum([
      'invalid_request_error',
      'authentication_error',
      'billing_error',
      'permission_error',
      'not_found_error',
      'request_too_large',
      'rate_limit_error',
      'timeout_error',
      'api_error',
      'overloaded_error',
    ]),
    message: z.string().min(1),
  }),
  request_id: z.string().nullable().optional(),
})
