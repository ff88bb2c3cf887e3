import { expect, test } from 'vitest'
import type { ListingRequest } from '../../providers/listing.ts'
import { providerAt } from './arranged.fixture.ts'
import { readInPieces } from './read-in-pieces.ts'

function listingOf(type: string) {
  const { listing } = providerAt('http://127.0.0.1:1', { type })
  if (listing === null) throw new Error(`${type} lists nothing`)
  return listing
}

function read(type: string, body: unknown, request?: ListingRequest) {
  let pauses = 0
  const pause = () => {
    pauses++
    return Promise.resolve()
  }
  const listing = listingOf(type)
  return readInPieces(body, request ?? listing.first, { listing, pause }).then(page => ({ ...page, pauses }))
}

const rows = (count: number, more: object = {}) =>
  Array.from({ length: count }, (_, index) => ({ id: `m${index}`, modelId: `m${index}`, ...more }))

test('a long page is read with pauses, and nothing of it is lost', async () => {
  for (const body of [rows(1000), { other: rows(3), data: rows(1000) }]) {
    const page = await read('together', body)
    expect(page.models.map(({ id }) => id)).toEqual(rows(1000).map(({ id }) => id))
    expect(page.pauses).toBe(9)
  }
  expect(await read('together', [])).toMatchObject({ models: [], pauses: 0 })
  expect(await read('together', [...rows(300), null, 7])).toMatchObject({ skipped: 2 })
  await expect(read('together', { data: 7 })).rejects.toMatchObject({ code: 'upstream_malformed' })
})

test('what the next page has to know is known of all the pieces', async () => {
  const page = await read('bedrock', { modelSummaries: rows(500) })
  expect(page.next?.known).toHaveLength(500)
  const { next } = page
  if (next === null) throw new Error('no profiles')
  const profiles = {
    inferenceProfileSummaries: rows(500).map(({ id }) => ({
      inferenceProfileId: `eu.${id}`,
      status: 'ACTIVE',
      models: [{ modelArn: `arn:aws:bedrock:eu-west-1::foundation-model/${id}` }],
    })),
    nextToken: 'more',
  }
  expect((await read('bedrock', profiles, next)).next?.known).toHaveLength(500)
})
