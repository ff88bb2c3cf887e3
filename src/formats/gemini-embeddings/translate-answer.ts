// Embeddings between Google's shapes and the neutral form. All three are read alike, whichever was asked for.

import type { AnswerFacts, Usage } from '../../call.ts'
import type { EmbeddingAnswer, Vector } from '../../conversation/embedding.ts'
import { asNumbers } from '../../conversation/vectors.ts'
import { isObject, type JsonObject } from '../../lib/json-value.ts'
import { failureInSuccess, holdsError } from '../gemini/errors.ts'
import { defined, objectsIn } from '../gemini/wire.ts'
import { countOf, inputOf, malformed, objectIn, parseObject, plainUsage } from '../shared/answer-body.ts'
import { readSmallFields } from '../shared/bulky-answer.ts'
import type { Shape } from './shapes.ts'

/** The numbers are most of the answer, and nobody here reads them; those of instances hold the count. */
export function readAnswer(body: Buffer): AnswerFacts {
  const answer =
    readSmallFields(body, 'embeddings') ?? readSmallFields(body, 'embedding') ?? parseObject(body.toString())
  checkHolds(answer)
  return {
    usage: usageOf(answer),
    model: null,
    finishReason: null,
    serviceTier: null,
    outputCharacters: 0,
  }
}

export function decodeResponse(body: unknown): EmbeddingAnswer {
  if (holdsError(body)) throw failureInSuccess(body)
  const answer = objectIn(body)
  checkHolds(answer)
  return { id: '', model: '', vectors: vectorsIn(answer).map(vectorOf), usage: usageOf(answer) }
}

function checkHolds(answer: JsonObject): void {
  if (holdsError(answer)) throw failureInSuccess(answer)
  if (!['embeddings', 'embedding', 'predictions'].some(field => field in answer))
    throw malformed('holds no embeddings')
}

function vectorsIn(answer: JsonObject): readonly unknown[] {
  const { embedding, embeddings, predictions } = answer
  if (isObject(embedding)) return [embedding]
  if (Array.isArray(embeddings)) return embeddings
  return Array.isArray(predictions)
    ? predictions.map(prediction => (isObject(prediction) ? prediction['embeddings'] : undefined))
    : []
}

function vectorOf(embedding: unknown): Vector {
  const values = isObject(embedding) ? (embedding['values'] ?? []) : undefined
  if (!Array.isArray(values)) throw malformed('holds an embedding that is none')
  return values as readonly number[]
}

function usageOf(answer: JsonObject): Usage | null {
  const { usageMetadata, predictions } = answer
  const told = isObject(usageMetadata) ? countOf(usageMetadata['promptTokenCount']) : null
  if (told !== null) return plainUsage(told, 0)
  if (!Array.isArray(predictions)) return null
  const counts = objectsIn(answer, 'predictions').map(tokensOf)
  return counts.some(count => count === null)
    ? null
    : plainUsage(
        counts.reduce<number>((sum, count) => sum + (count ?? 0), 0),
        0,
      )
}

function tokensOf({ embeddings }: JsonObject): number | null {
  const statistics = isObject(embeddings) ? embeddings['statistics'] : undefined
  return isObject(statistics) ? countOf(statistics['token_count']) : null
}

export function encodeResponse({ vectors, usage }: EmbeddingAnswer, shape: Shape): JsonObject {
  const embeddings = vectors.map(vector => ({ values: asNumbers(vector) }))
  if (shape === 'predict') return { predictions: embeddings.map(one => ({ embeddings: one })) }
  const tokens = usage === null ? undefined : inputOf(usage)
  const usageMetadata =
    tokens === undefined ? undefined : { promptTokenCount: tokens, totalTokenCount: tokens }
  const found = shape === 'batch' ? { embeddings } : { embedding: embeddings[0] ?? { values: [] } }
  return defined({ ...found, usageMetadata })
}
