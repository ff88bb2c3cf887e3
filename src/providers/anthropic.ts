// Anthropic. https://platform.claude.com/docs/en/api/overview

import type { Secret } from '../lib/secret.ts'
import { pathOf } from './format-paths.ts'
import { anthropicListing } from './listing/anthropic.ts'
import type { ErrorRule, Provider } from './provider.ts'

/** The only version there is; what is newer is asked for by `anthropic-beta`. */
const version = '2023-06-01'

const paths: Readonly<Record<string, string>> = {
  'anthropic-messages': '/v1/messages',
  'anthropic-token-count': '/v1/messages/count_tokens',
}

/** Tokens of accounts go as a bearer's, and keys as a header of their own. */
function credentials(key: Secret): readonly string[] {
  const text = key.reveal()
  return text.startsWith('sk-ant-oat')
    ? ['authorization', `Bearer ${text}`, 'anthropic-beta', 'oauth-2025-04-20']
    : ['x-api-key', text]
}

/** https://platform.claude.com/docs/en/api/errors */
const errors: readonly ErrorRule[] = [
  {
    upstreamCode: 'invalid_request_error',
    message: /credit balance is too low/i,
    code: 'upstream_quota_exceeded',
  },
  { message: /reached your specified .{0,30}usage limits/i, code: 'upstream_quota_exceeded' },
  { message: /prompt is too long|input length and .max_tokens. exceed/i, code: 'context_length_exceeded' },
  { message: /output blocked by content filtering policy/i, code: 'content_filter' },
  // A model that this account may not use.
  { status: 403, message: /model/i, code: 'upstream_model_not_found' },
]

export const anthropic: Provider = {
  type: 'anthropic',
  title: 'Anthropic',
  baseUrl: 'https://api.anthropic.com',
  keyVariables: ['ANTHROPIC_API_KEY'],
  baseUrlVariables: ['ANTHROPIC_BASE_URL'],
  formats: { chat: ['anthropic-messages'], token_count: ['anthropic-token-count'] },
  pathFor(destination, { baseUrl }) {
    const path = pathOf(paths, destination)
    return baseUrl?.endsWith('/v1') === true ? path.slice('/v1'.length) : path
  },
  headersFor: key => ['anthropic-version', version, ...(key === null ? [] : credentials(key))],
  streamUsage: 'reject',
  parameters: {},
  errors,
  listing: anthropicListing,
  models: [
    'claude-opus-5-5',
    'claude-sonnet-5-5',
    'claude-haiku-5-5',
    'claude-fable-5-1',
    'claude-opus-5',
    'claude-sonnet-5',
    'claude-fable-5',
    'claude-opus-4-8',
    'claude-opus-4-7',
    'claude-opus-4-6',
    'claude-sonnet-4-6',
    'claude-opus-4-5',
    'claude-haiku-4-5',
  ],
}
