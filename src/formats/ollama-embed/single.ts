// The older form of Ollama's embeddings, which many clients still use: one prompt in, one vector out.
// https://github.com/ollama/ollama/blob/main/docs/api.md#generate-embedding

import type { AnswerFacts } from '../../call.ts'
import type { EmbeddingAnswer, EmbeddingRequest } from '../../conversation/embedding.ts'
import { asNumbers } from '../../conversation/vectors.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import type { RequestFacts } from '../format.ts'
import { checkAnswer } from '../ollama-shared/errors.ts'
import { malformed, parseObject } from '../shared/answer-body.ts'
import { type Check, checkFields, checkModel, isAnObject, isString, refuse } from '../shared/checks.ts'
import { type OwnFieldRules, rulesFor } from '../shared/own-fields.ts'
import { decodeRequest as decodeInputs } from './request.ts'

export const singleName = 'ollama-embeddings'

const checks: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['prompt', isString],
  ['options', isAnObject],
])

export function checkRequest(body: JsonObject): RequestFacts {
  const fields = Object.keys(body)
  const model = checkModel(body['model'])
  const { prompt } = body
  if (typeof prompt !== 'string') refuse('prompt', prompt === undefined ? 'is missing' : 'must be a string')
  checkFields(body, fields, checks)
  return { model, streaming: false, wantsStreamUsage: false, inputCharacters: prompt.length, fields }
}

export const ownFields: OwnFieldRules = { request: rulesFor('carried', ['model', 'prompt', 'keep_alive']) }

export function decodeRequest({ prompt, ...rest }: JsonObject): EmbeddingRequest {
  return decodeInputs({ ...rest, input: prompt })
}

export function encodeResponse({ vectors: [vector = []] }: EmbeddingAnswer): JsonObject {
  return { embedding: asNumbers(vector) }
}

/** An answer tells no usage. */
export function readAnswer(body: Buffer): AnswerFacts {
  const answer = parseObject(body.toString())
  checkAnswer(answer)
  if (!Array.isArray(answer['embedding'])) throw malformed('has no `embedding`')
  return { usage: null, model: null, finishReason: null, serviceTier: null, outputCharacters: 0 }
}
