// Embeddings between OpenAI's shape and the neutral form.

import type { Usage } from '../../call.ts'
import type { EmbeddingAnswer, EmbeddingRequest, Vector } from '../../conversation/embedding.ts'
import { asBase64, asNumbers } from '../../conversation/vectors.ts'
import { isObject, isText, type JsonObject } from '../../lib/json-value.ts'
import type { EncodeContext } from '../format.ts'
import { failureInSuccess, holdsError } from '../openai-shared/errors.ts'
import { inputOf, malformed } from '../shared/answer-body.ts'
import { countEmbeddingUsage } from './response.ts'

export function decodeResponse(body: unknown): EmbeddingAnswer {
  if (!isObject(body)) throw malformed('is not a JSON object')
  if (holdsError(body)) throw failureInSuccess(body)
  const { data, model, usage, id } = body
  if (!Array.isArray(data)) throw malformed('has no `data`')
  return {
    id: isText(id) ? id : '',
    model: isText(model) ? model : '',
    vectors: inOrder(data).map(vectorOf),
    usage: countEmbeddingUsage(usage),
  }
}

/** By their indexes, where all have one. */
function inOrder(data: readonly unknown[]): readonly JsonObject[] {
  const items = data.map(item => (isObject(item) ? item : {}))
  if (!items.every(({ index }) => typeof index === 'number')) return items
  return items.toSorted((left, right) => Number(left['index']) - Number(right['index']))
}

function vectorOf({ embedding }: JsonObject): Vector {
  if (isText(embedding)) return embedding
  if (Array.isArray(embedding)) return embedding as readonly number[]
  throw malformed('holds an embedding that is none')
}

/** In the encoding that the client asked for: the SDKs ask for base64 by themselves, and expect nothing else then. */
export function encodeResponse(
  { vectors, model, usage }: EmbeddingAnswer,
  { asked }: EncodeContext<EmbeddingRequest>,
): JsonObject {
  const write = asked.encoding === 'base64' ? asBase64 : asNumbers
  return {
    object: 'list',
    data: vectors.map((vector, index) => ({ object: 'embedding', index, embedding: write(vector) })),
    model: model === '' ? asked.model : model,
    usage: encodeUsage(usage),
  }
}

/** Clients expect one, counted or not. */
function encodeUsage(usage: Usage | null): JsonObject {
  const tokens = usage === null ? 0 : inputOf(usage)
  return { prompt_tokens: tokens, total_tokens: tokens }
}
