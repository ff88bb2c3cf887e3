// A request in the neutral form, as the provider takes it.

import type { Conversation } from '../../conversation/conversation.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import type { EncodedRequest, EncodeTarget } from '../format.ts'
import { present } from '../openai-shared/fields.ts'
import { otherFields } from '../shared/aside.ts'
import type { Writing } from './encode-content.ts'
import { encodeMessages, endsInPrefill } from './encode-messages.ts'
import { encodeOutput, outputMessage } from './encode-output.ts'
import { encodeReasoningRequest } from './encode-reasoning-request.ts'
import { encodeLimits } from './encode-sampling.ts'
import { encodeTools } from './encode-tools.ts'
import { ownExtra } from './name.ts'
import { dialectOf } from './quirks.ts'
import { createIdMap } from './tool-call-ids.ts'

export function encodeRequest(conversation: Conversation, target: EncodeTarget): EncodedRequest {
  const { model, quirks } = target
  const dialect = dialectOf(quirks.openAiChat)
  const { prefill } = dialect
  const writing: Writing = {
    dialect,
    prefill: prefill?.models?.test(model) === false ? undefined : prefill?.style,
    remembers: dialect.reasoningHistory !== undefined && dialect.forgetsReasoning?.test(model) !== true,
    dropped: new Set(),
    mapId: createIdMap(dialect.toolCallIds),
  }
  const { tools, choice } = encodeTools(conversation, writing)
  const messages = [
    ...outputMessage(conversation, model, writing),
    ...encodeMessages(conversation.messages, writing),
  ]
  const body: JsonObject = {
    model,
    ...(tools.length === 0 ? {} : { tools }),
    messages,
    ...encodePrefill(messages, writing),
    ...present({
      tool_choice: choice,
      parallel_tool_calls: tools.length === 0 ? undefined : conversation.parallelToolCalls,
    }),
    ...encodeLimits(conversation, model, writing),
    ...encodeReasoningRequest(conversation.reasoning, model, writing),
    ...encodeOutput(conversation.output, model, writing),
    ...encodeService(conversation, writing),
    ...encodeStreaming(conversation, target),
    ...ownFields(conversation),
  }
  const continues = writing.prefill !== undefined && endsInPrefill(messages)
  return { body, warnings: [...writing.dropped], ...(continues ? { continues } : {}) }
}

function encodePrefill(messages: readonly JsonObject[], { prefill }: Writing): JsonObject {
  if (prefill !== 'continue_final_message' || !endsInPrefill(messages)) return {}
  return { add_generation_prompt: false, continue_final_message: true }
}

/** Who asks, and how it is to be served: harmless where it is not understood. */
function encodeService(conversation: Conversation, { dialect, dropped }: Writing): JsonObject {
  const { user, serviceTier, cacheKey, metadata } = conversation
  const extra = ownExtra(conversation)
  const service: Record<string, unknown> = {}
  if (user !== undefined && extra['safety_identifier'] !== user) service['user'] = user
  if (serviceTier !== undefined) {
    if (dialect.serviceTiers.includes(serviceTier)) service['service_tier'] = serviceTier
    else dropped.add('dropped parameter service_tier')
  }
  if (cacheKey !== undefined) {
    if (dialect.cacheKey) service['prompt_cache_key'] = cacheKey
    else dropped.add('dropped parameter prompt_cache_key')
  }
  // It is refused where the answer is not to be kept.
  if (metadata !== undefined) {
    if (extra['store'] === true) service['metadata'] = metadata
    else dropped.add('dropped parameter metadata')
  }
  return service
}

function encodeStreaming({ streaming }: Conversation, { streamUsage }: EncodeTarget): JsonObject {
  if (!streaming) return {}
  return { stream: true, ...(streamUsage === 'ask' ? { stream_options: { include_usage: true } } : {}) }
}

/** Told by the tools themselves. */
const toldElsewhere: ReadonlySet<string> = new Set(['functions'])

function ownFields(conversation: Conversation): JsonObject {
  return otherFields(ownExtra(conversation), toldElsewhere) ?? {}
}
