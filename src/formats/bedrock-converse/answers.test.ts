import { describe, expect, test } from 'vitest'
import { GatewayError } from '../../errors.ts'
import { encodeAwsEvent } from '../../lib/aws-event-stream.ts'
import type { WireEvent } from '../format.ts'
import { context } from './conversations.fixture.ts'
import { bedrockConverse } from './index.ts'

const { chat } = bedrockConverse

const zero = {
  inputUncached: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  outputText: 0,
  outputReasoning: 0,
  audioInput: 0,
  audioOutput: 0,
}

describe('why it ended', () => {
  const read = (stopReason: string, content: object[] = [{ text: 'a' }], more: object = {}) =>
    chat.decodeResponse({ output: { message: { content } }, stopReason, ...more }, context).choices[0]?.finish

  test.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['guardrail_intervened', 'content_filter'],
    ['content_filtered', 'content_filter'],
    ['something_new', 'stop'],
    ['tool_use', 'stop'],
  ])('%s is %s', (native, reason) => {
    expect(read(native)).toEqual({ reason, native })
  })

  test('calls wait for results, whatever the reason says', () => {
    const calls = [{ toolUse: { toolUseId: 't', name: 'n', input: {} } }]
    expect(read('tool_use', calls)?.reason).toBe('tool_calls')
    expect(read('end_turn', calls)?.reason).toBe('tool_calls')
    expect(read('max_tokens', calls)?.reason).toBe('length')
  })

  test('a model that failed to write is a failure, and so is an answer without content or reason', () => {
    for (const reason of ['malformed_model_output', 'malformed_tool_use'])
      expect(() => read(reason)).toThrow(reason)
    expect(() => read('something_new', [])).toThrow('empty')
    expect(read('end_turn', [])).toEqual({ reason: 'stop', native: 'end_turn' })
  })

  test('the stop sequence is told, of whole answers and of streams', () => {
    const whole = { additionalModelResponseFields: { stop_sequence: 'END' } }
    const streamed = { additionalModelResponseFields: { delta: { stop_sequence: 'END' } } }
    for (const more of [whole, streamed])
      expect(read('stop_sequence', undefined, more)).toMatchObject({ reason: 'stop', stopSequence: 'END' })
  })

  test('a success without an answer is none', () => {
    for (const body of [{}, { output: null }, { output: {} }, [], null, 'x'])
      expect(() => chat.decodeResponse(body, context)).toThrow(GatewayError)
  })
})

describe('counts', () => {
  test('of the cache stand beside those of the input, by how long they last', () => {
    const answer = {
      output: { message: { content: [{ text: 'a' }] } },
      stopReason: 'end_turn',
      usage: {
        inputTokens: 5,
        outputTokens: 7,
        totalTokens: 42,
        cacheReadInputTokens: 10,
        cacheWriteInputTokens: 20,
        cacheDetails: [
          { ttl: '5m', inputTokens: 12 },
          { ttl: '1h', inputTokens: 8 },
        ],
      },
    }
    const decoded = chat.decodeResponse(answer, context)
    expect(decoded.usage).toEqual({
      ...zero,
      inputUncached: 5,
      cacheRead: 10,
      cacheWrite5m: 12,
      cacheWrite1h: 8,
      outputText: 7,
    })
    expect(chat.encodeResponse(decoded, context)['usage']).toEqual(answer.usage)
  })

  test('that are zero stay, and those that are missing are estimated for a client that needs them', () => {
    const body = { output: { message: { content: [{ text: 'a' }] } }, stopReason: 'end_turn' }
    const none = { inputTokens: 0, outputTokens: 0, totalTokens: 0 }
    expect(chat.decodeResponse({ ...body, usage: none }, context).usage).toEqual(zero)
    const missing = chat.decodeResponse(body, context)
    expect(missing.usage).toBeNull()
    expect(chat.encodeResponse(missing, context)['usage']).toEqual({
      inputTokens: 42,
      outputTokens: 0,
      totalTokens: 42,
    })
  })
})

describe('an error', () => {
  const errorOf = (code: ConstructorParameters<typeof GatewayError>[0]) =>
    new GatewayError(code, { message: 'why' })

  test.each([
    ['invalid_request', 'ValidationException'],
    ['context_length_exceeded', 'ValidationException'],
    ['invalid_api_key', 'AccessDeniedException'],
    ['model_not_found', 'ResourceNotFoundException'],
    ['rate_limit_exceeded', 'ThrottlingException'],
    ['upstream_quota_exceeded', 'ServiceQuotaExceededException'],
    ['upstream_timeout', 'ModelTimeoutException'],
    ['upstream_error', 'ModelErrorException'],
    ['upstream_overloaded', 'ServiceUnavailableException'],
    ['shutting_down', 'ServiceUnavailableException'],
    ['internal_error', 'InternalServerException'],
  ] as const)('%s is a %s', (code, exception) => {
    const error = errorOf(code)
    expect(JSON.parse(bedrockConverse.encodeError(error).toString())).toEqual({
      __type: exception,
      message: 'why',
    })
    expect(bedrockConverse.errorHeaders?.(error)).toEqual(['x-amzn-errortype', exception])
  })

  test('in a stream is the frame of an exception that the stream knows', () => {
    const written: WireEvent[] = []
    chat.openEncoder(context, event => void written.push(event)).fail(errorOf('upstream_truncated'))
    expect(written).toEqual([{ name: 'exception:modelStreamErrorException', data: '{"message":"why"}' }])
    const framed = bedrockConverse.encodeStreamError(errorOf('upstream_truncated'))
    expect(framed.equals(encodeAwsEvent(written[0] as WireEvent))).toBe(true)
  })

  test.each([
    [
      400,
      { 'x-amzn-errortype': 'ValidationException:http://x' },
      '{"message":"m"}',
      'upstream_invalid_request',
      'm',
    ],
    [
      400,
      {},
      '{"__type":"com.amazon.coral.service#ThrottlingException","Message":"m"}',
      'upstream_rate_limited',
      'm',
    ],
    [403, {}, '{"message":"m"}', 'upstream_authentication', 'm'],
    [403, { 'x-amzn-errortype': 'ExpiredTokenException' }, '', 'upstream_authentication', null],
    [424, { 'x-amzn-errortype': 'ModelErrorException' }, '{"originalMessage":"m"}', 'upstream_error', 'm'],
    [429, { 'x-amzn-errortype': 'ModelNotReadyException' }, '{"message":"m"}', 'upstream_overloaded', 'm'],
    [408, { 'x-amzn-errortype': 'ModelTimeoutException' }, '{"message":"m"}', 'upstream_timeout', 'm'],
    [503, {}, '<html><body>Service down</body></html>', 'upstream_overloaded', 'Service down'],
    [500, {}, '[1]', 'upstream_error', '[1]'],
  ] as const)('of the provider, %i %o %s, is %s', (...[status, headers, body, code, message]) => {
    const failure = bedrockConverse.decodeError({ status, headers, body: Buffer.from(body) })
    expect(failure.code).toBe(code)
    if (message !== null) expect(failure.message).toBe(message)
  })
})
