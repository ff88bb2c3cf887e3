import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { EmbeddingRequest } from '../../conversation/embedding.ts'
import { asGatewayError, GatewayError } from '../../errors.ts'
import type { EncodeContext, EncodeTarget } from '../format.ts'
import { decodeResponse, encodeResponse, readAnswer } from './answer.ts'
import { checkRequest, decodeRequest, encodeRequest } from './request.ts'

const target: EncodeTarget = { model: 'up', maxOutputTokens: null, streamUsage: 'reject', quirks: {} }

function contextOf(asked: EmbeddingRequest): EncodeContext<EmbeddingRequest> {
  return { asked, id: 'x', created: 1, inputTokens: 1, createId: () => 'made', elapsedMs: () => 2 }
}

function failureOf(action: () => unknown): GatewayError {
  try {
    action()
  } catch (thrown) {
    return asGatewayError(thrown)
  }
  throw new Error('nothing was thrown')
}

test.each(['a', ['a', 'b'], []])('the input %j is understood, and comes back', input => {
  const body = { model: 'up', input, dimensions: 3, truncate: true, keep_alive: '5m' }
  expect(checkRequest(body)).toMatchObject({ model: 'up', streaming: false })
  expect(encodeRequest(decodeRequest(body), target).body).toEqual(body)
})

test.each([
  ['input', { model: 'm' }],
  ['input[0]', { model: 'm', input: [1] }],
  ['truncate', { model: 'm', input: 'a', truncate: 'yes' }],
])('a fault at %s is named', (param, body) => {
  expect(failureOf(() => checkRequest(body))).toMatchObject({ code: 'invalid_request', param })
})

test('a long text gets the room that it needs, and is not cut', () => {
  const asked = {
    model: 'm',
    inputs: ['a'.repeat(20_000), 'b'],
    single: false,
    purpose: 'search_query',
    user: 'u',
  }
  const { body, warnings } = encodeRequest(asked, target)
  expect(body).toMatchObject({ options: { num_ctx: 8192 }, truncate: false })
  expect(warnings).toEqual(['dropped parameter user', 'dropped parameter input_type'])
  expect(encodeRequest({ ...asked, inputs: ['a'] }, target).body).not.toHaveProperty('options')
  expect(failureOf(() => encodeRequest({ ...asked, inputs: [[1]] }, target)).param).toBe('input')
})

test('an answer is read and written', () => {
  const body = { model: 'm', embeddings: [[1, 2]], prompt_eval_count: 3 }
  const answer = decodeResponse(body)
  expect(answer).toMatchObject({ model: 'm', vectors: [[1, 2]], usage: { inputUncached: 3 } })
  expect(readAnswer(Buffer.from(JSON.stringify(body)))).toMatchObject({
    model: 'm',
    usage: { inputUncached: 3 },
  })
  expect(encodeResponse(answer, contextOf({ model: 'm', inputs: ['a'], single: true }))).toEqual({
    ...body,
    total_duration: 2_000_000,
    load_duration: 0,
  })
})

test('no answer, however broken, throws anything but an error of the gateway', () => {
  const value = fc.jsonValue({ maxDepth: 4 })
  fc.assert(
    fc.property(fc.oneof(value, fc.record({ embeddings: value, error: value })), body => {
      for (const read of [() => decodeResponse(body), () => readAnswer(Buffer.from(JSON.stringify(body)))])
        try {
          read()
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(GatewayError)
        }
    }),
  )
})
