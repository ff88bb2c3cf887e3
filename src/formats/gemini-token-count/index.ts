// Google's count of the tokens of a prompt: the prompt itself, or a whole request for an answer, and a number back.
// https://ai.google.dev/api/tokens#method:-models.counttokens

import { isObject, type JsonObject } from '../../lib/json-value.ts'
import type { Address, Format } from '../format.ts'
import { failureInSuccess, holdsError } from '../gemini/errors.ts'
import { gemini } from '../gemini/index.ts'
import { malformed, parseObject } from '../shared/answer-body.ts'
import { countFacts } from '../shared/token-count.ts'
import { refuseStream } from '../streams/refuse-stream.ts'

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
    if (answer['totalTokens'] !== undefined || Object.keys(answer).length === 0) return countFacts
    throw malformed('holds no count')
  },
  openTap: refuseStream,
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
