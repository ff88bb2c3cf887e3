// The list of Google's Gemini API. https://ai.google.dev/api/models#method:-models.list

import { isObject, isText, type JsonObject } from '../../lib/json-value.ts'
import type { ModelKind } from '../../model-facts.ts'
import type { ListingRequest, ModelListing } from '../listing.ts'
import type { ProviderSettings } from '../provider.ts'
import { flagIn, listIn, type MaybeSaid, readRows, textIn, textsIn, tokensIn } from './fields.ts'

const pageSize = 1000

export const geminiListing: ModelListing = {
  first: settings => page('', settings),
  readPage: (body, _request, settings) =>
    readRows(listIn(body, 'models'), { read: readModel, next: nextPage(body, settings) }),
}

function page(query: string, { baseUrl }: ProviderSettings): ListingRequest {
  // A base URL may name the version of the API itself.
  const version = /\/v\d[a-z0-9]*$/.test(baseUrl ?? '') ? '' : '/v1beta'
  return { method: 'GET', path: `${version}/models?pageSize=${pageSize}${query}` }
}

function nextPage(body: unknown, settings: ProviderSettings): ListingRequest | null {
  const token = isObject(body) ? body['nextPageToken'] : undefined
  return isText(token) ? page(`&pageToken=${encodeURIComponent(token.toWellFormed())}`, settings) : null
}

const kinds: ReadonlyArray<readonly [method: string, kind: ModelKind]> = [
  ['generateContent', 'chat'],
  ['embedContent', 'embedding'],
  ['predictLongRunning', 'video'],
  ['predict', 'image'],
]

function readModel(row: JsonObject): MaybeSaid & { readonly id: unknown } {
  const { name } = row
  const methods = textsIn(row['supportedGenerationMethods'])
  return {
    // Tuned models keep their collection: that is how they are asked for.
    id: typeof name === 'string' ? name.replace(/^models\//, '') : name,
    title: textIn(row['displayName']),
    kind: kinds.find(([method]) => methods?.includes(method))?.[1],
    contextWindow: tokensIn(row['inputTokenLimit']),
    maxOutput: tokensIn(row['outputTokenLimit']),
    reasoning: flagIn(row['thinking']),
    promptCaching: methods?.includes('createCachedContent'),
    batch: methods?.includes('batchGenerateContent'),
  }
}
