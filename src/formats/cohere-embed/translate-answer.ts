// Embeddings between Cohere's shape, where they stand by type of number, and the neutral form.

import type { AnswerFacts } from '../../call.ts'
import type { EmbeddingAnswer, EmbeddingRequest, Vector } from '../../conversation/embedding.ts'
import { asBase64, asNumbers } from '../../conversation/vectors.ts'
import { isObject, isText, type JsonObject } from '../../lib/json-value.ts'
import { checkHolds, usageOfMeta, writeMeta } from '../cohere-shared/meta.ts'
import type { EncodeContext } from '../format.ts'
import { malformed, objectIn, parseObject } from '../shared/answer-body.ts'
import { readSmallFields } from '../shared/bulky-answer.ts'
import { formatName } from './translate-request.ts'

/** The numbers are most of the answer, and nobody here reads them. */
export function readAnswer(body: Buffer): AnswerFacts {
  const answer = readSmallFields(body, 'embeddings') ?? parseObject(body.toString())
  checkHolds(answer, 'embeddings')
  const usage = usageOfMeta(answer['meta'])
  return { usage, model: null, finishReason: null, serviceTier: null, outputCharacters: 0 }
}

export function decodeResponse(body: unknown): EmbeddingAnswer {
  const answer = objectIn(body)
  checkHolds(answer, 'embeddings')
  const { embeddings, id, meta } = answer
  return {
    id: isText(id) ? id : '',
    model: '',
    vectors: vectorsIn(embeddings),
    usage: usageOfMeta(meta),
  }
}

/** By type, or a plain list as in the first version of the API. */
function vectorsIn(embeddings: unknown): readonly Vector[] {
  if (Array.isArray(embeddings)) return checked(embeddings)
  if (!isObject(embeddings)) throw malformed('has no list of `embeddings`')
  const list = embeddings['float'] ?? embeddings['base64'] ?? Object.values(embeddings).find(Array.isArray)
  if (!Array.isArray(list)) throw malformed('has no list of `embeddings`')
  return checked(list)
}

function checked(list: readonly unknown[]): readonly Vector[] {
  if (!list.every(vector => typeof vector === 'string' || Array.isArray(vector)))
    throw malformed('holds an embedding that is none')
  return list as readonly Vector[]
}

export function encodeResponse(
  { id, vectors, usage }: EmbeddingAnswer,
  { asked, id: exchange }: EncodeContext<EmbeddingRequest>,
): JsonObject {
  const types = asked.extra?.[formatName]?.['embedding_types']
  const wanted = Array.isArray(types) && types.length > 0 ? types : ['float']
  return {
    id: id === '' ? exchange : id,
    texts: asked.inputs.filter(input => typeof input === 'string'),
    embeddings: {
      ...(wanted.includes('float') ? { float: vectors.map(asNumbers) } : {}),
      ...(wanted.includes('base64') ? { base64: vectors.map(asBase64) } : {}),
    },
    meta: writeMeta('2', usage),
    response_type: 'embeddings_by_type',
  }
}
