// A conversation as the options of a call of the AI SDK.

import { losesMarker } from '../../conversation/cache-markers.ts'
import type { Conversation, Effort, Tool, ToolChoice } from '../../conversation/conversation.ts'
import { GatewayError } from '../../errors.ts'
import { isObject, type JsonObject } from '../../lib/json-value.ts'
import { cacheOptions } from './metadata.ts'
import type { SdkCall, Version } from './model.ts'
import { encodePrompt, withOptions } from './prompt.ts'

/** The format in which conversations come here, whose further fields ride along in it. */
const wireFormat = 'openai-chat'

export interface EncodedCall {
  readonly options: SdkCall
  /** `dropped parameter user` */
  readonly warnings: readonly string[]
}

/** @throws GatewayError `unsupported_parameter` for what would change the meaning if it were left out */
export function encodeCall(conversation: Conversation, version: Version): EncodedCall {
  const warnings: string[] = []
  const { sampling, messages } = conversation
  refuseUnsayable(conversation)
  const options: SdkCall = {
    prompt: encodePrompt(messages, { version, warnings }),
    ...present({
      maxOutputTokens: sampling.maxTokens,
      temperature: sampling.temperature,
      topP: sampling.topP,
      topK: sampling.topK,
      stopSequences: sampling.stop,
      seed: sampling.seed,
      frequencyPenalty: sampling.frequencyPenalty,
      presencePenalty: sampling.presencePenalty,
      responseFormat: encodeOutput(conversation),
      reasoning: encodeReasoning(conversation, version, warnings),
      providerOptions: conversation.extra?.[wireFormat]?.['provider_options'],
    }),
    ...encodeTools(conversation, version, warnings),
  }
  for (const name of droppedParameters(conversation)) warnings.push(`dropped parameter ${name}`)
  return { options, warnings }
}

function refuseUnsayable({ sampling }: Conversation): void {
  const param =
    (sampling.choices ?? 1) > 1
      ? 'n'
      : sampling.logprobs !== undefined
        ? 'logprobs'
        : Object.keys(sampling.logitBias ?? {}).length > 0
          ? 'logit_bias'
          : null
  if (param !== null) throw refuse(param)
}

function refuse(param: string): GatewayError {
  const message = `The parameter \`${param}\` is not supported by providers of the AI SDK.`
  return new GatewayError('unsupported_parameter', { message, param })
}

/** Those that the client's own format has and the options have no place for. */
const readExtras: ReadonlySet<string> = new Set(['provider_options', 'functions'])

function droppedParameters(conversation: Conversation): readonly string[] {
  const { user, serviceTier, metadata, cacheKey, parallelToolCalls, extra, messages } = conversation
  const named = {
    user,
    service_tier: serviceTier,
    metadata,
    prompt_cache_key: cacheKey,
    parallel_tool_calls: parallelToolCalls === false ? false : undefined,
    cache_control: losesMarker(
      { messages, tools: [] },
      (part, _role, inside) => inside || part.type === 'tool_call',
    )
      ? true
      : undefined,
  }
  const others = Object.keys(extra?.[wireFormat] ?? {}).filter(name => !readExtras.has(name))
  return [...Object.entries(named).flatMap(([name, value]) => (value === undefined ? [] : name)), ...others]
}

function encodeOutput({ output }: Conversation): JsonObject | undefined {
  if (output === undefined || output.type === 'text') return undefined
  if (output.type === 'json') return { type: 'json' }
  const { schema, name, description } = output
  return { type: 'json', schema, ...present({ name, description }) }
}

/** Version 4 has a word for it; before, each vendor had its own, which goes into `provider_options`. */
function encodeReasoning(
  { reasoning }: Conversation,
  version: Version,
  warnings: string[],
): Effort | undefined {
  if (reasoning === undefined) return undefined
  if (version !== 'v4') {
    warnings.push('dropped parameter reasoning_effort')
    return undefined
  }
  return (
    reasoning.effort ?? (reasoning.budgetTokens === undefined ? undefined : effortOf(reasoning.budgetTokens))
  )
}

/** @param budget tokens for thinking; -1 leaves it to the model */
function effortOf(budget: number): Effort {
  if (budget === 0) return 'none'
  if (budget < 0) return 'medium'
  if (budget <= 2048) return 'low'
  return budget <= 12_288 ? 'medium' : 'high'
}

function encodeTools({ tools, toolChoice }: Conversation, version: Version, warnings: string[]): JsonObject {
  const allowed = namesAllowed(toolChoice)
  const encoded = tools.flatMap(tool => {
    if (tool.type === 'provider') return leaveOut(tool, tools, warnings)
    return allowed === null || allowed.has(tool.name) ? [encodeTool(tool, version)] : []
  })
  if (encoded.length === 0) return {}
  return { tools: encoded, ...(toolChoice === undefined ? {} : { toolChoice: encodeChoice(toolChoice) }) }
}

/** A tool of another vendor is nothing to this one. */
function leaveOut(tool: Tool, tools: readonly Tool[], warnings: string[]): readonly JsonObject[] {
  if (tools.every(({ type }) => type === 'provider')) throw refuse('tools')
  warnings.push(`dropped tool ${tool.name}`)
  return []
}

function encodeTool(tool: Exclude<Tool, { type: 'provider' }>, version: Version): JsonObject {
  const { name, description } = tool
  const parameters = tool.type === 'function' ? tool.parameters : undefined
  const strict = tool.type === 'function' && version !== 'v2' ? tool.strict : undefined
  return {
    type: 'function',
    name,
    inputSchema: parameters ?? { type: 'object', properties: {} },
    ...present({ description, strict }),
    ...withOptions(tool.type === 'function' ? cacheOptions(tool.cache) : undefined),
  }
}

/** Null for all: several names limit the choice by what is offered. */
function namesAllowed(choice: ToolChoice | undefined): ReadonlySet<string> | null {
  if (choice === undefined || !('names' in choice) || choice.names === undefined) return null
  return choice.names.length > 1 || choice.mode === 'auto' ? new Set(choice.names) : null
}

function encodeChoice(choice: ToolChoice): JsonObject {
  const names = 'names' in choice ? (choice.names ?? []) : []
  const [only] = names
  return choice.mode === 'required' && names.length === 1 && only !== undefined
    ? { type: 'tool', toolName: only }
    : { type: choice.mode }
}

function present(fields: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).filter(
      ([, value]) => value !== undefined && (!isObject(value) || Object.keys(value).length > 0),
    ),
  )
}
