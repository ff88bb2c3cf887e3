import { describe, expect, test } from 'vitest'
import { GatewayError } from '../../errors.ts'
import { formats } from '../index.ts'
import { checkRequest } from './request.ts'
import { readAnswer } from './response.ts'

const noAddress = { model: null, streaming: null }

function failureOf(action: () => unknown): GatewayError {
  try {
    action()
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown
    throw thrown
  }
  throw new Error('Nothing was thrown.')
}

test('formats are found by their names', () => {
  for (const [name, format] of Object.entries(formats)) expect(format.name).toBe(name)
  expect(formats).toHaveProperty('openai-embeddings')
})

test('a request is understood', () => {
  const body = { model: 'm', input: ['ab', 'c'], encoding_format: 'base64', dimensions: 256 }
  expect(checkRequest(body, noAddress)).toMatchObject({ model: 'm', streaming: false, inputCharacters: 3 })
})

test.each([
  ['input', { model: 'm' }],
  ['input', { model: 'm', input: 7 }],
  ['dimensions', { model: 'm', input: 'a', dimensions: -1 }],
  ['stream', { model: 'm', input: 'a', stream: true }],
])('a fault names %s', (param, body) => {
  expect(failureOf(() => checkRequest(body, noAddress)).param).toBe(param)
})

test.each([
  '{"data":[{"embedding":[0.1,-2e-3]}],"model":"m","usage":{"prompt_tokens":5,"total_tokens":5}}',
  '{"usage":{"total_tokens":5},"model":"m","data":[{"embedding":"}]\\""}] }',
  '{"model":"m","data":[],"error":null,"usage":{"prompt_tokens":5}}',
])('the answer %s is read', body => {
  expect(readAnswer(Buffer.from(body))).toMatchObject({
    model: 'm',
    usage: { inputUncached: 5, outputText: 0 },
  })
})

describe('a failure is', () => {
  test.each([
    ['', 'upstream_malformed'],
    ['not JSON', 'upstream_malformed'],
    ['{"data":[{"embedding":[0.1', 'upstream_malformed'],
    ['{"data":[{"embedding":[0.1]', 'upstream_malformed'],
    ['{"data":[{"embedding":[0.1]}]', 'upstream_malformed'],
    ['{"data":{}}', 'upstream_malformed'],
    ['{"error":{"message":"no","code":429},"data":[]}', 'upstream_rate_limited'],
  ])('%s', (body, code) => {
    expect(failureOf(() => readAnswer(Buffer.from(body))).code).toBe(code)
  })
})
