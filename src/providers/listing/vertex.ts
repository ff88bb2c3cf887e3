// What publishers offer on Vertex AI, one list each. It says which models there are, not whether the project may use
// them in its location. https://cloud.google.com/vertex-ai/docs/reference/rest/v1beta1/publishers.models/list

import { isObject, isText, type JsonObject } from '../../lib/json-value.ts'
import type { ListingPage, ListingRequest, ModelListing } from '../listing.ts'
import { listIn, type MaybeSaid, readRows } from './fields.ts'

/** Those of whom something can be asked here, in this order. Others have models that one has to deploy first. */
const publishers = [
  'google',
  'anthropic',
  'meta',
  'mistralai',
  'deepseek-ai',
  'qwen',
  'openai',
  'moonshotai',
  'zai-org',
  'minimaxai',
]
const pageSize = 100

export const vertexListing: ModelListing = {
  first: () => page(publishers[0] ?? '', ''),
  readPage(body, request): ListingPage {
    const publisher = publisherOf(request)
    const token = isObject(body) ? body['nextPageToken'] : undefined
    // A publisher without models answers with an empty object.
    const rows = isObject(body) && Object.keys(body).length === 0 ? [] : listIn(body, 'publisherModels')
    return readRows(rows, {
      read: row => readModel(row, publisher),
      next: isText(token)
        ? page(publisher, `&pageToken=${encodeURIComponent(token.toWellFormed())}`)
        : nextPublisher(publisher),
    })
  },
}

function page(publisher: string, query: string): ListingRequest {
  const next = nextPublisher(publisher)
  return {
    method: 'GET',
    path: `/v1beta1/publishers/${publisher}/models?pageSize=${pageSize}${query}`,
    // Not every location knows every publisher.
    ...(next !== null && { otherwise: next }),
  }
}

function publisherOf({ path }: ListingRequest): string {
  return /\/publishers\/([^/]+)\//.exec(path)?.[1] ?? ''
}

function nextPublisher(publisher: string): ListingRequest | null {
  const next = publishers[publishers.indexOf(publisher) + 1]
  return next === undefined ? null : page(next, '')
}

function readModel({ name }: JsonObject, publisher: string): (MaybeSaid & { readonly id: unknown }) | null {
  if (typeof name !== 'string') return { id: null }
  const model = name.replace(/^publishers\/[^/]+\/models\//, '')
  if (publisher === 'google') return readGoogles(model)
  if (publisher === 'anthropic') return model.startsWith('claude') ? { id: model, kind: 'chat' } : null
  // The others are asked for by their publisher's name, and only those that Google runs as a service.
  return model.endsWith('-maas') ? { id: `${publisher}/${model}`, kind: 'chat' } : null
}

function readGoogles(model: string): (MaybeSaid & { readonly id: string }) | null {
  if (/embedding/.test(model)) return { id: model, kind: 'embedding' }
  return model.startsWith('gemini') ? { id: model } : null
}
