import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CompletionEvent } from '../../conversation/completion-event.ts'
import { foldEvents } from '../../conversation/fold-events.ts'
import { GatewayError } from '../../errors.ts'
import type { JsonObject } from '../format.ts'
import { anthropicMessages } from './index.ts'
import { mergeUsage, readUsage } from './usage.ts'

const context = { createId: () => 'id' }

function decodeEvents(...events: JsonObject[]) {
  const decoded: CompletionEvent[] = []
  const decoder = anthropicMessages.chat.openDecoder(context, event => decoded.push(event))
  for (const event of events) decoder.push({ name: String(event['type']), data: JSON.stringify(event) })
  decoder.finish()
  return decoded
}

function failureOf(action: () => unknown): GatewayError {
  try {
    action()
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown
    throw thrown
  }
  throw new Error('Nothing was thrown.')
}

const begin = {
  type: 'message_start',
  message: { id: 'a', model: 'm', content: [], usage: { input_tokens: 3, output_tokens: 1 } },
}
const stop = { type: 'message_stop' }
const ending = (stop_reason: string | null, more: object = {}) => ({
  type: 'message_delta',
  delta: { stop_reason, stop_sequence: null },
  usage: { output_tokens: 5 },
  ...more,
})
const block = (index: number, content_block: object) => ({
  type: 'content_block_start',
  index,
  content_block,
})
const delta = (index: number, value: object) => ({ type: 'content_block_delta', index, delta: value })

describe('a stream', () => {
  test('says nothing of the input `{}` that stands for what comes in pieces, and gives it where nothing comes', () => {
    const folded = foldEvents(
      decodeEvents(
        begin,
        block(0, { type: 'tool_use', id: 'x', name: 'n', input: {} }),
        delta(0, { type: 'input_json_delta', partial_json: '' }),
        delta(0, { type: 'input_json_delta', partial_json: '{"a":1}' }),
        { type: 'content_block_stop', index: 0 },
        block(1, { type: 'tool_use', id: 'y', name: 'n', input: {} }),
        { type: 'content_block_stop', index: 1 },
        block(2, { type: 'tool_use', id: 'z', name: 'n', input: { b: 2 } }),
        { type: 'content_block_stop', index: 2 },
        ending('tool_use'),
        stop,
      ),
    )
    expect(folded.choices[0]?.parts.map(part => part.type === 'tool_call' && part.arguments)).toEqual([
      '{"a":1}',
      '{}',
      '{"b":2}',
    ])
  })

  test('counts from the last thing said of each number, and adds nothing up', () => {
    const { usage } = foldEvents(
      decodeEvents(
        {
          ...begin,
          message: {
            ...begin.message,
            usage: {
              input_tokens: 9,
              cache_read_input_tokens: 5,
              cache_creation_input_tokens: 2,
              output_tokens: 1,
            },
          },
        },
        ending(null, { usage: { output_tokens: 4 } }),
        ending('end_turn', {
          usage: {
            cache_read_input_tokens: 1,
            cache_creation_input_tokens: 0,
            input_tokens: null,
            output_tokens: 16,
          },
        }),
        { type: 'content_block_start', index: 0, content_block: { type: 'text', text: 'x' } },
        stop,
      ),
    )
    expect(usage).toMatchObject({ inputUncached: 9, cacheRead: 1, cacheWrite5m: 0, outputText: 16 })
  })

  test('with calls of tools waits for them, whatever the vendor says', () => {
    const folded = foldEvents(
      decodeEvents(
        begin,
        block(0, { type: 'tool_use', id: 'x', name: 'n', input: {} }),
        ending('end_turn'),
        stop,
      ),
    )
    expect(folded.choices[0]?.finish).toEqual({ reason: 'tool_calls', native: 'end_turn' })
  })

  test('that forgets to begin a block, to end it, or to name its events is read all the same', () => {
    const folded = foldEvents(
      decodeEvents(
        begin,
        delta(0, { type: 'text_delta', text: 'hi' }),
        { type: 'ping' },
        { type: 'new_thing' },
        ending('end_turn'),
        stop,
      ),
    )
    expect(folded.choices[0]?.parts).toEqual([{ type: 'text', text: 'hi' }])
  })

  test('that ends without its last event is no success', () => {
    expect(failureOf(() => decodeEvents(begin, ending('end_turn'))).code).toBe('upstream_truncated')
  })

  test.each([
    ['overloaded_error', 'Overloaded', 'upstream_overloaded'],
    ['rate_limit_error', 'slow down', 'upstream_rate_limited'],
    ['api_error', 'Internal server error', 'upstream_error'],
    ['invalid_request_error', 'prompt is too long: 2 tokens > 1 maximum', 'context_length_exceeded'],
  ])('with an error of the type %s (%s) fails as %s', (type, message, code) => {
    expect(failureOf(() => decodeEvents(begin, { type: 'error', error: { type, message } }))).toMatchObject({
      code,
      message,
    })
  })

  test.each(['{', '[]', '5'])('with the event %s is malformed', data => {
    const decoder = anthropicMessages.chat.openDecoder(context, () => {})
    expect(failureOf(() => decoder.push({ name: 'x', data })).code).toBe('upstream_malformed')
  })

  test('of any JSON breaks nothing', () => {
    const kind = fc.constantFrom(
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
      'error',
    )
    const value = fc.jsonValue() as fc.Arbitrary<unknown>
    const event = fc.record(
      {
        type: kind,
        index: value,
        delta: value,
        content_block: value,
        message: value,
        usage: value,
        error: value,
      },
      { requiredKeys: ['type'] },
    )
    fc.assert(
      fc.property(fc.array(event), events => {
        try {
          decodeEvents(...events)
        } catch (thrown) {
          if (!(thrown instanceof GatewayError)) throw thrown
        }
      }),
    )
  })
})

describe('a whole message', () => {
  const message = {
    id: 'a',
    type: 'message',
    model: 'm',
    role: 'assistant',
    content: [],
    stop_reason: 'end_turn',
    usage: null,
  }
  const decode = (more: object) => anthropicMessages.chat.decodeResponse({ ...message, ...more }, context)

  test.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['tool_use', 'tool_calls'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['refusal', 'content_filter'],
    ['pause_turn', 'pause'],
    ['compaction', 'pause'],
  ])('that stops for %s has ended for %s', (stop_reason, reason) => {
    expect(decode({ stop_reason }).choices[0]?.finish).toEqual({ reason, native: stop_reason })
  })

  test('with an unknown reason has stopped where it says something, and is malformed where not', () => {
    expect(
      decode({ stop_reason: 'new', content: [{ type: 'text', text: 'x' }] }).choices[0]?.finish.reason,
    ).toBe('stop')
    expect(failureOf(() => decode({ stop_reason: 'new' })).code).toBe('upstream_malformed')
  })

  test('names the stop sequence that it met, and its tier', () => {
    const { choices, serviceTier } = decode({
      stop_reason: 'stop_sequence',
      stop_sequence: 'END',
      usage: { input_tokens: 1, output_tokens: 1, service_tier: 'standard' },
    })
    expect(choices[0]?.finish.stopSequence).toBe('END')
    expect(serviceTier).toBe('default')
  })

  test('that is an error, or none at all, fails', () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }
    expect(failureOf(() => anthropicMessages.readAnswer(Buffer.from(JSON.stringify(error)))).code).toBe(
      'upstream_overloaded',
    )
    for (const body of ['{}', '[]', 'null', 'no json', '{"content":5}'])
      expect(failureOf(() => anthropicMessages.readAnswer(Buffer.from(body))).code).toBe('upstream_malformed')
  })
})

describe('counts', () => {
  test.each([
    [
      { input_tokens: 70, cache_read_input_tokens: 10, cache_creation_input_tokens: 5, output_tokens: 25 },
      { inputUncached: 70, cacheRead: 10, cacheWrite5m: 5, cacheWrite1h: 0, outputText: 25 },
    ],
    [
      {
        input_tokens: 1,
        cache_creation_input_tokens: 9,
        cache_creation: { ephemeral_5m_input_tokens: 5, ephemeral_1h_input_tokens: 4 },
        output_tokens: 0,
      },
      { cacheWrite5m: 5, cacheWrite1h: 4 },
    ],
    [
      { input_tokens: 0, output_tokens: 106, output_tokens_details: { thinking_tokens: 67 } },
      { inputUncached: 0, outputText: 39, outputReasoning: 67 },
    ],
    [
      {
        input_tokens: 9,
        output_tokens: 1,
        iterations: [
          { type: 'compaction', input_tokens: 90, output_tokens: 10 },
          { type: 'message', input_tokens: 9, output_tokens: 1 },
          { type: 'advisor_message', input_tokens: 500, output_tokens: 5 },
        ],
      },
      { inputUncached: 99, outputText: 11 },
    ],
    [
      {
        input_tokens: 9,
        output_tokens: 1,
        iterations: [
          { type: 'compaction', input_tokens: 90 },
          { type: 'fallback_message', input_tokens: 9, output_tokens: 1 },
        ],
      },
      { inputUncached: 9, outputText: 1 },
    ],
  ])('%j', (usage, expected) => {
    expect(readUsage(usage)).toMatchObject(expected)
  })

  test('that count nothing are none', () => {
    for (const usage of [null, {}, { input_tokens: -1 }, { input_tokens: '5' }, 5])
      expect(readUsage(usage)).toBeNull()
  })

  test('are replaced field by field', () => {
    expect(
      mergeUsage({ input_tokens: 9, output_tokens: 1 }, { output_tokens: 5, input_tokens: null }),
    ).toEqual({ input_tokens: 9, output_tokens: 5 })
  })
})

describe('errors of the upstream', () => {
  const decode = (status: number, body: unknown) =>
    anthropicMessages.decodeError({
      status,
      headers: {},
      body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    })
  const shaped = (type: string, message: string) => ({
    type: 'error',
    error: { type, message },
    request_id: 'req_1',
  })

  test.each([
    [
      400,
      'invalid_request_error',
      'prompt is too long: 210000 tokens > 200000 maximum',
      'context_length_exceeded',
    ],
    [
      400,
      'invalid_request_error',
      'input length and `max_tokens` exceed context limit: 1 + 2 > 2',
      'context_length_exceeded',
    ],
    [
      400,
      'invalid_request_error',
      'Your credit balance is too low to access the Anthropic API.',
      'upstream_quota_exceeded',
    ],
    [400, 'invalid_request_error', 'messages.0.content: Field required', 'upstream_invalid_request'],
    [401, 'authentication_error', 'invalid x-api-key', 'upstream_authentication'],
    [402, 'billing_error', 'Pay.', 'upstream_quota_exceeded'],
    [403, 'permission_error', 'No.', 'upstream_authentication'],
    [404, 'not_found_error', 'model: claude-x', 'upstream_model_not_found'],
    [413, 'request_too_large', 'Request exceeds the maximum size', 'context_length_exceeded'],
    [
      429,
      'rate_limit_error',
      'Number of request tokens has exceeded your rate limit',
      'upstream_rate_limited',
    ],
    [500, 'api_error', 'Internal server error', 'upstream_error'],
    [504, 'timeout_error', 'Timed out', 'upstream_timeout'],
    [529, 'overloaded_error', 'Overloaded', 'upstream_overloaded'],
  ])('%i %s (%s) is %s', (...[status, type, message, code]) => {
    expect(decode(status, shaped(type, message))).toMatchObject({ code, message, upstreamCode: type })
  })

  test('name the field that they speak of', () => {
    expect(
      decode(400, shaped('invalid_request_error', 'messages.1.content.0.text: Field required')).param,
    ).toBe('messages[1].content[0].text')
    expect(decode(404, shaped('not_found_error', 'model: x')).param).toBe('model')
  })

  test.each([
    [503, 'Service Unavailable', 'upstream_overloaded'],
    [502, '<html><h1>Bad gateway</h1></html>', 'upstream_error'],
    [429, '', 'upstream_rate_limited'],
    [529, '{}', 'upstream_overloaded'],
  ])('that are not of its shape (%i %s) are read by their status', (status, body, code) => {
    expect(decode(status, body).code).toBe(code)
    expect(decode(status, body).message).not.toBe('')
  })
})

test.each([
  ['invalid_request', 'invalid_request_error'],
  ['missing_api_key', 'authentication_error'],
  ['permission_denied', 'permission_error'],
  ['model_not_found', 'not_found_error'],
  ['body_too_large', 'request_too_large'],
  ['rate_limit_exceeded', 'rate_limit_error'],
  ['upstream_overloaded', 'overloaded_error'],
  ['shutting_down', 'overloaded_error'],
  ['upstream_timeout', 'timeout_error'],
  ['upstream_error', 'api_error'],
  ['internal_error', 'api_error'],
] as const)('our error %s is of the type %s', (code, type) => {
  const error = new GatewayError(code, { param: 'x', provider: 'p' })
  error.attempts = [{ provider: 'p', model: 'm', status: 500, code: 'upstream_error', durationMs: 1.4 }]
  expect(JSON.parse(anthropicMessages.encodeError(error, 'req_1').toString())).toMatchObject({
    type: 'error',
    error: { type, code, param: 'x', provider: 'p', attempts: [{ duration_ms: 1 }] },
    request_id: 'req_1',
  })
  expect(anthropicMessages.encodeStreamError(error).toString()).toMatch(
    /^event: error\ndata: \{"type":"error".*\n\n$/,
  )
})
