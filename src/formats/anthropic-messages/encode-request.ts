// A conversation as a request. https://platform.claude.com/docs/en/api/messages

import type { Conversation, Sampling } from '../../conversation/conversation.ts'
import type { Part } from '../../conversation/parts.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import type { EncodedRequest, EncodeTarget } from '../format.ts'
import { refuseChoicesAndBias, unsupported } from '../shared/unsayable.ts'
import { fitMarkers } from './cache-markers.ts'
import { encodeMessages } from './encode-messages.ts'
import { type EncodedThinking, encodeThinking } from './encode-thinking.ts'
import { encodeTools } from './encode-tools.ts'
import { enforceableSchema } from './enforceable-schema.ts'
import { type Generation, generationOf } from './generations.ts'
import { ownExtra } from './wire.ts'

/** @throws GatewayError `unsupported_parameter`, `invalid_request` */
export function encodeRequest(asked: Conversation, target: EncodeTarget): EncodedRequest {
  const warnings: string[] = []
  const generation = generationOf(target.model)
  refuseUnsayable(asked, generation)
  const conversation = fitMarkers(asked, warnings)
  const maxTokens = asked.sampling.maxTokens ?? target.maxOutputTokens ?? generation.maxOutput
  const thinking = encodeThinking(conversation, { generation, maxTokens }, warnings)
  const { tools, choice } = encodeTools(conversation, { generation, thinks: thinking.thinks }, warnings)
  const { system, messages } = encodeMessages(conversation, generation, warnings)
  const instructed = asked.output?.type === 'json' ? [...system, jsonInstruction] : system
  warnings.push(...droppedParameters(asked))
  const config = outputConfig(asked, thinking)
  const body = {
    model: target.model,
    ...(tools.length > 0 && { tools }),
    ...(choice !== undefined && { tool_choice: choice }),
    ...(instructed.length > 0 && { system: instructed }),
    messages,
    max_tokens: maxTokens,
    ...(thinking.thinking !== undefined && { thinking: thinking.thinking }),
    ...(Object.keys(config).length > 0 && { output_config: config }),
    ...encodeSampling(asked.sampling, {
      generation,
      thinks: asksForThoughts(thinking),
      warnings,
    }),
    ...encodeUser(asked, warnings),
    ...encodeTier(asked, warnings),
    ...ownExtra(asked.extra),
    ...(asked.streaming && { stream: true }),
  }
  return { body, warnings: [...new Set(warnings)], ...headersFor(conversation, target) }
}

/** What would change the meaning if it were left out. */
function refuseUnsayable(asked: Conversation, { jsonSchema }: Generation): void {
  refuseChoicesAndBias(asked)
  if (asked.output?.type === 'json_schema' && !jsonSchema)
    throw unsupported('response_format', 'this model gives no answer that fits a schema')
}

const jsonInstruction = {
  type: 'text',
  text: 'Answer with one JSON object and nothing else: no words before or after it, and no code fence.',
}

function outputConfig({ output }: Conversation, { effort }: EncodedThinking): JsonObject {
  return {
    ...(effort !== undefined && { effort }),
    ...(output?.type === 'json_schema' && {
      format: { type: 'json_schema', schema: enforceableSchema(output.schema) },
    }),
  }
}

interface SamplingContext {
  readonly generation: Generation
  /** Where thoughts were asked for, sampling is fixed. */
  readonly thinks: boolean
  readonly warnings: string[]
}

function encodeSampling(sampling: Sampling, { generation, thinks, warnings }: SamplingContext): JsonObject {
  const { temperature, topP, topK, stop } = sampling
  const free = generation.sampling && !thinks
  const drop = (name: string): false => {
    warnings.push(`dropped parameter ${name}`)
    return false
  }
  const sequences = (stop ?? []).filter(text => text.trim() !== '')
  if (sequences.length < (stop ?? []).length) drop('stop')
  if (temperature !== undefined && temperature > 1 && free)
    warnings.push('lowered parameter temperature to 1')
  return {
    ...(temperature !== undefined && (free || drop('temperature')) && { temperature: clamp(temperature) }),
    // The newer models refuse both together.
    ...(topP !== undefined &&
      ((free && temperature === undefined) || drop('top_p')) && { top_p: clamp(topP) }),
    ...(topK !== undefined && (free || drop('top_k')) && { top_k: topK }),
    ...(sequences.length > 0 && { stop_sequences: sequences }),
  }
}

function asksForThoughts({ thinking }: EncodedThinking): boolean {
  return thinking !== undefined && thinking['type'] !== 'disabled'
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value))
}

/** What has no word here, and changes little by being left out. */
function droppedParameters(asked: Conversation): readonly string[] {
  const { sampling, metadata, cacheKey } = asked
  const { seed, frequencyPenalty, presencePenalty, logprobs } = sampling
  const named = {
    seed,
    frequency_penalty: frequencyPenalty,
    presence_penalty: presencePenalty,
    logprobs,
    metadata,
    prompt_cache_key: cacheKey,
  }
  const lost = Object.entries(named).flatMap(([name, value]) => (value === undefined ? [] : [name]))
  return lost.map(name => `dropped parameter ${name}`)
}

const longestUser = 256

function encodeUser({ user }: Conversation, warnings: string[]): JsonObject {
  if (user === undefined || user === '') return {}
  if (user.length <= longestUser) return { metadata: { user_id: user } }
  warnings.push('dropped parameter user')
  return {}
}

const tiers: ReadonlyMap<string, string> = new Map([
  ['auto', 'auto'],
  ['priority', 'auto'],
  ['default', 'standard_only'],
])

function encodeTier({ serviceTier }: Conversation, warnings: string[]): JsonObject {
  if (serviceTier === undefined) return {}
  const tier = tiers.get(serviceTier)
  if (tier !== undefined) return { service_tier: tier }
  warnings.push('dropped parameter service_tier')
  return {}
}

const filesBeta = 'files-api-2025-04-14'

/** Uploaded files are still a beta feature. */
function headersFor({ messages }: Conversation, { quirks }: EncodeTarget): Pick<EncodedRequest, 'headers'> {
  const known = quirks.anthropicMessages?.betas
  const wanted = messages.some(({ parts }) => parts.some(namesUpload))
  return wanted && (known === undefined || known.includes(filesBeta))
    ? { headers: ['anthropic-beta', filesBeta] }
    : {}
}

function namesUpload(part: Part): boolean {
  if (part.type === 'tool_result') return part.content.some(namesUpload)
  return (part.type === 'image' || part.type === 'file') && part.source.kind === 'file'
}
