// Why a model of Cohere stopped. https://docs.cohere.com/reference/chat

import type { Finish, FinishReason } from '../../conversation/completion.ts'
import { GatewayError } from '../../errors.ts'
import { isText } from '../../lib/json-value.ts'

const reasons: ReadonlyMap<unknown, FinishReason> = new Map([
  ['COMPLETE', 'stop'],
  ['STOP_SEQUENCE', 'stop'],
  ['MAX_TOKENS', 'length'],
  ['ERROR_LIMIT', 'length'],
  ['TOOL_CALL', 'tool_calls'],
  ['ERROR_TOXIC', 'content_filter'],
])

/** What the answer holds, as far as it bears on its end. */
export interface Said {
  readonly anything: boolean
  readonly toolCalls: boolean
}

/** @throws GatewayError where the reason is a failure, or unknown and nothing was said */
export function decodeFinish(native: unknown, said: Said, error?: unknown): Finish {
  if (native === 'ERROR' || native === 'TIMEOUT' || isText(error)) throw failureOf(native, error)
  const reason = reasons.get(native)
  if (reason === undefined && !said.anything)
    throw new GatewayError('upstream_error', {
      message: `The provider ended an empty answer with \`${wordFor(native)}\`.`,
    })
  return {
    reason: said.toolCalls && (reason ?? 'stop') === 'stop' ? 'tool_calls' : (reason ?? 'stop'),
    ...(isText(native) ? { native } : {}),
  }
}

function failureOf(native: unknown, error: unknown): GatewayError {
  const message = isText(error) ? error : `The provider ended its answer with \`${wordFor(native)}\`.`
  return new GatewayError(native === 'TIMEOUT' ? 'upstream_timeout' : 'upstream_error', { message })
}

function wordFor(native: unknown): string {
  return isText(native) ? native : 'no reason'
}

/** There is no word for a filtered answer but `ERROR`. */
const natives: Readonly<Record<FinishReason, string>> = {
  stop: 'COMPLETE',
  length: 'MAX_TOKENS',
  tool_calls: 'TOOL_CALL',
  content_filter: 'ERROR',
  pause: 'COMPLETE',
}

export function encodeFinish({ reason, stopSequence }: Finish): string {
  return reason === 'stop' && stopSequence !== undefined ? 'STOP_SEQUENCE' : natives[reason]
}
