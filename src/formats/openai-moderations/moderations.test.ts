import { expect, test } from 'vitest'
import { GatewayError } from '../../errors.ts'
import { openAiModerations } from './index.ts'

const address = { model: null, streaming: null }

function faultOf(action: () => unknown): string | null {
  try {
    action()
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown.param ?? thrown.code
    throw thrown
  }
  throw new Error('Nothing was thrown.')
}

test.each([
  ['a text', 'abcd', 4],
  ['several texts', ['ab', 'c'], 3],
  ['no text at all', '', 0],
  [
    'text beside an image',
    [
      { type: 'text', text: 'abc' },
      { type: 'image_url', image_url: { url: 'data:…' } },
    ],
    3,
  ],
])('%s is understood', (_, input, inputCharacters) => {
  expect(openAiModerations.checkRequest({ model: 'm', input }, address)).toMatchObject({
    model: 'm',
    streaming: false,
    inputCharacters,
  })
})

test('without a model the one of OpenAI is meant', () => {
  const facts = openAiModerations.checkRequest({ input: 'a' }, address)
  expect(facts).toMatchObject({ model: 'omni-moderation-latest', fields: ['input'] })
})

test.each([
  ['input', {}],
  ['input', { input: null }],
  ['input', { input: [] }],
  ['input', { input: 7 }],
  ['input[1]', { input: ['a', 7] }],
  ['model', { model: 7, input: 'a' }],
])('a fault names %s', (param, body) => {
  expect(faultOf(() => openAiModerations.checkRequest(body, address))).toBe(param)
})

test('an answer is read, with a count where there is one', () => {
  const read = (answer: object) => openAiModerations.readAnswer(Buffer.from(JSON.stringify(answer)))
  expect(read({ model: 'm', results: [] })).toMatchObject({ model: 'm', usage: null })
  expect(read({ results: [], usage: { prompt_tokens: 5, total_tokens: 5 } }).usage?.inputUncached).toBe(5)
  expect(faultOf(() => read({ model: 'm' }))).toBe('upstream_malformed')
  expect(faultOf(() => read({ error: { message: 'no', type: 'rate_limit_error' } }))).toBe(
    'upstream_rate_limited',
  )
})
