// The shape of a request of Cohere's rerank, and the way between it and the neutral form.
// https://docs.cohere.com/reference/rerank

import type { RerankRequest } from '../../conversation/rerank.ts'
import { isObject, isText, type JsonObject } from '../../lib/json-value.ts'
import type { EncodedRequest, EncodeTarget, RequestFacts } from '../format.ts'
import { otherFields, putAside } from '../shared/aside.ts'
import {
  type Check,
  checkFields,
  checkModel,
  checksItself,
  isBoolean,
  isInteger,
  isList,
  isPositiveInteger,
  isString,
  measure,
  refuse,
} from '../shared/checks.ts'
import { type OwnFieldRules, rulesFor } from '../shared/own-fields.ts'
import type { RerankVersion } from './version.ts'

const checks: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['query', isString],
  ['documents', checksItself],
  ['top_n', isPositiveInteger],
  ['return_documents', isBoolean],
  ['rank_fields', isList],
  ['max_chunks_per_doc', isInteger],
  ['max_tokens_per_doc', isInteger],
  ['priority', isInteger],
])

export function checkRequest(body: JsonObject): RequestFacts {
  const fields = Object.keys(body)
  const model = checkModel(body['model'])
  const { query, documents } = body
  if (query === undefined) refuse('query', 'is missing')
  if (!isText(query)) refuse('query', 'must be a non-empty string')
  if (documents === undefined) refuse('documents', 'is missing')
  if (!Array.isArray(documents)) refuse('documents', 'must be a list')
  if (documents.length === 0) refuse('documents', 'must not be empty')
  documents.forEach((document: unknown, index) => {
    if (typeof document !== 'string' && !isObject(document))
      refuse(`documents[${index}]`, 'must be a string or an object with a text')
  })
  checkFields(body, fields, checks)
  const inputCharacters = query.length * documents.length + measure(documents, 'documents', 1)
  return { model, streaming: false, wantsStreamUsage: false, inputCharacters, fields }
}

const known: ReadonlySet<string> = new Set(['model', 'query', 'documents', 'top_n', 'return_documents'])

/** Which fields of the documents are compared changes what is found. */
export const ownFields: OwnFieldRules = {
  request: { ...rulesFor('carried', known), rank_fields: 'refused' },
}

export function decodeRequest(body: JsonObject, { formatName }: RerankVersion): RerankRequest {
  const { model, query, documents, top_n: topN, return_documents: returnDocuments } = body
  return {
    model: String(model),
    query: String(query),
    documents: documents as readonly (string | JsonObject)[],
    ...(typeof topN === 'number' ? { topN } : {}),
    ...(typeof returnDocuments === 'boolean' ? { returnDocuments } : {}),
    ...putAside(formatName, otherFields(body, known)),
  }
}

/** The documents come back from the request, so that no upstream has to send them. */
export function encodeRequest(
  { query, documents, topN, extra }: RerankRequest,
  { model }: EncodeTarget,
  { formatName, documentsAreTexts }: RerankVersion,
): EncodedRequest {
  const body: JsonObject = {
    model,
    query,
    documents: documentsAreTexts ? documents.map(textOfDocument) : documents,
    ...(topN === undefined ? {} : { top_n: topN }),
    ...extra?.[formatName],
  }
  return { body, warnings: [] }
}

/** Of documents with fields, a line for each: what the vendor recommends for structured data. */
export function textOfDocument(document: string | JsonObject): string {
  if (typeof document === 'string') return document
  const fields = Object.entries(document)
  if (fields.length === 1 && isText(document['text'])) return document['text']
  return fields
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('\n')
}
