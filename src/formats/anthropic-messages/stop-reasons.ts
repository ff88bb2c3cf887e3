// Why a message ended, both ways. https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons

import type { Finish, FinishReason } from '../../conversation/completion.ts'
import { isObject, isText, type JsonObject } from '../../lib/json-value.ts'
import { ContradictoryAnswer } from '../shared/answer-body.ts'
import { formatName, ownExtra } from './wire.ts'

const reasons: ReadonlyMap<unknown, FinishReason> = new Map([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['tool_use', 'tool_calls'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['refusal', 'content_filter'],
  ['pause_turn', 'pause'],
  ['compaction', 'pause'],
])

export interface Ended {
  readonly stop_reason?: unknown
  readonly stop_sequence?: unknown
  readonly stop_details?: unknown
}

/**
 * @param said what the message holds
 * @throws GatewayError `upstream_malformed` for an empty message that gives no reason
 */
export function decodeFinish(
  ended: Ended,
  said: { readonly calls: boolean; readonly content: boolean },
): Finish {
  const { stop_reason: native, stop_sequence: stopSequence, stop_details: details } = ended
  const known = reasons.get(native)
  if (known === undefined && !said.content)
    throw new ContradictoryAnswer('is empty and says no reason for it')
  const reason = known ?? 'stop'
  return {
    reason: reason === 'stop' && said.calls ? 'tool_calls' : reason,
    ...(isText(native) && { native }),
    ...(isText(stopSequence) && { stopSequence }),
    ...(isObject(details) && { extra: { [formatName]: { stop_details: details } } }),
  }
}

const written: Readonly<Record<FinishReason, string>> = {
  stop: 'end_turn',
  tool_calls: 'tool_use',
  length: 'max_tokens',
  content_filter: 'refusal',
  pause: 'pause_turn',
}

/** The fields of a message that say how it ended. */
export function encodeFinish(finish: Finish): JsonObject {
  const { reason, native, stopSequence, extra } = finish
  const own = reasons.get(native) === reason && typeof native === 'string'
  const wire = own
    ? native
    : reason === 'stop' && stopSequence !== undefined
      ? 'stop_sequence'
      : written[reason]
  return {
    stop_reason: wire,
    stop_sequence: stopSequence ?? null,
    stop_details: ownExtra(extra)['stop_details'] ?? null,
  }
}
