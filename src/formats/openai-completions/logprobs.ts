// Log probabilities: lists side by side here, one entry for each token in chat completions.

import { isObject, isText, type JsonObject, objectsOf } from '../../lib/json-value.ts'
import { listOf, textOf } from '../openai-shared/fields.ts'

/** @returns in the shape of chat completions */
export function decodeLogprobs(logprobs: JsonObject): JsonObject {
  const values = listOf(logprobs['token_logprobs'])
  const tops = listOf(logprobs['top_logprobs'])
  const content = listOf(logprobs['tokens']).map((token, index) => ({
    token,
    logprob: values[index] ?? 0,
    bytes: null,
    top_logprobs: Object.entries(isObject(tops[index]) ? tops[index] : {}).map(([other, logprob]) => ({
      token: other,
      logprob,
      bytes: null,
    })),
  }))
  return { content }
}

/** @param offset UTF-16 units of the text before these tokens */
export function encodeLogprobs(logprobs: JsonObject, offset: number): JsonObject {
  const entries = objectsOf(logprobs['content'])
  let at = offset
  const offsets = entries.map(({ token }) => {
    const start = at
    if (isText(token)) at += token.length
    return start
  })
  return {
    tokens: entries.map(({ token }) => token),
    token_logprobs: entries.map(({ logprob }) => logprob),
    top_logprobs: entries.map(topOf),
    text_offset: offsets,
  }
}

function topOf(entry: JsonObject): JsonObject {
  const others = objectsOf(entry['top_logprobs'])
  return Object.fromEntries(others.map(({ token, logprob }) => [textOf(token) ?? '', logprob]))
}
