// Google's count of the tokens of a prompt: the prompt itself, or a whole request for an answer, and a number back.
// https://ai.google.dev/api/tokens#method:-models.counttokens

import type { AnswerFacts } from '../../call.ts'
import { isObject, type JsonObject } from '../../lib/json-value.ts'
import type { Address, Format } from '../format.ts'
import { failureInSuccess, holdsError } from '../gemini/errors.ts'
import { gemini } from '../gemini/index.ts'
import { malformed, parseObject, plainUsage } from '../shared/answer-body.ts'

/** Counting costs nothing. */
const facts: AnswerFacts = {
  usage: plainUsage(0, 0),
  model: null,
  finishReason: null,
  serviceTier: null,
  outputCharacters: 0,
}

const { chat, ...generation } = gemini

/** What would be asked of the model. */
function requestIn(body: JsonObject): JsonObject {
  const request = body['generateContentRequest'] ?? body['generate_content_request']
  return isObject(request) ? request : body
}

export const geminiTokenCount: Format = {
  ...generation,
  name: 'gemini-token-count',
  checkRequest: (body, address) => ({
    ...generation.checkRequest(requestIn(body), namedBy(body, address)),
    streaming: false,
    fields: Object.keys(body),
  }),
  editsForModel({ generateContentRequest: request }, model) {
    if (!isObject(request)) return {}
    return { generateContentRequest: JSON.stringify({ ...request, model: `models/${model}` }) }
  },
  readAnswer(body) {
    const answer = parseObject(body.toString())
    if (holdsError(answer)) throw failureInSuccess(answer)
    // Zero is left out, as everywhere in Google's JSON.
    if (answer['totalTokens'] !== undefined || Object.keys(answer).length === 0) return facts
    throw malformed('holds no count')
  },
  openTap() {
    throw new Error('a count is not streamed')
  },
  tokenCount: {
    decodeRequest: (body, address) => chat.decodeRequest(requestIn(body), namedBy(body, address)),
    encodeResponse: tokens => ({ totalTokens: tokens }),
  },
}

/** The path names the model; what stands in the body repeats it with a prefix. */
function namedBy(body: JsonObject, { model }: Address): Address {
  const named = body['model']
  return { model: model ?? (typeof named === 'string' ? named : null), streaming: false }
}
