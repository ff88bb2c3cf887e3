// Why a candidate ended, and which ends are failures.
// https://ai.google.dev/api/generate-content#FinishReason

import type { Finish, FinishReason } from '../../conversation/completion.ts'
import { GatewayError } from '../../errors.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import { putAside } from '../shared/aside.ts'
import { formatName, textIn } from './wire.ts'

const reasons: Readonly<Record<string, FinishReason>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  CONTINUATION: 'pause',
  SAFETY: 'content_filter',
  RECITATION: 'content_filter',
  BLOCKLIST: 'content_filter',
  PROHIBITED_CONTENT: 'content_filter',
  SPII: 'content_filter',
  MODEL_ARMOR: 'content_filter',
  IMAGE_SAFETY: 'content_filter',
  IMAGE_PROHIBITED_CONTENT: 'content_filter',
  IMAGE_RECITATION: 'content_filter',
}

/** The model wrote a call that cannot be read: what else it said leads nowhere, and another try may do better. */
const failures = new Set(['MALFORMED_FUNCTION_CALL', 'TOO_MANY_TOOL_CALLS'])

export interface Ended {
  /** As the candidate says it; undefined where it does not. */
  readonly native: string | undefined
  readonly message: string | undefined
  readonly hasCalls: boolean
  readonly hasContent: boolean
  /** What else the candidate says of itself. */
  readonly own?: JsonObject | undefined
}

/** @throws GatewayError `upstream_error` where the reason is a failure, or leaves nothing that could be an answer */
export function decodeFinish({ native, message, hasCalls, hasContent, own }: Ended): Finish {
  const known = native === undefined || !Object.hasOwn(reasons, native) ? undefined : reasons[native]
  const reason = known ?? 'stop'
  const isFailure = native !== undefined && failures.has(native)
  if (isFailure || (known === undefined && !hasContent)) throw failedFinish(native, message)
  return {
    reason: hasCalls && reason === 'stop' ? 'tool_calls' : reason,
    ...(native === undefined ? {} : { native }),
    ...putAside(formatName, own),
  }
}

function failedFinish(native: string | undefined, message: string | undefined): GatewayError {
  const what = native === undefined ? 'without a reason and without content' : `with ${native}`
  return new GatewayError('upstream_error', {
    message: `The model ended ${what}${message === undefined ? '' : `: ${message}`}.`.replace(/\.\.$/, '.'),
    ...(native === undefined ? {} : { upstreamCode: native }),
  })
}

/** A prompt that was blocked has no candidates: the answer is empty, and says why. */
export function decodeBlock(feedback: JsonObject): Finish | null {
  const native = textIn(feedback, 'blockReason')
  if (native === undefined) return null
  return { reason: 'content_filter', native, extra: { [formatName]: { promptFeedback: feedback } } }
}

const nativeReasons: Readonly<Record<FinishReason, string>> = {
  stop: 'STOP',
  tool_calls: 'STOP',
  pause: 'STOP',
  length: 'MAX_TOKENS',
  content_filter: 'SAFETY',
}

export function encodeFinish({ reason, native }: Finish): string {
  return native !== undefined && Object.hasOwn(reasons, native) ? native : nativeReasons[reason]
}
