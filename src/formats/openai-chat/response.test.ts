import { describe, expect, test } from 'vitest'
import { GatewayError } from '../../errors.ts'
import { readAnswer } from './response.ts'

function failureOf(body: string): GatewayError {
  try {
    readAnswer(Buffer.from(body))
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown
    throw thrown
  }
  throw new Error('The answer was taken.')
}

test('an answer tells its facts', () => {
  const message = {
    role: 'assistant',
    content: 'Hé 🎉',
    reasoning_content: 'ab',
    tool_calls: [{ id: 'a', function: { name: 'f', arguments: '{}' } }],
  }
  const answer = {
    model: 'm',
    service_tier: 'flex',
    choices: [{ index: 0, message, finish_reason: 'tool_calls' }],
    usage: { prompt_tokens: 1, completion_tokens: 2 },
    error: null,
  }
  expect(readAnswer(Buffer.from(JSON.stringify(answer)))).toMatchObject({
    model: 'm',
    serviceTier: 'flex',
    finishReason: 'tool_calls',
    outputCharacters: 9,
    usage: { inputUncached: 1, outputText: 2 },
  })
})

test('an answer without usage leaves it open', () => {
  const facts = readAnswer(Buffer.from('{"choices":[{"message":{"content":"a"}}]}'))
  expect(facts).toEqual({
    usage: null,
    model: null,
    serviceTier: null,
    finishReason: null,
    outputCharacters: 1,
  })
})

describe('a failure is', () => {
  test.each([
    ['{"choices":[', 'upstream_malformed'],
    ['<html>', 'upstream_malformed'],
    ['[]', 'upstream_malformed'],
    ['{}', 'upstream_malformed'],
    ['{"error":{"message":"no","code":429}}', 'upstream_rate_limited'],
    ['{"error":{"message":"no","type":"invalid_request_error"}}', 'upstream_invalid_request'],
    ['{"error":"no"}', 'upstream_error'],
    ['[{"error":{"message":"no","code":503}}]', 'upstream_overloaded'],
    ['{"choices":[{"error":{"message":"no","code":502}}]}', 'upstream_error'],
  ])('%s', (body, code) => {
    expect(failureOf(body).code).toBe(code)
  })
})
