// The response around its output: what was asked, repeated as the API does.

import type { Conversation } from '../../conversation/conversation.ts'
import { isObject, isText, type JsonObject, objectsOf } from '../../lib/json-value.ts'
import type { EncodeContext } from '../format.ts'
import { writeServiceTier } from '../openai-shared/service-tier.ts'
import { kindOf, ownExtra } from './wire.ts'

export type Status = 'in_progress' | 'completed' | 'incomplete' | 'failed'

export interface ResponseHead {
  readonly id: string
  readonly model: string
  readonly created: number
}

/** What changes while a response is made. */
export interface ResponseState {
  readonly status: Status
  readonly output: readonly JsonObject[]
  readonly error?: JsonObject
  readonly incompleteReason?: string
  readonly usage?: JsonObject
  readonly serviceTier?: string | undefined
}

export function headOf(
  answer: { readonly id: string; readonly model: string; readonly created?: number },
  { asked, id, created }: EncodeContext<Conversation>,
): ResponseHead {
  return {
    // Ids of other formats are no ids of responses; ours are unique, and can be asked for later.
    id: answer.id.startsWith('resp_') ? answer.id : `resp_${id.replace(/^req_/, '')}`,
    model: answer.model === '' ? asked.model : answer.model,
    created: answer.created ?? created,
  }
}

/** The items of a response are named after it, unless their ids were told already. */
export function itemIds(
  { id }: ResponseHead,
  told: ReadonlyMap<number, string>,
): (prefix: string, index: number) => string {
  const suffix = id.replace(/^resp_/, '')
  return (prefix, index) => told.get(index) ?? `${prefix}_${suffix}${index.toString(16).padStart(2, '0')}`
}

/** In the order in which the API writes the fields. */
export function buildResponse(head: ResponseHead, asked: Conversation, state: ResponseState): JsonObject {
  const own = ownExtra(asked.extra)
  const reason = state.incompleteReason
  const tier = writeServiceTier(state.serviceTier ?? 'default')
  return {
    id: head.id,
    object: 'response',
    created_at: head.created,
    status: state.status,
    background: false,
    completed_at: null,
    error: state.error ?? null,
    incomplete_details: reason === undefined ? null : { reason },
    instructions: own['instructions'] ?? null,
    max_output_tokens: own['max_output_tokens'] ?? null,
    max_tool_calls: own['max_tool_calls'] ?? null,
    model: head.model,
    output: state.output,
    parallel_tool_calls: own['parallel_tool_calls'] ?? true,
    previous_response_id: own['previous_response_id'] ?? null,
    prompt_cache_key: own['prompt_cache_key'] ?? null,
    reasoning: reasoningOf(own['reasoning']),
    safety_identifier: own['safety_identifier'] ?? null,
    ...(tier !== undefined && { service_tier: tier }),
    store: own['store'] ?? true,
    temperature: own['temperature'] ?? 1,
    text: textSettingsOf(own['text']),
    tool_choice: own['tool_choice'] ?? 'auto',
    tools: objectsOf(own['tools']).map(completeTool),
    top_logprobs: own['top_logprobs'] ?? 0,
    top_p: own['top_p'] ?? 1,
    truncation: own['truncation'] ?? 'disabled',
    ...(state.usage !== undefined && { usage: state.usage }),
    ...(isText(own['user']) && { user: own['user'] }),
    metadata: own['metadata'] ?? {},
  }
}

function reasoningOf(reasoning: unknown): JsonObject {
  const asked = isObject(reasoning) ? reasoning : {}
  return { effort: asked['effort'] ?? null, summary: asked['summary'] ?? null }
}

function textSettingsOf(text: unknown): JsonObject {
  const asked = isObject(text) ? text : {}
  return { format: asked['format'] ?? { type: 'text' }, verbosity: asked['verbosity'] ?? 'medium' }
}

/** A function is told whole, though it was asked for in short. */
function completeTool(tool: JsonObject): JsonObject {
  if (kindOf(tool) !== 'function') return tool
  return { ...tool, parameters: tool['parameters'] ?? null, strict: tool['strict'] ?? null }
}
