// The `options` of Ollama's requests, and what stands beside them. https://docs.ollama.com/modelfile#parameter

import type {
  Conversation,
  OutputFormat,
  ReasoningRequest,
  Sampling,
} from '../../conversation/conversation.ts'
import { isObject, isText, type JsonObject } from '../../lib/json-value.ts'

/** Names of Ollama's own for what the neutral form has words for. */
const samplingNames = {
  num_predict: 'maxTokens',
  temperature: 'temperature',
  top_p: 'topP',
  top_k: 'topK',
  seed: 'seed',
  frequency_penalty: 'frequencyPenalty',
  presence_penalty: 'presencePenalty',
} as const

export const neutralOptions: ReadonlySet<string> = new Set([...Object.keys(samplingNames), 'stop'])

/** Options that clients of other formats write at the top of their requests, where Ollama was to read them. */
const knownOptions: ReadonlySet<string> = new Set([
  'num_ctx',
  'num_keep',
  'num_batch',
  'num_gpu',
  'num_thread',
  'min_p',
  'typical_p',
  'tfs_z',
  'repeat_last_n',
  'repeat_penalty',
  'mirostat',
  'mirostat_tau',
  'mirostat_eta',
])

/** Fields beside the options that only Ollama has. */
const ownFields: readonly string[] = ['keep_alive', 'think', 'truncate', 'shift']

/** All that is read here in requests of other formats. */
export const understoodFields: ReadonlySet<string> = new Set([...knownOptions, ...ownFields, 'options'])

export function decodeSampling(body: JsonObject): Sampling {
  const options = isObject(body['options']) ? body['options'] : {}
  const numbers = Object.entries(samplingNames).flatMap(([name, neutral]) => {
    const value = options[name]
    // Less than nothing to predict means without end.
    if (typeof value !== 'number' || (name === 'num_predict' && value < 0)) return []
    return [[neutral, value]]
  })
  const stop = stopsIn(options['stop'])
  const { logprobs, top_logprobs: alternatives } = body
  return {
    ...(Object.fromEntries(numbers) as Sampling),
    ...(stop.length === 0 ? {} : { stop }),
    ...(logprobs === true ? { logprobs: typeof alternatives === 'number' ? alternatives : 0 } : {}),
  }
}

function stopsIn(stop: unknown): readonly string[] {
  if (isText(stop)) return [stop]
  return Array.isArray(stop) ? stop.filter(isText) : []
}

/** The options that the neutral form has no words for. */
export function moreOptions(body: JsonObject): JsonObject {
  const options = isObject(body['options']) ? body['options'] : {}
  return Object.fromEntries(Object.entries(options).filter(([name]) => !neutralOptions.has(name)))
}

export function encodeSampling(sampling: Sampling): JsonObject {
  const { stop } = sampling
  const numbers = Object.entries(samplingNames).flatMap(([name, neutral]) => {
    const value = sampling[neutral]
    return value === undefined ? [] : [[name, value]]
  })
  return {
    ...(Object.fromEntries(numbers) as JsonObject),
    ...(stop === undefined || stop.length === 0 ? {} : { stop }),
  }
}

export function encodeLogprobs({ logprobs }: Sampling): JsonObject {
  if (logprobs === undefined) return {}
  return { logprobs: true, ...(logprobs > 0 ? { top_logprobs: logprobs } : {}) }
}

/** What was written for Ollama, in whichever format: the fields beside the options, and the options. */
export interface WrittenForOllama {
  readonly fields: JsonObject
  readonly options: JsonObject
}

/** @param formatName of the format that is written: all of its own comes back */
export function writtenForOllama({ extra }: Conversation, formatName: string): WrittenForOllama {
  let fields: JsonObject = {}
  let options: JsonObject = {}
  for (const [format, values] of Object.entries(extra ?? {})) {
    const picked = Object.entries(values).filter(
      ([name]) => format === formatName || ownFields.includes(name),
    )
    const { options: own, ...rest } = Object.fromEntries(picked) as JsonObject
    const loose = Object.entries(values).filter(([name, value]) => knownOptions.has(name) && value !== null)
    fields = { ...fields, ...rest }
    options = {
      ...options,
      ...(Object.fromEntries(loose) as JsonObject),
      ...(isObject(values['options']) ? values['options'] : {}),
      ...(isObject(own) ? own : {}),
    }
  }
  return { fields, options }
}

export function decodeOutput(format: unknown): OutputFormat | undefined {
  if (format === 'json') return { type: 'json' }
  return isObject(format) ? { type: 'json_schema', schema: format } : undefined
}

export function encodeOutput(output: OutputFormat | undefined): JsonObject {
  if (output === undefined || output.type === 'text') return {}
  return { format: output.type === 'json' ? 'json' : output.schema }
}

export function decodeThink(think: unknown): ReasoningRequest | undefined {
  if (think === true) return { budgetTokens: -1 }
  if (think === false) return { effort: 'none' }
  if (think === 'low' || think === 'medium' || think === 'high') return { effort: think }
  return undefined
}

/** Models of this family think by level; all others do or do not. https://docs.ollama.com/capabilities/thinking */
const thinksByLevel = /gpt-?oss/i

export function encodeThink(reasoning: ReasoningRequest | undefined, model: string): JsonObject {
  if (reasoning === undefined) return {}
  const { effort, budgetTokens } = reasoning
  if (effort === 'none' || (effort === undefined && budgetTokens === 0)) return { think: false }
  if (effort === undefined) return budgetTokens === undefined ? {} : { think: true }
  if (!thinksByLevel.test(model)) return { think: true }
  return { think: effort === 'minimal' ? 'low' : effort === 'xhigh' || effort === 'max' ? 'high' : effort }
}
