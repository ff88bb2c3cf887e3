import { describe, expect, test } from 'vitest'
import { GatewayError } from '../../errors.ts'
import type { JsonObject } from '../format.ts'
import { editsForUsage } from '../openai-shared/stream-usage.ts'
import { checkRequest } from './request.ts'
import { readAnswer } from './response.ts'
import { openTap } from './stream.ts'

const noAddress = { model: null, streaming: null }

function faultOf(body: JsonObject): string | null {
  try {
    checkRequest(body, noAddress)
  } catch (thrown) {
    if (thrown instanceof GatewayError && thrown.code === 'invalid_request') return thrown.param
    throw thrown
  }
  throw new Error('The request was taken.')
}

describe('a request', () => {
  test.each([
    ['abcd', 4],
    [['ab', 'c'], 3],
    [[1, 2], 8],
    [[[1], [2, 3]], 12],
  ])('with the prompt %o is taken', (prompt, inputCharacters) => {
    expect(checkRequest({ model: 'm', prompt, logprobs: 3 }, noAddress)).toMatchObject({
      inputCharacters,
      streaming: false,
    })
  })

  test.each<[string, JsonObject]>([
    ['model', { prompt: 'a' }],
    ['prompt', { model: 'm' }],
    ['prompt', { model: 'm', prompt: [] }],
    ['prompt', { model: 'm', prompt: null }],
    ['prompt[1]', { model: 'm', prompt: ['a', {}] }],
    ['prompt[0][1]', { model: 'm', prompt: [[1, 'a']] }],
    ['echo', { model: 'm', prompt: 'a', echo: 1 }],
  ])('with a fault names %s', (param, body) => {
    expect(faultOf(body)).toBe(param)
  })

  test('that streams asks for the count', () => {
    expect(editsForUsage({ stream: true })).toEqual({ stream_options: '{"include_usage":true}' })
  })
})

test('an answer is read', () => {
  const body =
    '{"model":"m","choices":[{"text":"abc","finish_reason":"length"}],"usage":{"prompt_tokens":1,"completion_tokens":2}}'
  expect(readAnswer(Buffer.from(body))).toMatchObject({
    model: 'm',
    finishReason: 'length',
    outputCharacters: 3,
    usage: { inputUncached: 1, outputText: 2 },
  })
})

test('a stream passes as it is, without a role', () => {
  const text = (value: string, reason: string | null) =>
    `data: {"choices":[{"text":"${value}","index":0,"logprobs":null,"finish_reason":${JSON.stringify(reason)}}],"usage":null}\n\n`
  const stream = Buffer.from(text('', null) + text('ab', null) + text('', 'stop'))
  const tap = openTap({ passUsage: false })
  expect(tap.push(stream)).toBe(stream)
  expect(
    tap.push(Buffer.from('data: {"choices":[],"usage":{"prompt_tokens":1}}\n\ndata: [DONE]\n\n')),
  ).toBeNull()
  expect(tap.finish().toString()).toBe('data: [DONE]\n\n')
  expect(tap).toMatchObject({ started: true, facts: { finishReason: 'stop', outputCharacters: 2 } })
})
