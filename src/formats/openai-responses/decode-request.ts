// From a request for a response to the neutral form.

import type {
  Conversation,
  Effort,
  Message,
  OutputFormat,
  ReasoningRequest,
  Sampling,
} from '../../conversation/conversation.ts'
import { isObject, isText, type JsonObject } from '../../lib/json-value.ts'
import { decodeInput } from './decode-input.ts'
import { decodeToolChoice, decodeTools } from './decode-tools.ts'
import { toExtra } from './wire.ts'

/** @param body checked; the response before it, where it names one, is part of the input already */
export function decodeRequest(body: JsonObject): Conversation {
  const { input, ...asked } = body
  const toolChoice = decodeToolChoice(body['tool_choice'])
  const reasoning = decodeReasoningRequest(body)
  const output = decodeOutputFormat(body['text'])
  const user = body['safety_identifier'] ?? body['user']
  return {
    model: body['model'] as string,
    streaming: body['stream'] === true,
    messages: [...decodeInstructions(body['instructions']), ...decodeInput(input)],
    tools: decodeTools(body['tools']),
    ...(toolChoice !== undefined && { toolChoice }),
    ...(typeof body['parallel_tool_calls'] === 'boolean' && {
      parallelToolCalls: body['parallel_tool_calls'],
    }),
    sampling: decodeSampling(body),
    ...(output !== undefined && { output }),
    ...(reasoning !== undefined && { reasoning }),
    ...(isText(user) && { user }),
    ...(isText(body['service_tier']) && { serviceTier: body['service_tier'] }),
    ...(isObject(body['metadata']) && { metadata: body['metadata'] }),
    ...(isText(body['prompt_cache_key']) && { cacheKey: body['prompt_cache_key'] }),
    // The answer repeats what was asked.
    extra: toExtra(asked),
  }
}

/** Marked, to stand in the same place again. */
function decodeInstructions(instructions: unknown): readonly Message[] {
  if (!isText(instructions)) return []
  const parts = [{ type: 'text', text: instructions }] as const
  return [{ role: 'system', parts, extra: toExtra({ instructions: true }) }]
}

function decodeSampling(body: JsonObject): Sampling {
  const { max_output_tokens: maxTokens, temperature, top_p: topP, top_logprobs: topLogprobs } = body
  const logprobs = includes(body, 'message.output_text.logprobs') ? 0 : undefined
  const alternatives = typeof topLogprobs === 'number' && topLogprobs > 0 ? topLogprobs : logprobs
  return {
    ...(typeof maxTokens === 'number' && { maxTokens }),
    ...(typeof temperature === 'number' && { temperature }),
    ...(typeof topP === 'number' && { topP }),
    ...(alternatives !== undefined && { logprobs: alternatives }),
  }
}

function includes(body: JsonObject, wanted: string): boolean {
  const { include } = body
  return Array.isArray(include) && include.includes(wanted)
}

function decodeOutputFormat(text: unknown): OutputFormat | undefined {
  const format = isObject(text) ? text['format'] : undefined
  if (!isObject(format)) return undefined
  const { name, description, schema, strict } = format
  switch (format['type']) {
    case 'json_object':
      return { type: 'json' }
    case 'json_schema':
      return {
        type: 'json_schema',
        ...(isText(name) && { name }),
        ...(isText(description) && { description }),
        schema: isObject(schema) ? schema : {},
        ...(typeof strict === 'boolean' && { strict }),
      }
    default:
      return { type: 'text' }
  }
}

const efforts: ReadonlySet<unknown> = new Set(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'])

function decodeReasoningRequest({ reasoning }: JsonObject): ReasoningRequest | undefined {
  if (!isObject(reasoning)) return undefined
  const { effort } = reasoning
  const summary = reasoning['summary'] ?? reasoning['generate_summary']
  const asked: ReasoningRequest = {
    ...(efforts.has(effort) && { effort: effort as Effort }),
    ...(isText(summary) && { visible: true, extra: toExtra({ summary }) }),
  }
  return Object.keys(asked).length === 0 ? undefined : asked
}
