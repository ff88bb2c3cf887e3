import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RerankRequest } from '../../conversation/rerank.ts'
import { asGatewayError, GatewayError } from '../../errors.ts'
import type { EncodeContext, EncodeTarget } from '../format.ts'
import { decodeResponse, readAnswer } from './answer.ts'
import { cohereRerank, cohereRerankV1 } from './index.ts'

const target: EncodeTarget = { model: 'up', maxOutputTokens: null, streamUsage: 'reject', quirks: {} }
const address = { model: null, streaming: null }
const [two, one] = [cohereRerank.rerank, cohereRerankV1.rerank]
if (two === undefined || one === undefined) throw new Error('no translation')

function contextOf(asked: RerankRequest): EncodeContext<RerankRequest> {
  return { asked, id: 'exchange', created: 1, inputTokens: 1, createId: () => 'made' }
}

function failureOf(action: () => unknown): GatewayError {
  try {
    action()
  } catch (thrown) {
    return asGatewayError(thrown)
  }
  throw new Error('nothing was thrown')
}

test.each([
  ['model', { query: 'q', documents: ['a'] }],
  ['query', { model: 'm', documents: ['a'] }],
  ['query', { model: 'm', query: '', documents: ['a'] }],
  ['documents', { model: 'm', query: 'q' }],
  ['documents', { model: 'm', query: 'q', documents: [] }],
  ['documents[1]', { model: 'm', query: 'q', documents: ['a', 7] }],
  ['top_n', { model: 'm', query: 'q', documents: ['a'], top_n: 0 }],
])('a fault at %s is named', (param, body) => {
  expect(failureOf(() => cohereRerank.checkRequest(body, address))).toMatchObject({
    code: 'invalid_request',
    param,
  })
})

test('a request of the first version is put into the second', () => {
  const asked = one.decodeRequest(
    {
      model: 'm',
      query: 'q',
      documents: ['a', { text: 'b' }, { title: 'T', text: 'c' }],
      top_n: 2,
      return_documents: true,
    },
    address,
  )
  expect(two.encodeRequest(asked, target).body).toEqual({
    model: 'up',
    query: 'q',
    documents: ['a', 'b', 'title: T\ntext: c'],
    top_n: 2,
  })
  const answer = { id: 'r', results: [{ index: 2, score: 0.9 }], usage: null, searchUnits: 1 }
  expect(one.encodeResponse(answer, contextOf(asked))).toEqual({
    id: 'r',
    results: [{ index: 2, relevance_score: 0.9, document: { title: 'T', text: 'c' } }],
    meta: { api_version: { version: '1' }, billed_units: { search_units: 1 } },
  })
})

test('fields of a version come back to it', () => {
  const body = { model: 'up', query: 'q', documents: ['a'], max_tokens_per_doc: 100, priority: 2 }
  expect(two.encodeRequest(two.decodeRequest(body, address), target).body).toEqual(body)
})

test('tokens and searches are counted', () => {
  const results = [{ index: 1, relevance_score: 0.9 }]
  const meta = { tokens: { input_tokens: 10, output_tokens: 2 }, billed_units: { search_units: 1 } }
  const read = decodeResponse({ id: 'r', results, meta })
  expect(read).toMatchObject({ usage: { inputUncached: 10, outputText: 2 }, searchUnits: 1 })
  const unpriced = { results, meta: { billed_units: { search_units: 1 } } }
  expect(readAnswer(Buffer.from(JSON.stringify(unpriced))).usage).toBeNull()
})

test.each([
  ['not JSON', 'upstream_malformed'],
  ['{}', 'upstream_malformed'],
  ['{"results":[{"index":-1,"relevance_score":1}]}', 'upstream_malformed'],
  ['{"message":"no capacity"}', 'upstream_error'],
])('the answer %s is %s', (body, code) => {
  expect(failureOf(() => readAnswer(Buffer.from(body))).code).toBe(code)
})

test('no answer, however broken, throws anything but an error of the gateway', () => {
  const value = fc.jsonValue({ maxDepth: 4 })
  fc.assert(
    fc.property(fc.oneof(value, fc.record({ results: value, meta: value })), body => {
      try {
        decodeResponse(body)
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(GatewayError)
      }
    }),
  )
})
