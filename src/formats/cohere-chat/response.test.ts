import fc from 'fast-check'
import { expect, test } from 'vitest'
import { completion } from '../../conversation/arbitrary.fixture.ts'
import type { Completion } from '../../conversation/completion.ts'
import type { Conversation } from '../../conversation/conversation.ts'
import { asGatewayError, GatewayError } from '../../errors.ts'
import type { EncodeContext } from '../format.ts'
import { decodeResponse } from './decode-response.ts'
import { encodeResponse } from './encode-response.ts'
import { cohereChat } from './index.ts'

const asked: Conversation = { model: 'm', streaming: false, messages: [], tools: [], sampling: {} }
const context: EncodeContext<Conversation> = {
  asked,
  id: 'exchange',
  created: 1,
  inputTokens: 1,
  createId: () => 'made',
}

function decode(answer: object): Completion {
  return decodeResponse({ id: 'c', finish_reason: 'COMPLETE', ...answer }, context)
}

function failureOf(action: () => unknown): GatewayError {
  try {
    action()
  } catch (thrown) {
    return asGatewayError(thrown)
  }
  throw new Error('nothing was thrown')
}

test('an answer comes back from the format with all that it says', () => {
  fc.assert(
    fc.property(completion, answer => {
      const again = decodeResponse(encodeResponse(answer, context), context)
      const parts = answer.choices[0]?.parts ?? []
      const textOf = (completed: Completion, type: string) =>
        completed.choices[0]?.parts
          .map(part => (part.type === type && 'text' in part ? part.text : ''))
          .join('')
      for (const type of ['text', 'reasoning']) expect(textOf(again, type)).toBe(textOf(answer, type))
      expect(again.choices[0]?.parts.filter(({ type }) => type === 'tool_call')).toEqual(
        parts.filter(({ type }) => type === 'tool_call'),
      )
      expect(again.choices[0]?.finish.reason).toBe(answer.choices[0]?.finish.reason)
      expect(again.usage === null).toBe(answer.usage === null)
    }),
  )
})

test('an image stands in the text, which is all that an answer holds', () => {
  const source = { kind: 'base64', mediaType: 'image/png', data: 'AA==' } as const
  const choices = [{ parts: [{ type: 'image', source }], finish: { reason: 'stop' } }] as const
  const body = encodeResponse({ id: 'c', model: 'm', choices, usage: null }, context)
  expect(body['message']).toEqual({
    role: 'assistant',
    content: [{ type: 'text', text: '![image](data:image/png;base64,AA==)' }],
  })
})

test('the plan is text before the calls, and `null` is no arguments', () => {
  const call = { id: 'a', type: 'function', function: { name: 'f', arguments: 'null' } }
  const { choices } = decode({ message: { role: 'assistant', tool_plan: 'I look.', tool_calls: [call] } })
  expect(choices[0]).toEqual({
    parts: [
      { type: 'text', text: 'I look.' },
      { type: 'tool_call', id: 'a', name: 'f', arguments: '{}' },
    ],
    finish: { reason: 'tool_calls', native: 'COMPLETE' },
  })
})

test.each([
  ['COMPLETE', 'stop'],
  ['STOP_SEQUENCE', 'stop'],
  ['MAX_TOKENS', 'length'],
  ['something new', 'stop'],
])('%s is %s', (native, reason) => {
  expect(decode({ message: { content: 'a' }, finish_reason: native }).choices[0]?.finish.reason).toBe(reason)
})

test.each([
  [{ message: { content: [] }, finish_reason: 'ERROR' }, 'upstream_error'],
  [{ message: { content: [] }, finish_reason: 'TIMEOUT' }, 'upstream_timeout'],
  [{ message: { content: [] }, finish_reason: 'something new' }, 'upstream_error'],
  [{ message: 'no capacity' }, 'upstream_error'],
  [{}, 'upstream_malformed'],
])('%j is no answer', (answer, code) => {
  expect(failureOf(() => decode(answer)).code).toBe(code)
})

test('citations belong to the block that they name, or to the first text', () => {
  const cited = (more: object) => ({ start: 0, end: 1, text: 'a', sources: [], ...more })
  const { choices } = decode({
    message: {
      content: [
        { type: 'thinking', thinking: 'b' },
        { type: 'text', text: 'abc' },
        { type: 'text', text: 'a' },
      ],
      citations: [
        cited({}),
        cited({ content_index: 2 }),
        cited({ content_index: 0, type: 'THINKING_CONTENT' }),
      ],
    },
  })
  expect(choices[0]?.parts).toMatchObject([
    { type: 'reasoning', extra: { 'cohere-chat': { citations: [{ content_index: 0 }] } } },
    { type: 'text', citations: [{ start: 0, end: 1 }] },
    { type: 'text', citations: [{ extra: { 'cohere-chat': { content_index: 2 } } }] },
  ])
})

test('what was billed rides along, and what was read counts', () => {
  const usage = {
    billed_units: { input_tokens: 2, output_tokens: 1 },
    tokens: { input_tokens: 70, output_tokens: 3 },
  }
  expect(decode({ message: { content: 'a' }, usage })).toMatchObject({
    usage: { inputUncached: 70, outputText: 3 },
    extra: { 'cohere-chat': { billed_units: usage.billed_units } },
  })
})

test('logprobs are told token by token', () => {
  const logprobs = [{ text: 'ab', token_ids: [1, 2], logprobs: [-0.5, -0.25] }]
  expect(decode({ message: { content: 'ab' }, logprobs }).choices[0]?.logprobs).toEqual({
    content: [{ token: 'ab', logprob: -0.75, bytes: [97, 98], top_logprobs: [] }],
  })
})

test.each([
  [
    400,
    { message: 'too many tokens: total number of tokens in the prompt cannot exceed 4081' },
    'context_length_exceeded',
  ],
  [
    400,
    { message: 'too many tokens: max tokens must be less than or equal to 4096' },
    'upstream_invalid_request',
  ],
  [401, { message: 'invalid api token' }, 'upstream_authentication'],
  [404, { id: 'x', message: "model 'x' not found" }, 'upstream_model_not_found'],
  [422, { message: 'invalid request' }, 'upstream_invalid_request'],
  [429, { message: 'too many requests' }, 'upstream_rate_limited'],
  [498, { message: 'blocked' }, 'content_filter'],
  [500, { message: 'oops' }, 'upstream_error'],
  [503, 'busy', 'upstream_overloaded'],
])('status %i with %j', (status, body, code) => {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  expect(cohereChat.decodeError({ status, headers: {}, body: bytes }).code).toBe(code)
})

test('no body, however broken, throws anything but an error of the gateway', () => {
  const value = fc.jsonValue({ maxDepth: 4 })
  const message = fc.record({ content: value, tool_calls: value, tool_plan: value, citations: value })
  const body = fc.oneof(
    value,
    fc.record({ message: fc.oneof(value, message), finish_reason: value, usage: value, logprobs: value }),
  )
  fc.assert(
    fc.property(body, sent => {
      try {
        cohereChat.readAnswer(Buffer.from(JSON.stringify(sent)))
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(GatewayError)
      }
      cohereChat.decodeError({ status: 400, headers: {}, body: Buffer.from(JSON.stringify(sent)) })
    }),
  )
})
