import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { EmbeddingRequest } from '../../conversation/embedding.ts'
import { GatewayError } from '../../errors.ts'
import type { EncodeContext, EncodeTarget, Format, JsonObject } from '../format.ts'
import { geminiEmbedding, geminiEmbeddings, vertexEmbeddings } from './index.ts'

const address = { model: 'gemini-embedding-001', streaming: null }
const targetOf = (model: string): EncodeTarget => ({
  model,
  maxOutputTokens: null,
  streamUsage: 'reject',
  quirks: {},
})
const content = (text: string) => ({ parts: [{ text }] })
const asked: EmbeddingRequest = {
  model: 'm',
  inputs: ['a', 'b'],
  single: false,
  dimensions: 3,
  purpose: 'search_query',
}
const context: EncodeContext<EmbeddingRequest> = {
  asked,
  id: 'x',
  created: 1,
  inputTokens: 1,
  createId: () => '1',
}

function translation({ embedding }: Format) {
  if (embedding === undefined) throw new Error('no embeddings')
  return embedding
}

function encode(format: Format, request: EmbeddingRequest, model = 'gemini-embedding-001'): JsonObject {
  return translation(format).encodeRequest(request, targetOf(model)).body
}

function failureOf(action: () => unknown) {
  try {
    action()
  } catch (thrown) {
    if (thrown instanceof GatewayError) return { code: thrown.code, param: thrown.param }
    throw thrown
  }
  return null
}

test('texts are asked for in a batch, each with what is wanted', () => {
  const wanted = { taskType: 'RETRIEVAL_QUERY', outputDimensionality: 3 }
  expect(encode(geminiEmbeddings, asked)).toEqual({
    requests: ['a', 'b'].map(text => ({
      model: 'models/gemini-embedding-001',
      content: content(text),
      ...wanted,
    })),
  })
  expect(encode(geminiEmbedding, { ...asked, inputs: ['a'] })).toEqual({ content: content('a'), ...wanted })
})

test('older models of Vertex AI take instances, newer ones a single content', () => {
  expect(encode(vertexEmbeddings, asked, 'text-embedding-005')).toEqual({
    instances: [
      { content: 'a', task_type: 'RETRIEVAL_QUERY' },
      { content: 'b', task_type: 'RETRIEVAL_QUERY' },
    ],
    parameters: { outputDimensionality: 3 },
  })
  expect(encode(vertexEmbeddings, { ...asked, inputs: ['a'] }, 'gemini-embedding-2')).toEqual({
    content: content('a'),
    embedContentConfig: { taskType: 'RETRIEVAL_QUERY', outputDimensionality: 3 },
  })
  expect(failureOf(() => encode(vertexEmbeddings, asked, 'gemini-embedding-2'))).toEqual({
    code: 'unsupported_parameter',
    param: 'input',
  })
})

test('tokens of another model are refused, and a user is left out and told', () => {
  expect(failureOf(() => encode(geminiEmbeddings, { ...asked, inputs: [[1, 2]] }))).toEqual({
    code: 'unsupported_parameter',
    param: 'input',
  })
  const { warnings } = translation(geminiEmbeddings).encodeRequest({ ...asked, user: 'u' }, targetOf('m'))
  expect(warnings).toEqual(['dropped parameter user'])
})

test('a request that was written is read again, in every shape', () => {
  const request = fc.record(
    {
      inputs: fc.array(fc.string(), { minLength: 1, maxLength: 3 }),
      dimensions: fc.integer({ min: 1, max: 3000 }),
      purpose: fc.constantFrom(
        'search_document',
        'search_query',
        'classification',
        'clustering',
        'similarity',
      ),
    },
    { requiredKeys: ['inputs'] },
  )
  fc.assert(
    fc.property(request, generated => {
      for (const [format, single] of [
        [geminiEmbeddings, false],
        [geminiEmbedding, true],
        [vertexEmbeddings, false],
      ] as const) {
        const inputs = single ? generated.inputs.slice(0, 1) : generated.inputs
        const whole = { ...generated, model: 'gemini-embedding-001', inputs, single }
        const body = encode(format, whole)
        format.checkRequest(body, address)
        expect(translation(format).decodeRequest(body, address)).toEqual(whole)
      }
    }),
  )
})

test('a request means the same in both spellings, and a purpose that is only known here is kept', () => {
  const decode = (body: JsonObject) => translation(geminiEmbedding).decodeRequest(body, address)
  const camel = decode({ content: content('a'), taskType: 'CODE_RETRIEVAL_QUERY', outputDimensionality: 5 })
  expect(
    decode({ content: content('a'), task_type: 'CODE_RETRIEVAL_QUERY', output_dimensionality: 5 }),
  ).toEqual(camel)
  expect(camel).toMatchObject({ single: true, dimensions: 5 })
  expect(encode(geminiEmbedding, camel)).toMatchObject({ taskType: 'CODE_RETRIEVAL_QUERY' })
})

test.each<[Format, JsonObject, string]>([
  [geminiEmbeddings, {}, 'requests'],
  [geminiEmbeddings, { requests: {} }, 'requests'],
  [geminiEmbeddings, { requests: [1] }, 'requests[0]'],
  [geminiEmbeddings, { requests: [{}] }, 'requests[0].content'],
  [geminiEmbedding, {}, 'content'],
  [geminiEmbedding, { content: { parts: [{ text: 1 }] } }, 'content.parts[0].text'],
  [vertexEmbeddings, { instances: [1] }, 'instances[0]'],
])('%j with %j is refused, naming the field', (format, body, param) => {
  expect(failureOf(() => format.checkRequest(body, address))).toEqual({ code: 'invalid_request', param })
})

test.each<[Format, JsonObject, string]>([
  [geminiEmbedding, { content: { parts: [{ inlineData: {} }] } }, 'content'],
  [
    geminiEmbeddings,
    { requests: [{ content: content('a') }, { content: content('b'), taskType: 'CLUSTERING' }] },
    'requests[1].content',
  ],
])('what others cannot embed is refused: %j', (format, body, param) => {
  expect(failureOf(() => translation(format).decodeRequest(body, address))).toEqual({
    code: 'unsupported_parameter',
    param,
  })
})

test('a batch names the model that is asked in each of its requests', () => {
  const edits = geminiEmbeddings.editsForModel?.({ requests: [{ model: 'models/alias', x: 1 }] }, 'real')
  expect(edits).toEqual({ requests: '[{"model":"models/real","x":1}]' })
  expect(geminiEmbedding.editsForModel?.({ content: {} }, 'real')).toEqual({})
})

const vectors = [
  [0.5, -1],
  [2, 0],
]

test.each<[JsonObject, number[][], number | null]>([
  [{ embeddings: vectors.map(values => ({ values })) }, vectors, null],
  [{ embedding: { values: vectors[0] }, usageMetadata: { promptTokenCount: 3 } }, [[0.5, -1]], 3],
  [
    {
      predictions: vectors.map((values, index) => ({
        embeddings: { values, statistics: { token_count: index + 1 } },
      })),
    },
    vectors,
    3,
  ],
  [{ predictions: [{ embeddings: { values: [1] } }] }, [[1]], null],
])('%j is read', (body, expected, tokens) => {
  const answer = translation(geminiEmbeddings).decodeResponse(body, { createId: () => '1' })
  expect(answer.vectors).toEqual(expected)
  expect(answer.usage?.inputUncached ?? null).toBe(tokens)
  const facts = geminiEmbeddings.readAnswer(Buffer.from(JSON.stringify(body)))
  expect(facts.usage?.inputUncached ?? null).toBe(tokens)
})

test('an answer is written in each of the shapes, also from numbers in base64', () => {
  const base64 = Buffer.from(Float32Array.from([0.5, -1]).buffer).toString('base64')
  const answer = { id: '', model: '', vectors: [base64], usage: null }
  const write = (format: Format) => translation(format).encodeResponse(answer, context)
  expect(write(geminiEmbeddings)).toEqual({ embeddings: [{ values: [0.5, -1] }] })
  expect(write(geminiEmbedding)).toEqual({ embedding: { values: [0.5, -1] } })
  expect(write(vertexEmbeddings)).toEqual({ predictions: [{ embeddings: { values: [0.5, -1] } }] })
})

test.each([
  [{ error: { code: 404, message: 'models/x', status: 'NOT_FOUND' } }, 'upstream_model_not_found'],
  [{}, 'upstream_malformed'],
  [{ embeddings: [{ values: 'x' }] }, 'upstream_malformed'],
  [[], 'upstream_malformed'],
])('%j is no answer', (body, code) => {
  const decode = () => translation(geminiEmbeddings).decodeResponse(body, { createId: () => '1' })
  expect(failureOf(decode)?.code).toBe(code)
})
