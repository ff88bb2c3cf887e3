// Cohere's list. https://docs.cohere.com/reference/list-models

import { isObject, isText, type JsonObject } from '../../lib/json-value.ts'
import type { ModelKind } from '../../model-facts.ts'
import type { ListingRequest, ModelListing } from '../listing.ts'
import { inputsFrom, listIn, type MaybeSaid, readRows, textsIn, tokensIn } from './fields.ts'

const path = '/v1/models?page_size=1000'

export const cohereListing: ModelListing = {
  first: () => ({ method: 'GET', path }),
  readPage: body => readRows(listIn(body, 'models'), { read: readModel, next: nextPage(body) }),
}

function nextPage(body: unknown): ListingRequest | null {
  const token = isObject(body) ? body['next_page_token'] : undefined
  if (!isText(token)) return null
  return { method: 'GET', path: `${path}&page_token=${encodeURIComponent(token.toWellFormed())}` }
}

const kinds: ReadonlyArray<readonly [endpoint: string, kind: ModelKind]> = [
  ['chat', 'chat'],
  ['embed', 'embedding'],
  ['embed_image', 'embedding'],
  ['rerank', 'rerank'],
  ['transcriptions', 'transcription'],
  ['generate', 'completion'],
  ['classify', 'other'],
]

function readModel(row: JsonObject): (MaybeSaid & { readonly id: unknown }) | null {
  // It does not answer any more.
  if (row['is_deprecated'] === true) return null
  const endpoints = textsIn(row['endpoints'])
  const features = textsIn(row['features'])
  return {
    id: row['name'],
    kind: kinds.find(([endpoint]) => endpoints?.includes(endpoint))?.[1],
    contextWindow: tokensIn(row['context_length']),
    input: inputsFrom({ image: features?.includes('vision') }),
    tools: features?.some(feature => feature === 'tools' || feature === 'strict_tools'),
    jsonSchema: features?.includes('json_schema'),
    reasoning: features?.includes('reasoning'),
  }
}
