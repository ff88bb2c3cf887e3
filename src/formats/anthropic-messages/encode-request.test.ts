import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Message } from '../../conversation/conversation.ts'
import type { Part } from '../../conversation/parts.ts'
import type { JsonObject } from '../format.ts'
import { anthropicMessages } from './index.ts'
import { openSchemas } from './messages.fixture.ts'
import { assistant, call, createRequestWriter, look, result, text, user } from './requests.fixture.ts'

const schemas = openSchemas(process.env['LLM_PROXY_SHARED'])
const { encode, bodyOf, refusalOf } = createRequestWriter(schemas.request)

describe('the frame', () => {
  test('fields stand in the order that prompt caches want', () => {
    const body = bodyOf({
      streaming: true,
      messages: [{ role: 'system', parts: [text('be kind')] }, user(text('hi'))],
      tools: [look],
      sampling: { temperature: 0.5 },
    })
    expect(Object.keys(body)).toEqual([
      'model',
      'tools',
      'system',
      'messages',
      'max_tokens',
      'temperature',
      'stream',
    ])
  })

  test('the limit of tokens is the client’s, else that of the target, else that of the generation', () => {
    expect(bodyOf({ sampling: { maxTokens: 5 } })['max_tokens']).toBe(5)
    expect(encode({}, 'claude-sonnet-4-5', { maxOutputTokens: 9 }).body['max_tokens']).toBe(9)
    expect(bodyOf({})['max_tokens']).toBe(64_000)
    expect(bodyOf({}, 'claude-3-haiku-20240307')['max_tokens']).toBe(4_096)
    expect(bodyOf({}, 'us.anthropic.claude-opus-4-1-20250805-v1:0')['max_tokens']).toBe(32_000)
    expect(bodyOf({}, 'claude-opus-4@20250514')['max_tokens']).toBe(32_000)
    expect(bodyOf({}, 'anthropic/claude-opus-5.5')['max_tokens']).toBe(128_000)
  })

  test('what has no word is reported, and what would change the meaning is refused', () => {
    const { body, warnings } = encode({
      sampling: { seed: 1, frequencyPenalty: 1, presencePenalty: 1, logprobs: 2 },
      metadata: { a: 'b' },
      cacheKey: 'k',
      serviceTier: 'flex',
      extra: { 'anthropic-messages': { container: 'c' } },
    })
    expect(body).toMatchObject({ container: 'c' })
    expect(warnings).toEqual([
      'dropped parameter seed',
      'dropped parameter frequency_penalty',
      'dropped parameter presence_penalty',
      'dropped parameter logprobs',
      'dropped parameter metadata',
      'dropped parameter prompt_cache_key',
      'dropped parameter service_tier',
    ])
    expect(refusalOf({ sampling: { logitBias: { 1: 2 } } })).toMatchObject({ param: 'logit_bias' })
    expect(refusalOf({ sampling: { choices: 2 } })).toMatchObject({
      code: 'unsupported_parameter',
      param: 'n',
    })
  })

  test('the user is named, unless the name is too long', () => {
    expect(bodyOf({ user: 'u' })['metadata']).toEqual({ user_id: 'u' })
    expect(encode({ user: 'u'.repeat(257) }).warnings).toEqual(['dropped parameter user'])
  })

  test('the service tier goes by its name here', () => {
    expect(bodyOf({ serviceTier: 'default' })['service_tier']).toBe('standard_only')
    expect(bodyOf({ serviceTier: 'auto' })['service_tier']).toBe('auto')
  })
})

describe('messages', () => {
  test('what the system says is hoisted with its markers, wherever it stood', () => {
    const body = bodyOf({
      messages: [
        { role: 'system', parts: [{ type: 'text', text: 'one', cache: { ttl: '1h' } }] },
        user(text('hi')),
        { role: 'system', parts: [text('two')] },
      ],
    })
    expect(body['system']).toEqual([
      { type: 'text', text: 'one', cache_control: { type: 'ephemeral', ttl: '1h' } },
      { type: 'text', text: 'two' },
    ])
  })

  test('the results of one turn become one message, before what the user adds', () => {
    const { messages } = bodyOf({
      messages: [
        user(text('hi')),
        assistant(call('a'), call('b')),
        user(result('a')),
        user(result('b', { isError: true }), text('go on')),
      ],
      tools: [look],
    }) as { messages: readonly JsonObject[] }
    expect(messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'hi' }] },
      {
        role: 'assistant',
        content: [
          { type: 'tool_use', id: 'a', name: 'look', input: { a: 1 } },
          { type: 'tool_use', id: 'b', name: 'look', input: { a: 1 } },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'a', content: [{ type: 'text', text: 'seen' }] },
          {
            type: 'tool_result',
            tool_use_id: 'b',
            content: [{ type: 'text', text: 'seen' }],
            is_error: true,
          },
          { type: 'text', text: 'go on' },
        ],
      },
    ])
  })

  test('empty texts are left out, and so are messages that hold nothing else', () => {
    expect(
      bodyOf({ messages: [user(text('hi')), assistant(text(' \n')), user(text(''), text('there'))] })[
        'messages'
      ],
    ).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'hi' },
          { type: 'text', text: 'there' },
        ],
      },
    ])
  })

  test('a conversation that the assistant opens gets a user before it', () => {
    expect(bodyOf({ messages: [assistant(text('hello')), user(text('hi'))] })['messages']).toMatchObject([
      { role: 'user' },
      { role: 'assistant' },
      { role: 'user' },
    ])
  })

  test('a prefill loses the blanks at its end, and is refused where the model takes none', () => {
    const messages = [user(text('hi')), assistant(text('{ '))]
    expect(bodyOf({ messages })['messages']).toMatchObject([{}, { content: [{ text: '{' }] }])
    expect(refusalOf({ messages }, 'claude-opus-4-6')).toMatchObject({
      code: 'unsupported_parameter',
      param: 'messages[1]',
    })
  })

  test('calls at the end that nobody answered are refused by their place', () => {
    expect(refusalOf({ messages: [user(text('hi')), assistant(call('a'))] })).toMatchObject({
      code: 'invalid_request',
      param: 'messages[1]',
    })
  })

  test('ids of other vendors are put into letters that are taken, in calls and results alike, and stay apart', () => {
    const { messages } = bodyOf({
      messages: [
        user(text('hi')),
        assistant(call('a:1'), call('a_1'), call('call_a_1')),
        user(result('a:1'), result('a_1'), result('call_a_1')),
      ],
    }) as { messages: readonly { content: readonly JsonObject[] }[] }
    const calls = messages[1]?.content.map(({ id }) => id) ?? []
    expect(new Set(calls).size).toBe(3)
    for (const id of calls) expect(id).toMatch(/^[a-zA-Z0-9_-]+$/)
    expect(messages[2]?.content.map(({ tool_use_id: id }) => id)).toEqual(calls)
  })

  test('arguments that are no object lose nothing', () => {
    const { messages } = bodyOf({
      messages: [
        user(text('hi')),
        assistant(call('a', { arguments: '{"cut' }), call('b', { arguments: '' })),
        user(result('a'), result('b')),
      ],
    }) as { messages: readonly JsonObject[] }
    expect(messages[1]).toMatchObject({ content: [{ input: { _raw: '{"cut' } }, { input: {} }] })
  })

  test('what the model refused stands in the history as what it said', () => {
    expect(
      bodyOf({ messages: [user(text('a')), assistant({ type: 'refusal', text: 'No.' }), user(text('b'))] })[
        'messages'
      ],
    ).toMatchObject([{}, { content: [{ type: 'text', text: 'No.' }] }, {}])
  })
})

describe('thoughts in the history', () => {
  const own: Part = { type: 'reasoning', text: '', signature: 'c2ln', origin: 'anthropic-messages' }

  test('go back as they came, before the calls, with an empty text and in order', () => {
    const hidden: Part = { type: 'reasoning', text: '', encrypted: 'ZGF0YQ', origin: 'anthropic-messages' }
    const { messages } = bodyOf({
      messages: [user(text('hi')), assistant(own, hidden, call('a')), user(result('a'))],
    }) as { messages: readonly JsonObject[] }
    expect(messages[1]).toMatchObject({
      content: [
        { type: 'thinking', thinking: '', signature: 'c2ln' },
        { type: 'redacted_thinking', data: 'ZGF0YQ' },
        { type: 'tool_use' },
      ],
    })
  })

  test('of others are left out, unsigned ones too, and no empty message stays behind', () => {
    const foreign: Part = { type: 'reasoning', text: 'hm', signature: 'x', origin: 'gemini' }
    const unsigned: Part = { type: 'reasoning', text: 'hm', origin: 'anthropic-messages' }
    const { body, warnings } = encode({
      messages: [user(text('a')), assistant(foreign, unsigned), user(text('b'))],
    })
    expect(body['messages']).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
    ])
    expect(warnings).toEqual([])
  })
})

const word = fc.stringMatching(/^[a-zA-Z0-9_-]{1,12}$/)
const said = word.map(text)
const signed = fc
  .record({ text: fc.string(), signature: word })
  .map((thought): Part => ({ type: 'reasoning', origin: 'anthropic-messages', ...thought }))
const exchange = fc
  .tuple(said, fc.array(signed, { maxLength: 2 }), said, fc.boolean())
  .map(([question, thoughts, answer, calls]) => ({ question, thoughts, answer, calls }))

test('a conversation comes back from its request as it was', () => {
  fc.assert(
    fc.property(fc.array(exchange, { minLength: 1, maxLength: 4 }), word, (exchanges, last) => {
      const messages = exchanges.flatMap(({ question, thoughts, answer, calls }, turn): Message[] => [
        user(question),
        assistant(...thoughts, answer, ...(calls ? [call(`c${turn}`)] : [])),
        ...(calls ? [user(result(`c${turn}`)), assistant(text('done'))] : []),
      ])
      const asked = {
        messages: [...messages, user(text(last))],
        tools: [look],
        sampling: { maxTokens: 9_000 },
      }
      const body = bodyOf(asked)
      expect(anthropicMessages.chat.decodeRequest(body, { model: null, streaming: null })).toEqual({
        ...asked,
        model: 'claude-sonnet-4-5',
        streaming: false,
      })
    }),
  )
})
