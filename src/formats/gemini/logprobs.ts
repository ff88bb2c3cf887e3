// Probabilities of tokens: two parallel lists here, one list of entries in the neutral form.

import { isObject, type JsonObject } from '../../lib/json-value.ts'
import { numberIn, objectsIn, textIn } from './wire.ts'

export function decodeLogprobs(result: unknown): JsonObject | undefined {
  if (!isObject(result)) return undefined
  const chosen = objectsIn(result, 'chosenCandidates')
  const top = objectsIn(result, 'topCandidates')
  if (chosen.length === 0) return undefined
  return {
    content: chosen.map((candidate, index) => ({
      ...entryOf(candidate),
      top_logprobs: objectsIn(top[index] ?? {}, 'candidates').map(entryOf),
    })),
  }
}

function entryOf(candidate: JsonObject): JsonObject {
  const token = textIn(candidate, 'token') ?? ''
  return { token, logprob: numberIn(candidate, 'logProbability') ?? 0, bytes: [...Buffer.from(token)] }
}

/** The neutral entries are OpenAI's: their `top_logprobs` is read in camelCase, as everything here. */
export function encodeLogprobs(logprobs: JsonObject): JsonObject {
  const entries = objectsIn(logprobs, 'content')
  return {
    chosenCandidates: entries.map(candidateOf),
    topCandidates: entries.map(entry => ({ candidates: objectsIn(entry, 'topLogprobs').map(candidateOf) })),
  }
}

function candidateOf(entry: JsonObject): JsonObject {
  return { token: textIn(entry, 'token') ?? '', logProbability: numberIn(entry, 'logprob') ?? 0 }
}

/** What a request says of them. */
export function decodeWantedLogprobs(config: JsonObject): number | undefined {
  if (config['responseLogprobs'] !== true) return undefined
  return numberIn(config, 'logprobs') ?? 0
}

export function encodeWantedLogprobs(alternatives: number | undefined): JsonObject {
  if (alternatives === undefined) return {}
  return { responseLogprobs: true, ...(alternatives > 0 ? { logprobs: alternatives } : {}) }
}
