// A conversation as a Converse request. What the API itself has no field for goes to the model by way of
// `additionalModelRequestFields`, each family in its own words.

import type { Abilities } from '../../conversation/abilities.ts'
import type { Conversation, Sampling } from '../../conversation/conversation.ts'
import { warnOfLostThoughts } from '../../conversation/lost-thoughts.ts'
import { mergeTurns, type Turn } from '../../conversation/merge-turns.ts'
import type { Part } from '../../conversation/parts.ts'
import { wantsThoughts } from '../../conversation/wants-thoughts.ts'
import { GatewayError } from '../../errors.ts'
import { isObject, type JsonObject, objectsOf } from '../../lib/json-value.ts'
import type { EncodedRequest, EncodeTarget } from '../format.ts'
import { droppedMarks, refuseChoicesAndBias } from '../shared/unsayable.ts'
import { canSay, type EncodeWork, encodeMarker, encodeParts, isOwnProof } from './encode-blocks.ts'
import { encodeReasoning, type ReasoningFields } from './encode-reasoning.ts'
import { encodeToolConfig } from './encode-tools.ts'
import { enforceableSchema } from './enforceable-schema.ts'
import { familyOf } from './families.ts'
import { isBucket } from './media.ts'
import { formatName } from './name.ts'

export function abilities({ model }: EncodeTarget, conversation?: Conversation): Abilities {
  return {
    prefill: takesPrefill(model, conversation) ? 'plain' : undefined,
    jsonSchema: familyOf(model).jsonSchema,
    customTools: false,
    toolName: /^[a-zA-Z0-9_-]{1,64}$/,
    takesUrl: isBucket,
  }
}

/**
 * Claude up to 4.5, and the first generation of Nova. Of the other families it is not documented.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html
 * https://docs.aws.amazon.com/nova/latest/userguide/invoke.html
 */
const prefilled =
  /claude-(?:instant|v2|3|(?:opus|sonnet|haiku)-4-(?:[015](?!\d)|20))|amazon\.nova-(?:micro|lite|pro|premier)/

function takesPrefill(model: string, conversation: Conversation | undefined): boolean {
  return wantsThoughts(conversation) !== true && prefilled.test(model)
}

export function encodeRequest(conversation: Conversation, { model }: EncodeTarget): EncodedRequest {
  const work: EncodeWork = { family: familyOf(model), warnings: new Set(), documentNames: new Set() }
  const { system, messages } = encodeMessages(conversation, work)
  const toolConfig = encodeToolConfig(conversation, work)
  const reasoning = encodeReasoning(conversation.reasoning, {
    family: work.family,
    maxTokens: conversation.sampling.maxTokens,
    forced: conversation.toolChoice?.mode === 'required' && work.family.forcedTools,
    unthought: goesOnUnthought(messages),
    warnings: work.warnings,
  })
  const inferenceConfig = encodeSampling(conversation.sampling, work, reasoning.thinks)
  const own = conversation.extra?.[formatName] ?? {}
  const fields = encodeFields(conversation, work, reasoning)
  reportDropped(conversation, work)
  const body = {
    ...(toolConfig !== null && { toolConfig }),
    ...(system.length > 0 && { system }),
    messages,
    ...(Object.keys(inferenceConfig).length > 0 && { inferenceConfig }),
    ...encodeOutput(conversation, work),
    ...own,
    ...(Object.keys(fields).length > 0 && { additionalModelRequestFields: fields }),
    ...encodePaths(conversation, work),
    ...encodeMetadata(conversation, work),
    ...encodeServiceTier(conversation, work),
  }
  return { body, warnings: [...work.warnings] }
}

interface EncodedMessages {
  readonly system: readonly JsonObject[]
  readonly messages: readonly JsonObject[]
}

function encodeMessages(conversation: Conversation, work: EncodeWork): EncodedMessages {
  const said = conversation.messages.map(message => ({
    ...message,
    parts: message.parts.filter(part => canSay(part, work)),
  }))
  const { system: told, turns } = mergeTurns(said)
  const system = conversation.output?.type === 'json' ? [...told, jsonInstruction] : told
  // A conversation needs a message: what the system says stands in for it.
  const isApart = work.family.system && turns.length > 0
  const spoken = beginWithUser(isApart ? turns : withSystemInFront(system, turns))
  return {
    system: isApart ? encodeSystem(system, work) : [],
    messages: trimPrefill(spoken).map(({ role, parts }) => ({ role, content: encodeParts(parts, work) })),
  }
}

/** A mode without a schema is no field of this API. */
const jsonInstruction: Part = { type: 'text', text: 'Answer with one JSON object and nothing else.' }

/** What the user says first begins with what models without a system would not hear. */
function withSystemInFront(system: readonly Part[], turns: readonly Turn[]): readonly Turn[] {
  if (system.length === 0) return turns
  const [first, ...rest] = turns
  if (first?.role !== 'user') return [{ role: 'user', parts: system, index: 0 }, ...turns]
  return [{ ...first, parts: [...system, ...first.parts] }, ...rest]
}

/** @throws GatewayError `invalid_request` where nothing was said */
function beginWithUser(turns: readonly Turn[]): readonly Turn[] {
  const [first] = turns
  if (first === undefined)
    throw new GatewayError('invalid_request', { message: '`messages` say nothing.', param: 'messages' })
  return first.role === 'user' ? turns : [opening, ...turns]
}

/** Stands in for a user who said nothing that was kept: the first to speak must be the user. */
const opening: Turn = { role: 'user', parts: [{ type: 'text', text: '.' }], index: -1 }

function encodeSystem(parts: readonly Part[], work: EncodeWork): readonly JsonObject[] {
  return parts.flatMap(part => {
    const marker = 'cache' in part && part.cache !== undefined ? part.cache : null
    const { cache: _cache, ...plain } = part as Part & { readonly cache?: unknown }
    const blocks = encodeParts([plain as Part], work)
    return marker === null ? blocks : [...blocks, ...encodeMarker(marker, 'system', work)]
  })
}

/** The beginning of the answer, put into the model's mouth, must not end in blanks. */
function trimPrefill(turns: readonly Turn[]): readonly Turn[] {
  const last = turns.at(-1)
  const text = last?.parts.at(-1)
  if (last?.role !== 'assistant' || text?.type !== 'text' || text.text === text.text.trimEnd()) return turns
  const trimmed = { ...text, text: text.text.trimEnd() }
  return [...turns.slice(0, -1), { ...last, parts: [...last.parts.slice(0, -1), trimmed] }]
}

/** A thinking model refuses results of calls that it is not shown to have thought about. */
function goesOnUnthought(messages: readonly JsonObject[]): boolean {
  const lastCall = messages.findLast(({ role }) => role === 'assistant')
  const answered = messages.at(-1)
  const calls = blocksOf(lastCall)
  const isAnswer = (block: JsonObject): boolean => 'toolResult' in block || 'cachePoint' in block
  return (
    calls.some(block => 'toolUse' in block) &&
    !calls.some(block => 'reasoningContent' in block) &&
    blocksOf(answered).every(isAnswer)
  )
}

function blocksOf(message: JsonObject | undefined): readonly JsonObject[] {
  const content = message?.['content']
  return objectsOf(content)
}

function encodeSampling(sampling: Sampling, work: EncodeWork, thinks: boolean): JsonObject {
  const { maxTokens, stop, temperature, topP } = sampling
  // With a budget for thoughts the rest of sampling is fixed.
  const taken = thinks ? 'none' : work.family.sampling
  const keepsTemperature = temperature !== undefined && taken !== 'none'
  const keepsTopP = topP !== undefined && (taken === 'both' || (taken === 'one' && temperature === undefined))
  if (!keepsTemperature) dropParameter('temperature', temperature, work)
  else if (temperature > 1) work.warnings.add('lowered parameter temperature to 1')
  if (!keepsTopP) dropParameter('top_p', topP, work)
  const stopSequences = stop?.filter(text => text.trim() !== '') ?? []
  if (stopSequences.length < (stop?.length ?? 0)) dropParameter('stop', stop, work)
  return {
    ...(maxTokens !== undefined && { maxTokens }),
    ...(keepsTemperature && { temperature: Math.min(temperature, 1) }),
    ...(keepsTopP && { topP }),
    ...(stopSequences.length > 0 && { stopSequences }),
  }
}

function dropParameter(name: string, value: unknown, { warnings }: EncodeWork): void {
  if (value !== undefined) warnings.add(`dropped parameter ${name}`)
}

function encodeFields(conversation: Conversation, work: EncodeWork, reasoning: ReasoningFields): JsonObject {
  const given = conversation.extra?.[formatName]?.['additionalModelRequestFields']
  return {
    ...(isObject(given) && given),
    ...encodeTopK(conversation.sampling.topK, work, reasoning.thinks),
    ...reasoning.fields,
  }
}

function encodeTopK(topK: number | undefined, work: EncodeWork, thinks: boolean): JsonObject {
  if (topK === undefined) return {}
  const place = work.family.sampling === 'none' || thinks ? null : work.family.topK
  if (place === 'top_k') return { top_k: topK }
  if (place === 'inferenceConfig') return { inferenceConfig: { topK } }
  dropParameter('top_k', topK, work)
  return {}
}

/** Which stop sequence was met stands in the answer of the model itself, at a place that differs. */
function encodePaths({ sampling, streaming, extra }: Conversation, { family }: EncodeWork): JsonObject {
  const given = extra?.[formatName]?.['additionalModelResponseFieldPaths']
  const path = streaming ? '/delta/stop_sequence' : '/stop_sequence'
  const wanted = family.tellsStopSequence && sampling.stop !== undefined ? [path] : []
  const paths = [...new Set([...(Array.isArray(given) ? (given as unknown[]) : []), ...wanted])]
  return paths.length === 0 ? {} : { additionalModelResponseFieldPaths: paths }
}

/** The schema travels as text. */
function encodeOutput({ output }: Conversation, { family }: EncodeWork): JsonObject {
  if (output?.type !== 'json_schema') return {}
  if (!family.jsonSchema) {
    const message = 'This model cannot be asked for an answer that fits a schema.'
    throw new GatewayError('unsupported_parameter', { message, param: 'response_format' })
  }
  const { name, description, schema } = output
  const jsonSchema = {
    schema: JSON.stringify(enforceableSchema(schema)),
    ...(name !== undefined && { name }),
    ...(description !== undefined && description !== '' && { description }),
  }
  return { outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema } } } }
}

const metadataText = /^[a-zA-Z0-9\s:_@$#=/+,.-]{1,256}$/
const maxMetadata = 16

function encodeMetadata({ metadata }: Conversation, { warnings }: EncodeWork): JsonObject {
  if (metadata === undefined) return {}
  const entries = Object.entries(metadata)
  const fitting = entries
    .filter(
      ([name, value]) => typeof value === 'string' && metadataText.test(name) && metadataText.test(value),
    )
    .slice(0, maxMetadata)
  if (fitting.length < entries.length) warnings.add('dropped parameter metadata')
  return fitting.length === 0 ? {} : { requestMetadata: Object.fromEntries(fitting) }
}

const serviceTiers: ReadonlySet<string> = new Set(['default', 'flex', 'priority', 'reserved'])

function encodeServiceTier({ serviceTier }: Conversation, { warnings }: EncodeWork): JsonObject {
  if (serviceTier === undefined || serviceTier === 'auto') return {}
  if (serviceTiers.has(serviceTier)) return { serviceTier: { type: serviceTier } }
  warnings.add('dropped parameter service_tier')
  return {}
}

/** What no model here knows. Several answers are not one answer; the rest is a matter of style. */
function reportDropped(conversation: Conversation, work: EncodeWork): void {
  const { sampling, user, cacheKey, parallelToolCalls } = conversation
  refuseChoicesAndBias(conversation)
  for (const warning of droppedMarks(conversation, ['name', 'detail'])) work.warnings.add(warning)
  for (const warning of warnOfLostThoughts(conversation.messages, isOwnProof)) work.warnings.add(warning)
  dropParameter('seed', sampling.seed, work)
  dropParameter('frequency_penalty', sampling.frequencyPenalty, work)
  dropParameter('presence_penalty', sampling.presencePenalty, work)
  dropParameter('logprobs', sampling.logprobs, work)
  dropParameter('user', user, work)
  dropParameter('prompt_cache_key', cacheKey, work)
  if (parallelToolCalls === false) dropParameter('parallel_tool_calls', parallelToolCalls, work)
}
