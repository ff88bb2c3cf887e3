// From the neutral form to a request of Cohere's chat. https://docs.cohere.com/reference/chat

import type {
  Conversation,
  Effort,
  FunctionTool,
  OutputFormat,
  ReasoningRequest,
  Sampling,
} from '../../conversation/conversation.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import type { EncodedRequest, EncodeTarget } from '../format.ts'
import {
  checkDemand,
  clamped,
  droppedAround,
  droppedMarks,
  functionsOf,
  refuseChoicesAndBias,
  unsupported,
} from '../shared/unsayable.ts'
import { encodeMessages } from './encode-messages.ts'
import { formatName } from './name.ts'

const maxStops = 5

/** Tokens for thinking by effort; above `medium` the model decides. */
const budgets: Readonly<Partial<Record<Effort, number>>> = { minimal: 512, low: 2048, medium: 8192 }

export function encodeRequest(conversation: Conversation, target: EncodeTarget): EncodedRequest {
  refuseChoicesAndBias(conversation)
  const warnings = [...droppedAround(conversation), ...droppedMarks(conversation, ['name', 'cache_control'])]
  const functions = functionsOf(conversation, warnings)
  checkDemand(conversation.toolChoice, functions)
  const { messages, documents } = encodeMessages(conversation.messages, warnings)
  const { documents: _, ...own } = conversation.extra?.[formatName] ?? {}
  const body: JsonObject = {
    model: target.model,
    ...encodeTools(conversation, functions, warnings),
    messages,
    ...(documents.length === 0 ? {} : { documents }),
    ...encodeOutput(conversation.output, functions.length > 0 || documents.length > 0),
    ...encodeThinking(conversation.reasoning),
    ...encodeSampling(conversation.sampling, warnings),
    ...own,
    ...(conversation.streaming ? { stream: true } : {}),
  }
  return { body, warnings }
}

function encodeTools(
  { toolChoice }: Conversation,
  functions: readonly FunctionTool[],
  warnings: string[],
): JsonObject {
  if (functions.length === 0) return {}
  const choice = toolChoice?.mode === 'required' ? 'REQUIRED' : toolChoice?.mode === 'none' ? 'NONE' : null
  return {
    tools: functions.map(encodeTool),
    ...(choice === null ? {} : { tool_choice: choice }),
    ...encodeStrictness(functions, warnings),
  }
}

function encodeTool({ name, description, parameters }: FunctionTool): JsonObject {
  return {
    type: 'function',
    function: {
      name,
      ...(description === undefined ? {} : { description }),
      parameters: parameters ?? { type: 'object', properties: {} },
    },
  }
}

/**
 * Here all tools are strict or none is, and a strict one needs a required parameter.
 * https://docs.cohere.com/docs/structured-outputs#structured-outputs-tools
 */
function encodeStrictness(functions: readonly FunctionTool[], warnings: string[]): JsonObject {
  if (!functions.some(({ strict }) => strict === true)) return {}
  const allCan = functions.every(({ strict, parameters }) => {
    const required = parameters?.['required']
    return strict === true && Array.isArray(required) && required.length > 0
  })
  if (allCan) return { strict_tools: true }
  warnings.push('dropped parameter strict')
  return {}
}

function encodeOutput(output: OutputFormat | undefined, withSources: boolean): JsonObject {
  if (output === undefined || output.type === 'text') return {}
  if (withSources) throw unsupported('response_format', 'not together with tools or documents')
  if (output.type === 'json') return { response_format: { type: 'json_object' } }
  return { response_format: { type: 'json_object', json_schema: output.schema } }
}

/** Models that can think do so unless they are told not to. */
function encodeThinking(reasoning: ReasoningRequest | undefined): JsonObject {
  if (reasoning === undefined) return {}
  const { effort, budgetTokens } = reasoning
  if (effort === 'none' || budgetTokens === 0) return { thinking: { type: 'disabled' } }
  if (effort === undefined && budgetTokens === undefined) return {}
  const budget = budgetTokens ?? (effort === undefined ? undefined : budgets[effort])
  const limited = budget !== undefined && budget > 0
  return { thinking: { type: 'enabled', ...(limited ? { token_budget: budget } : {}) } }
}

function encodeSampling(sampling: Sampling, warnings: string[]): JsonObject {
  const { maxTokens, temperature, topP, topK, stop, seed, logprobs } = sampling
  if (stop !== undefined && stop.length > maxStops)
    throw unsupported('stop', `it takes at most ${maxStops} stop sequences`)
  if (logprobs !== undefined && logprobs > 0) warnings.push('dropped parameter top_logprobs')
  const within = (name: string, value: number | undefined, range: readonly [from: number, to: number]) =>
    value === undefined ? undefined : clamped(name, value, { from: range[0], to: range[1], warnings })
  return present({
    max_tokens: maxTokens,
    temperature,
    p: within('top_p', topP, [0.01, 0.99]),
    k: within('top_k', topK, [0, 500]),
    stop_sequences: stop === undefined || stop.length === 0 ? undefined : stop,
    seed,
    frequency_penalty: within('frequency_penalty', sampling.frequencyPenalty, [0, 1]),
    presence_penalty: within('presence_penalty', sampling.presencePenalty, [0, 1]),
    logprobs: logprobs === undefined ? undefined : true,
  })
}

function present(fields: Readonly<Record<string, unknown>>): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
