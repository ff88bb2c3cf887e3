// Probabilities of tokens: Cohere gives them by pieces of text, the neutral form token by token.

import { isObject, type JsonObject } from '../../lib/json-value.ts'

/** Undefined where there are none. */
export function decodeLogprobs(items: unknown): JsonObject | undefined {
  const list = Array.isArray(items) ? items.filter(isObject) : isObject(items) ? [items] : []
  if (list.length === 0) return undefined
  return { content: list.map(decodeItem) }
}

function decodeItem({ text, logprobs }: JsonObject): JsonObject {
  const token = typeof text === 'string' ? text : ''
  const each = Array.isArray(logprobs) ? logprobs.filter(value => typeof value === 'number') : []
  return {
    token,
    logprob: each.reduce((sum, value) => sum + value, 0),
    bytes: [...Buffer.from(token)],
    top_logprobs: [],
  }
}

export function encodeLogprobs({ content }: JsonObject): readonly JsonObject[] {
  if (!Array.isArray(content)) return []
  return content.filter(isObject).map(({ token, logprob }) => ({
    text: typeof token === 'string' ? token : '',
    token_ids: [],
    logprobs: typeof logprob === 'number' ? [logprob] : [],
  }))
}
