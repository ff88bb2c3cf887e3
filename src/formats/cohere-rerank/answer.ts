// An answer of Cohere's rerank, and the way between it and the neutral form.

import type { AnswerFacts } from '../../call.ts'
import type { RerankAnswer, RerankRequest } from '../../conversation/rerank.ts'
import { isObject, isText, type JsonObject } from '../../lib/json-value.ts'
import { checkHolds, searchUnitsOfMeta, usageOfMeta, writeMeta } from '../cohere-shared/meta.ts'
import type { EncodeContext } from '../format.ts'
import { countOf, malformed, objectIn, parseObject } from '../shared/answer-body.ts'
import { textOfDocument } from './request.ts'
import type { RerankVersion } from './version.ts'

export function readAnswer(body: Buffer): AnswerFacts {
  const { usage } = decodeResponse(parseObject(body.toString()))
  return { usage, model: null, finishReason: null, serviceTier: null, outputCharacters: 0 }
}

export function decodeResponse(body: unknown): RerankAnswer {
  const answer = objectIn(body)
  checkHolds(answer, 'results')
  const { results, id, meta } = answer
  if (!Array.isArray(results)) throw malformed('has no list of `results`')
  const searchUnits = searchUnitsOfMeta(meta)
  return {
    id: isText(id) ? id : '',
    results: results.map(decodeResult),
    usage: usageOfMeta(meta),
    ...(searchUnits === null ? {} : { searchUnits }),
  }
}

function decodeResult(result: unknown): { readonly index: number; readonly score: number } {
  const { index, relevance_score: score } = isObject(result) ? result : {}
  const place = countOf(index)
  if (place === null || typeof score !== 'number') throw malformed('holds a result that is none')
  return { index: place, score }
}

export function encodeResponse(
  { id, results, usage, searchUnits }: RerankAnswer,
  { asked, id: exchange }: EncodeContext<RerankRequest>,
  { version }: RerankVersion,
): JsonObject {
  return {
    id: id === '' ? exchange : id,
    results: results.map(({ index, score }) => ({
      index,
      relevance_score: score,
      ...(asked.returnDocuments === true ? documentAt(asked, index) : {}),
    })),
    meta: writeMeta(version, usage, searchUnits),
  }
}

function documentAt({ documents }: RerankRequest, index: number): JsonObject {
  const document = documents[index]
  if (document === undefined) return {}
  return { document: typeof document === 'string' ? { text: textOfDocument(document) } : document }
}
