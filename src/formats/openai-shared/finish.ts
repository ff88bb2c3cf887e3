// Why a model stopped, in the words of OpenAI and of the vendors that speak its formats.

import type { Finish, FinishReason } from '../../conversation/completion.ts'
import { GatewayError } from '../../errors.ts'
import { isText, type MutableJson } from '../../lib/json-value.ts'
import { otherFields, putAside } from '../shared/aside.ts'

const reasons: ReadonlyMap<string, FinishReason> = new Map([
  ['stop', 'stop'],
  ['eos', 'stop'],
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['complete', 'stop'],
  ['length', 'length'],
  ['max_tokens', 'length'],
  ['model_length', 'length'],
  ['tool_calls', 'tool_calls'],
  ['function_call', 'tool_calls'],
  ['tool_use', 'tool_calls'],
  ['content_filter', 'content_filter'],
  ['sensitive', 'content_filter'],
  ['safety', 'content_filter'],
])

/** The provider gave up in the middle, and says so in the place of a reason. */
const failures: ReadonlyMap<string, 'upstream_error' | 'upstream_overloaded'> = new Map([
  ['error', 'upstream_error'],
  ['network_error', 'upstream_error'],
  ['abort', 'upstream_error'],
  ['insufficient_system_resource', 'upstream_overloaded'],
])

export interface Answered {
  readonly hasToolCalls: boolean
  readonly hasContent: boolean
}

/** Fields of a choice that are read, here or where its content is. */
const known: ReadonlySet<string> = new Set([
  'index',
  'message',
  'delta',
  'text',
  'finish_reason',
  'native_finish_reason',
  'stop_reason',
  'logprobs',
])

/**
 * @param choice its reason to end, beside what else it says
 * @param format the name of the format in which it says that
 * @throws GatewayError where the reason is a failure, or unknown and nothing was answered
 */
export function readFinish(choice: MutableJson, answered: Answered, format: string): Finish {
  const { finish_reason: word, native_finish_reason: vendorWord, stop_reason: stoppedBy } = choice
  const native = isText(vendorWord) ? vendorWord : word
  return {
    reason: reasonOf(word, answered),
    ...(isText(native) ? { native } : {}),
    ...(isText(stoppedBy) ? { stopSequence: stoppedBy } : {}),
    ...putAside(format, otherFields(choice, known)),
  }
}

function reasonOf(word: unknown, { hasToolCalls, hasContent }: Answered): FinishReason {
  const ended = hasToolCalls ? 'tool_calls' : 'stop'
  if (!isText(word)) return ended
  const failure = failures.get(word)
  if (failure !== undefined)
    throw new GatewayError(failure, { message: `The provider broke off: ${word}.`, upstreamCode: word })
  const known = reasons.get(word.toLowerCase())
  if (known === 'stop') return ended
  if (known !== undefined) return known
  if (hasToolCalls || hasContent) return ended
  const message = `The provider ended without an answer: ${word}.`
  throw new GatewayError('upstream_error', { message, upstreamCode: word })
}

/** The word of OpenAI for it. */
export function finishWord({ reason }: Finish): string {
  return reason === 'pause' ? 'stop' : reason
}
