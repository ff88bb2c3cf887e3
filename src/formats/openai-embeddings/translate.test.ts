import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { EmbeddingRequest } from '../../conversation/embedding.ts'
import { GatewayError } from '../../errors.ts'
import type { EncodeContext, EncodeTarget, JsonObject } from '../format.ts'
import { decodeResponse, encodeResponse } from './translate-answer.ts'
import { decodeRequest, encodeRequest } from './translate-request.ts'

const decodeBody = (body: JsonObject) => decodeRequest(body, { model: null, streaming: null })

const target: EncodeTarget = { model: 'up', maxOutputTokens: null, streamUsage: 'reject', quirks: {} }

function contextOf(asked: EmbeddingRequest): EncodeContext<EmbeddingRequest> {
  return { asked, id: 'exchange', created: 1, inputTokens: 1, createId: () => 'made' }
}

test.each([
  ['a', { inputs: ['a'], single: true }],
  [['a'], { inputs: ['a'], single: false }],
  [[1, 2], { inputs: [[1, 2]], single: true }],
  [[[1, 2], [3]], { inputs: [[1, 2], [3]], single: false }],
])('the input %j', (input, expected) => {
  const asked = decodeBody({ model: 'up', input })
  expect(asked).toMatchObject(expected)
  expect(encodeRequest(asked, target).body).toEqual({ model: 'up', input })
})

test('further fields come back, and what the vectors are for is told to those who ask', () => {
  const body = { model: 'up', input: 'a', dimensions: 3, user: 'u', normalize: true }
  expect(encodeRequest(decodeBody(body), target)).toEqual({ body, warnings: [] })
  const asked = decodeBody({ ...body, input_type: 'search_query' })
  expect(asked.purpose).toBe('search_query')
  expect(encodeRequest(asked, target).warnings).toEqual(['dropped parameter input_type'])
})

test('vectors are told in the encoding that was asked for', () => {
  const answer = { id: '', model: 'm', vectors: [[1, 2], 'AACAPw=='], usage: null }
  const vectorsFor = (more: object) => {
    const asked = decodeBody({ model: 'm', input: ['a', 'b'], ...more })
    const { data } = encodeResponse(answer, contextOf(asked)) as { data: { embedding: unknown }[] }
    return data.map(({ embedding }) => embedding)
  }
  expect(vectorsFor({ encoding_format: 'base64' })).toEqual(['AACAPwAAAEA=', 'AACAPw=='])
  expect(vectorsFor({ encoding_format: 'float' })).toEqual([[1, 2], [1]])
  expect(vectorsFor({})).toEqual([[1, 2], [1]])
})

test('vectors stand in the order of their indexes', () => {
  const item = (index: number, embedding: number[]) => ({ object: 'embedding', index, embedding })
  const body = { data: [item(1, [2]), item(0, [1])], model: 'm', usage: { total_tokens: 4 } }
  expect(decodeResponse(body)).toMatchObject({ model: 'm', vectors: [[1], [2]], usage: { inputUncached: 4 } })
})

test('no answer, however broken, throws anything but an error of the gateway', () => {
  const value = fc.jsonValue({ maxDepth: 4 })
  fc.assert(
    fc.property(fc.oneof(value, fc.record({ data: value, usage: value })), body => {
      try {
        decodeResponse(body)
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(GatewayError)
      }
    }),
  )
})
