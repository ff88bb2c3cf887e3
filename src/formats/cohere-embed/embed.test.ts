import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { EmbeddingRequest } from '../../conversation/embedding.ts'
import { asGatewayError, GatewayError } from '../../errors.ts'
import type { EncodeContext, EncodeTarget } from '../format.ts'
import { cohereEmbed } from './index.ts'
import { decodeResponse, encodeResponse, readAnswer } from './translate-answer.ts'
import { decodeRequest, encodeRequest } from './translate-request.ts'

const target: EncodeTarget = { model: 'up', maxOutputTokens: null, streamUsage: 'reject', quirks: {} }
const address = { model: null, streaming: null }

function contextOf(asked: EmbeddingRequest): EncodeContext<EmbeddingRequest> {
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

test('a request is understood, and comes back from the neutral form', () => {
  const body = {
    model: 'up',
    texts: ['ab', 'c'],
    input_type: 'search_query',
    embedding_types: ['float'],
    output_dimension: 256,
    truncate: 'END',
  }
  expect(cohereEmbed.checkRequest(body, address)).toMatchObject({ model: 'up', inputCharacters: 3 })
  expect(decodeRequest(body)).toMatchObject({
    inputs: ['ab', 'c'],
    single: false,
    purpose: 'search_query',
    dimensions: 256,
  })
  expect(encodeRequest(decodeRequest(body), target).body).toEqual(body)
})

test.each([
  ['texts', { model: 'm' }],
  ['texts', { model: 'm', texts: 'a' }],
  ['texts[1]', { model: 'm', texts: ['a', 1] }],
  ['inputs[0].content', { model: 'm', inputs: [{}] }],
  ['output_dimension', { model: 'm', texts: [], output_dimension: 0 }],
])('a fault at %s is named', (param, body) => {
  expect(failureOf(() => cohereEmbed.checkRequest(body, address))).toMatchObject({
    code: 'invalid_request',
    param,
  })
})

test('what only this vendor can do is refused for others', () => {
  const body = { model: 'm', texts: ['a'] }
  expect(failureOf(() => decodeRequest({ ...body, images: ['data:'] })).param).toBe('images')
  expect(failureOf(() => decodeRequest({ ...body, embedding_types: ['int8'] })).param).toBe('embedding_types')
  const mixed = { model: 'm', inputs: [{ content: [{ type: 'text', text: 'a' }] }] }
  expect(decodeRequest(mixed).inputs).toEqual(['a'])
})

test('others have to say what vectors are for, and nothing is cut', () => {
  const asked = { model: 'm', inputs: ['a'], single: true, user: 'u' }
  expect(encodeRequest(asked, target)).toEqual({
    body: {
      model: 'up',
      texts: ['a'],
      input_type: 'search_document',
      embedding_types: ['float'],
      truncate: 'NONE',
    },
    warnings: ['dropped parameter user'],
  })
  expect(encodeRequest({ ...asked, purpose: 'similarity' }, target).body['input_type']).toBe('clustering')
  expect(failureOf(() => encodeRequest({ ...asked, inputs: [[1]] }, target))).toMatchObject({
    code: 'unsupported_parameter',
    param: 'input',
  })
})

test.each([
  [{ float: [[1, 2]] }, [[1, 2]]],
  [{ base64: ['AACAPwAAAEA='] }, ['AACAPwAAAEA=']],
  [[[1, 2]], [[1, 2]]],
])('vectors are found in %j', (embeddings, vectors) => {
  const body = { id: 'e', embeddings, meta: { billed_units: { input_tokens: 4 } } }
  expect(decodeResponse(body)).toMatchObject({ id: 'e', vectors, usage: { inputUncached: 4 } })
  expect(readAnswer(Buffer.from(JSON.stringify(body))).usage).toMatchObject({ inputUncached: 4 })
})

test('a client gets the kinds of numbers that it asked for', () => {
  const asked = decodeRequest({ model: 'm', texts: ['a'], embedding_types: ['float', 'base64'] })
  expect(
    encodeResponse({ id: '', model: 'x', vectors: [[1, 2]], usage: null }, contextOf(asked)),
  ).toMatchObject({
    id: 'exchange',
    texts: ['a'],
    embeddings: { float: [[1, 2]], base64: ['AACAPwAAAEA='] },
    response_type: 'embeddings_by_type',
  })
})

test('no body, however broken, throws anything but an error of the gateway', () => {
  const value = fc.jsonValue({ maxDepth: 4 })
  fc.assert(
    fc.property(fc.oneof(value, fc.record({ embeddings: value, meta: value })), body => {
      for (const read of [() => decodeResponse(body), () => readAnswer(Buffer.from(JSON.stringify(body)))])
        try {
          read()
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(GatewayError)
        }
    }),
  )
})

const shared = process.env['LLM_PROXY_SHARED']

test.skipIf(shared === undefined || !existsSync(`${shared}/fixtures`))(
  'recordings are read (skipped: LLM_PROXY_SHARED is not set)',
  () => {
    const read = (file: string) => readFileSync(`${shared}/fixtures/cohere/embed/${file}`)
    const answer = decodeResponse(JSON.parse(read('ver-cohere-embedding.res.json').toString()))
    expect(answer.vectors.map(vector => vector.length)).toEqual([5, 5])
    expect(answer.usage?.inputUncached).toBe(10)
    const error = { status: 404, headers: {}, body: read('pyd-TestCohere.test_embed_error-0.res.json') }
    expect(cohereEmbed.decodeError(error).code).toBe('upstream_model_not_found')
  },
)
