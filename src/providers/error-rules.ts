// What the errors of OpenAI-like vendors mean: the rules that hold for all of them, and how rules are matched.

import type { ErrorCode } from '../errors.ts'
import type { ErrorRule } from './provider.ts'

/** What an error answer says of itself, read by the format from the body. */
export interface ErrorAnswer {
  readonly status: number
  /** The code in the body, or its type where it has no code; numbers as text. */
  readonly upstreamCode: string | null
  readonly message: string
}

/** What the first rule that fits makes of an error; null where its status has to tell. */
export function matchErrorRule(rules: readonly ErrorRule[], answer: ErrorAnswer): ErrorCode | null {
  for (const rule of rules) {
    if (rule.status !== undefined && rule.status !== answer.status) continue
    if (rule.upstreamCode !== undefined && rule.upstreamCode !== answer.upstreamCode) continue
    if (rule.message !== undefined && !rule.message.test(answer.message)) continue
    return rule.code
  }
  return null
}

/** One rule for each of the codes. */
export function byUpstreamCode(code: ErrorCode, upstreamCodes: readonly string[]): readonly ErrorRule[] {
  return upstreamCodes.map(upstreamCode => ({ upstreamCode, code }))
}

/** One rule for each of the statuses, with the message if one is given. */
export function byStatus(
  code: ErrorCode,
  statuses: readonly number[],
  message?: RegExp,
): readonly ErrorRule[] {
  return statuses.map(status => (message === undefined ? { status, code } : { status, message, code }))
}

// Vendors word the same refusal differently, and servers that wrap others (OpenRouter, vLLM) hand the words on.
const promptTooLong = new RegExp(
  [
    'maximum (?:context|prompt|model) length',
    'exceeds? (?:the |its |this |model.s )?(?:available |maximum |max )?(?:model )?(?:context|input) (?:length|window|size|limit)',
    'exceeds? (?:the )?(?:maximum|max) (?:input |prompt )?(?:length|number of (?:input )?tokens)',
    'input token count .{0,40}exceeds',
    'exceeded (?:the )?model token limit',
    'prompt is too long',
    'reduce the length of the (?:messages|prompt|input)',
    'range of input length should be',
    'tokens? . .?max_new_tokens.? must be',
    '(?:greater than|overflows.{0,60}) (?:the )?context length',
    'context (?:length|window) exceeded',
  ].join('|'),
  'i',
)

const filteredContent =
  /content management policy|flagged as potentially violating|violates (?:our )?usage (?:guidelines|policy|policies)|violates .{0,20}content policy|content exists risk|inappropriate content|considered high risk|unsafe or sensitive content|rejected (?:as a result of|by) (?:our|the) safety system/i

const noQuota =
  /exceeded your current quota|insufficient[ _](?:quota|balance|credits?|funds)|credit (?:balance|limit)|used all available credits|have any credits|spending limit|requires more credits/i

const noModel =
  /model.{0,120}(?:does not exist|doesn't exist|not exist|not found|has been (?:deprecated|decommissioned|retired)|no longer (?:available|supported))|not found the model|not a valid model id|no endpoints found|(?:unknown|invalid) model\b|not a chat model/i

const refusedKey = /(?:incorrect|invalid|expired|revoked|missing) (?:api|subscription) key/i

const tooBusy =
  /overloaded|(?:over|at|exceeds?|exceeded|no|out of) capacity|capacity exceeded|(?:server|service) (?:is )?(?:too )?busy/i

/**
 * In order of precedence: a status is the weakest sign, because vendors answer an empty account with 403 or 429,
 * an unknown model with 400 and a filtered prompt with 403.
 */
export const compatibleErrorRules: readonly ErrorRule[] = [
  ...byUpstreamCode('context_length_exceeded', [
    'context_length_exceeded',
    'context_window_exceeded',
    'token_limit_exceeded',
    'exceed_context_size_error',
  ]),
  ...byUpstreamCode('content_filter', ['content_filter', 'content_policy_violation']),
  ...byUpstreamCode('upstream_quota_exceeded', [
    'insufficient_quota',
    'billing_hard_limit_reached',
    'insufficient_balance',
    'exceeded_current_quota_error',
  ]),
  ...byUpstreamCode('upstream_model_not_found', [
    'model_not_found',
    'model_decommissioned',
    'model_not_available',
    'invalid_model',
  ]),
  ...byUpstreamCode('upstream_overloaded', [
    'overloaded',
    'overloaded_error',
    'engine_overloaded',
    'engine_overloaded_error',
    'server_overloaded',
    'slow_down',
  ]),
  ...byUpstreamCode('upstream_rate_limited', ['rate_limit_exceeded', 'rate_limit_error', 'rate_limited']),
  ...byUpstreamCode('upstream_authentication', ['invalid_api_key', 'invalid_authentication_error']),
  ...byStatus('context_length_exceeded', [400, 413, 422, 500], promptTooLong),
  ...byStatus('content_filter', [400, 403, 422], filteredContent),
  ...byStatus('upstream_quota_exceeded', [400, 403, 429], noQuota),
  ...byStatus('upstream_model_not_found', [400, 403, 422], noModel),
  ...byStatus('upstream_authentication', [400], refusedKey),
  ...byStatus('upstream_overloaded', [429, 500, 502], tooBusy),
  ...byStatus('upstream_quota_exceeded', [402]),
  ...byStatus('upstream_authentication', [401, 403]),
  ...byStatus('upstream_model_not_found', [404, 410]),
  ...byStatus('upstream_timeout', [408, 504]),
  ...byStatus('context_length_exceeded', [413]),
  ...byStatus('upstream_rate_limited', [429]),
  ...byStatus('upstream_overloaded', [503, 529]),
]
