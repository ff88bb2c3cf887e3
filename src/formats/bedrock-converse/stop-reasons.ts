// Why a model stopped, in Amazon's words and in ours.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html

import type { Finish, FinishReason } from '../../conversation/completion.ts'
import { GatewayError } from '../../errors.ts'
import { isObject, isText } from '../../lib/json-value.ts'
import { ContradictoryAnswer } from '../shared/answer-body.ts'
import { formatName } from './name.ts'

const reasons: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  tool_use: 'tool_calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  guardrail_intervened: 'content_filter',
  content_filtered: 'content_filter',
}

const failures: ReadonlySet<unknown> = new Set(['malformed_model_output', 'malformed_tool_use'])

export interface StopFacts {
  readonly stopReason: unknown
  /** `additionalModelResponseFields` of the answer. */
  readonly fields: unknown
  /** The answer holds a call of a tool of the client. */
  readonly calls: boolean
  /** The answer holds anything at all. */
  readonly content: boolean
}

/** @throws GatewayError for a model that failed to write what it meant, and for an empty answer without a known reason */
export function readFinish({ stopReason, fields, calls, content }: StopFacts): Finish {
  if (failures.has(stopReason)) {
    const message = `The model stopped with ${String(stopReason)}.`
    throw new GatewayError('upstream_error', { message, upstreamCode: String(stopReason) })
  }
  const known =
    typeof stopReason === 'string' && Object.hasOwn(reasons, stopReason) ? reasons[stopReason] : undefined
  if (known === undefined && !content) throw new ContradictoryAnswer('is empty')
  const stopSequence = stopSequenceOf(fields)
  return {
    reason: withCalls(known ?? 'stop', calls),
    ...(isText(stopReason) && { native: stopReason }),
    ...(stopSequence !== null && { stopSequence }),
    ...(isObject(fields) && { extra: { [formatName]: { additionalModelResponseFields: fields } } }),
  }
}

/** Calls wait for results whatever the reason says; and no client can answer calls that are none of its own. */
function withCalls(reason: FinishReason, calls: boolean): FinishReason {
  if (calls && reason === 'stop') return 'tool_calls'
  return !calls && reason === 'tool_calls' ? 'stop' : reason
}

/** Asked for by a path into the answer of the model itself, which differs between whole answers and streams. */
function stopSequenceOf(fields: unknown): string | null {
  if (!isObject(fields)) return null
  const found =
    fields['stop_sequence'] ?? (isObject(fields['delta']) ? fields['delta']['stop_sequence'] : null)
  return isText(found) ? found : null
}

export function writeStopReason({ reason, native, stopSequence }: Finish): string {
  if (native !== undefined && Object.hasOwn(reasons, native) && reasons[native] === reason) return native
  switch (reason) {
    case 'stop':
      return stopSequence === undefined ? 'end_turn' : 'stop_sequence'
    case 'tool_calls':
      return 'tool_use'
    case 'length':
      return 'max_tokens'
    case 'content_filter':
      return 'content_filtered'
    case 'pause':
      return 'end_turn'
  }
}
