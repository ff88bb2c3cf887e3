// Heroku's list: an array beside its API. https://devcenter.heroku.com/articles/heroku-inference-api-model-endpoints

import type { ModelKind } from '../../model-facts.ts'
import type { ModelListing } from '../listing.ts'
import { listIn, readRows, textsIn } from './fields.ts'

const kinds: ReadonlyArray<readonly [type: string, kind: ModelKind]> = [
  ['text-to-text', 'chat'],
  ['text-to-embedding', 'embedding'],
  ['text-to-image', 'image'],
]

export const herokuListing: ModelListing = {
  first: ({ baseUrl }) => ({
    method: 'GET',
    path: '/available-models',
    ...(baseUrl !== null && { origin: new URL(baseUrl).origin }),
  }),
  readPage: body =>
    readRows(listIn(body, '', 'data', 'models'), {
      read: row => ({
        id: row['model_id'],
        kind: kinds.find(([type]) => textsIn(row['type'])?.includes(type))?.[1],
      }),
    }),
}
