// How the answer is wanted: `generationConfig`, both ways.

import type { Conversation, OutputFormat, Sampling } from '../../conversation/conversation.ts'
import type { Part } from '../../conversation/parts.ts'
import { GatewayError } from '../../errors.ts'
import { isObject, type JsonObject } from '../../lib/json-value.ts'
import type { EncodeTarget } from '../format.ts'
import { otherFields } from '../shared/aside.ts'
import { toJsonSchema } from './json-schema.ts'
import { decodeWantedLogprobs, encodeWantedLogprobs } from './logprobs.ts'
import type { ModelTraits } from './model-traits.ts'
import { toOpenApiSchema } from './openapi-schema.ts'
import { encodeThinking } from './thinking.ts'
import { defined, listIn, numberIn, objectIn, ownExtra, textIn } from './wire.ts'

const json = 'application/json'
export const knownConfigFields: ReadonlySet<string> = new Set([
  'temperature',
  'topP',
  'topK',
  'candidateCount',
  'maxOutputTokens',
  'stopSequences',
  'responseLogprobs',
  'logprobs',
  'presencePenalty',
  'frequencyPenalty',
  'seed',
  'thinkingConfig',
])
const outputFields = new Set(['responseMimeType', 'responseSchema', 'responseJsonSchema'])

export function decodeSampling(config: JsonObject): Sampling {
  const choices = numberIn(config, 'candidateCount')
  const stop = listIn(config, 'stopSequences').filter(text => typeof text === 'string')
  return defined({
    maxTokens: numberIn(config, 'maxOutputTokens'),
    temperature: numberIn(config, 'temperature'),
    topP: numberIn(config, 'topP'),
    topK: numberIn(config, 'topK'),
    stop: stop.length === 0 ? undefined : stop,
    seed: numberIn(config, 'seed'),
    frequencyPenalty: numberIn(config, 'frequencyPenalty'),
    presencePenalty: numberIn(config, 'presencePenalty'),
    choices: choices === 1 ? undefined : choices,
    logprobs: decodeWantedLogprobs(config),
  })
}

/** Undefined for plain text, and for what the neutral form has no word for: see `restOfConfig`. */
export function decodeOutput(config: JsonObject): OutputFormat | undefined {
  if (textIn(config, 'responseMimeType')?.toLowerCase() !== json) return undefined
  const { responseJsonSchema: schema, responseSchema } = config
  if (isObject(schema)) return { type: 'json_schema', schema }
  if (isObject(responseSchema)) return { type: 'json_schema', schema: toJsonSchema(responseSchema) }
  return { type: 'json' }
}

/** What only Google has: modalities, speech, media resolution. */
export function restOfConfig(config: JsonObject): JsonObject | undefined {
  const rest = otherFields(config, knownConfigFields)
  if (rest === undefined || (decodeOutput(config) === undefined && !isPlainText(config))) return rest
  return otherFields(rest, outputFields)
}

function isPlainText(config: JsonObject): boolean {
  return textIn(config, 'responseMimeType') === 'text/plain'
}

export interface ConfigContext {
  readonly target: EncodeTarget
  readonly traits: ModelTraits
  readonly warnings: string[]
}

/** @throws GatewayError `unsupported_parameter` for more stop sequences than Google takes */
export function encodeConfig(conversation: Conversation, context: ConfigContext): JsonObject {
  const { sampling, output, reasoning, extra } = conversation
  const { traits, warnings } = context
  const own = objectIn(ownExtra(extra) ?? {}, 'generationConfig')
  return defined({
    maxOutputTokens: sampling.maxTokens,
    temperature: sampling.temperature,
    topP: sampling.topP,
    topK: sampling.topK,
    stopSequences: encodeStop(sampling.stop),
    seed: sampling.seed,
    ...encodePenalties(sampling, context),
    candidateCount: sampling.choices,
    ...encodeWantedLogprobs(sampling.logprobs),
    ...encodeOutput(output, traits),
    mediaResolution: encodeDetail(conversation, warnings),
    thinkingConfig: encodeThinking(reasoning, traits, { maxTokens: sampling.maxTokens, warnings }),
    ...own,
  })
}

const maxStops = 5

function encodeStop(stop: readonly string[] | undefined): readonly string[] | undefined {
  const said = stop?.filter(text => text !== '') ?? []
  if (said.length <= maxStops) return said.length === 0 ? undefined : said
  throw new GatewayError('unsupported_parameter', {
    message: `At most ${maxStops} stop sequences are taken.`,
    param: 'stop',
  })
}

/** Refused by newer models at one of the two addresses. */
function encodePenalties(sampling: Sampling, { target, traits, warnings }: ConfigContext): JsonObject {
  const { frequencyPenalty, presencePenalty } = sampling
  const refused = target.quirks.gemini?.penalties === 'older_models' && traits.jsonSchema
  if (!refused) return { presencePenalty, frequencyPenalty }
  if (presencePenalty !== undefined) warnings.push('dropped parameter presence_penalty')
  if (frequencyPenalty !== undefined) warnings.push('dropped parameter frequency_penalty')
  return {}
}

/** One for all images here: the closest look that any of them needs. */
function encodeDetail({ messages }: Conversation, warnings: string[]): string | undefined {
  const shown = messages.flatMap(({ parts }) =>
    parts.flatMap((part): readonly Part[] => (part.type === 'tool_result' ? part.content : [part])),
  )
  const details = new Set(shown.flatMap(part => (part.type === 'image' ? [part.detail ?? 'auto'] : [])))
  if (details.has('high')) return 'MEDIA_RESOLUTION_HIGH'
  if (!details.has('low')) return undefined
  if (details.size === 1) return 'MEDIA_RESOLUTION_LOW'
  warnings.push('dropped parameter detail')
  return undefined
}

function encodeOutput(output: OutputFormat | undefined, traits: ModelTraits): JsonObject {
  if (output === undefined || output.type === 'text') return {}
  if (output.type === 'json') return { responseMimeType: json }
  return traits.jsonSchema
    ? { responseMimeType: json, responseJsonSchema: output.schema }
    : { responseMimeType: json, responseSchema: toOpenApiSchema(output.schema, 'response_format') }
}
