import { describe, expect, test } from 'vitest'
import type { Conversation, Message } from '../../conversation/conversation.ts'
import type { Part } from '../../conversation/parts.ts'
import { GatewayError } from '../../errors.ts'
import type { EncodeTarget, JsonObject } from '../format.ts'
import { anthropicMessages } from './index.ts'
import { openSchemas, plainConversation, targetOf } from './messages.fixture.ts'

const schemas = openSchemas(process.env['LLM_PROXY_SHARED'])
const text = (value: string): Part => ({ type: 'text', text: value })
const user = (...parts: Part[]): Message => ({ role: 'user', parts })
const assistant = (...parts: Part[]): Message => ({ role: 'assistant', parts })
const call = (id: string, more: object = {}): Part => ({
  type: 'tool_call',
  id,
  name: 'look',
  arguments: '{"a":1}',
  ...more,
})
const result = (callId: string, more: object = {}): Part => ({
  type: 'tool_result',
  callId,
  content: [{ type: 'text', text: 'seen' }],
  ...more,
})
const look = { type: 'function', name: 'look', parameters: { type: 'object', properties: {} } } as const

function encode(asked: Partial<Conversation>, model = 'claude-sonnet-4-5', more: Partial<EncodeTarget> = {}) {
  const encoded = anthropicMessages.chat.encodeRequest(
    { ...plainConversation, ...asked },
    targetOf(model, more),
  )
  schemas.request(encoded.body)
  expect(JSON.stringify(encoded.body)).not.toMatch(/null|undefined/)
  return encoded
}

function bodyOf(asked: Partial<Conversation>, model?: string): JsonObject {
  return encode(asked, model).body
}

function refusalOf(asked: Partial<Conversation>, model?: string): GatewayError {
  try {
    encode(asked, model)
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown
    throw thrown
  }
  throw new Error('Nothing was refused.')
}

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
      sampling: { seed: 1, frequencyPenalty: 1, presencePenalty: 1, logprobs: 2, logitBias: { 1: 2 } },
      metadata: { a: 'b' },
      cacheKey: 'k',
      serviceTier: 'flex',
      extra: { 'openai-chat': { store: true }, 'anthropic-messages': { container: 'c' } },
    })
    expect(body).toMatchObject({ container: 'c' })
    expect(warnings).toEqual([
      'dropped parameter seed',
      'dropped parameter frequency_penalty',
      'dropped parameter presence_penalty',
      'dropped parameter logprobs',
      'dropped parameter logit_bias',
      'dropped parameter metadata',
      'dropped parameter prompt_cache_key',
      'dropped parameter store',
      'dropped parameter service_tier',
    ])
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

describe('media', () => {
  const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ'
  const contentOf = (part: Part) =>
    (bodyOf({ messages: [user(part)] })['messages'] as readonly { content: readonly JsonObject[] }[])[0]
      ?.content[0]

  test('an image is of the type of its bytes, whatever was said of it', () => {
    const source = { kind: 'base64', mediaType: 'image/jpeg', data: png } as const
    expect(contentOf({ type: 'image', source })).toEqual({
      type: 'image',
      source: { type: 'base64', media_type: 'image/png', data: png },
    })
    const svg = { kind: 'base64', mediaType: 'image/svg+xml', data: 'PHN2Zz4=' } as const
    expect(refusalOf({ messages: [user({ type: 'image', source: svg })] }).param).toBe('messages[0]')
  })

  test('addresses and uploaded files are named, the latter with the beta feature that they are', () => {
    const source = { kind: 'url', url: 'https://x.example/a.png' } as const
    expect(contentOf({ type: 'image', source })).toMatchObject({ source: { type: 'url', url: source.url } })
    const file: Part = { type: 'file', source: { kind: 'file', id: 'file_1' } }
    const encoded = encode({ messages: [user(file)] })
    expect(encoded.body['messages']).toMatchObject([
      { content: [{ type: 'document', source: { type: 'file', file_id: 'file_1' } }] },
    ])
    expect(encoded.headers).toEqual(['anthropic-beta', 'files-api-2025-04-14'])
  })

  test('documents are PDF or text; others are refused by their place', () => {
    const file = (mediaType: string, data: string): Part => ({
      type: 'file',
      name: 'a.txt',
      source: { kind: 'base64', mediaType, data },
    })
    expect(contentOf(file('text/csv', 'YSxi'))).toEqual({
      type: 'document',
      source: { type: 'text', media_type: 'text/plain', data: 'a,b' },
      title: 'a.txt',
    })
    expect(contentOf(file('application/octet-stream', 'JVBERi0xLjEK'))).toMatchObject({
      source: { media_type: 'application/pdf' },
    })
    expect(refusalOf({ messages: [user(file('application/zip', 'UEsDBA=='))] })).toMatchObject({
      code: 'unsupported_parameter',
      param: 'messages[0]',
    })
    const sound = { kind: 'base64', mediaType: 'audio/wav', data: 'UklGRg==' } as const
    expect(refusalOf({ messages: [user({ type: 'audio', source: sound })] }).param).toBe('messages[0]')
  })

  test('a result of a tool may hold an image', () => {
    const image = { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: png } }
    const { messages } = bodyOf({
      messages: [user(text('hi')), assistant(call('a')), user(result('a', { content: [image] }))],
    }) as { messages: readonly JsonObject[] }
    expect(messages[2]).toMatchObject({ content: [{ content: [{ type: 'image' }] }] })
  })

  test('addresses are for the upstream to fetch where it does, and only over TLS', () => {
    const able = anthropicMessages.chat.abilities(targetOf('claude-opus-5'))
    expect(able.takesUrl('https://x.example/a.png', 'image')).toBe(true)
    expect(able.takesUrl('http://x.example/a.png', 'image')).toBe(false)
    const quirks = { anthropicMessages: { inlineMedia: true } } as const
    const carrier = anthropicMessages.chat.abilities(targetOf('claude-opus-5', { quirks }))
    expect(carrier.takesUrl('https://x.example/a.png', 'image')).toBe(false)
  })

  test('opaque parts go back to their own format alone', () => {
    const value = { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }
    const own: Part = { type: 'opaque', format: 'anthropic-messages', value }
    const foreign: Part = { type: 'opaque', format: 'gemini', value: { type: 'executableCode' } }
    const encoded = encode({
      messages: [user(text('a')), assistant(own, foreign, text('b')), user(text('c'))],
    })
    expect(encoded.body['messages']).toMatchObject([{}, { content: [value, { text: 'b' }] }, {}])
    expect(encoded.warnings).toEqual(['dropped content executableCode'])
  })
})

describe('tools', () => {
  test('keep their order and their whole schema, which is one of an object', () => {
    const parameters = { properties: { a: { $ref: '#/$defs/a' } }, $defs: { a: { type: 'string' } } }
    expect(
      bodyOf({
        tools: [
          { type: 'function', name: 'b', parameters },
          { type: 'function', name: 'a', description: 'A' },
        ],
      })['tools'],
    ).toEqual([
      { name: 'b', input_schema: { ...parameters, type: 'object' } },
      { name: 'a', description: 'A', input_schema: { type: 'object', properties: {} } },
    ])
  })

  test('that are strict have a schema that can be enforced, where the model enforces any', () => {
    const parameters = { type: 'object', properties: { n: { type: 'integer', minimum: 1 } } }
    const tools = [{ type: 'function', name: 'a', parameters, strict: true } as const]
    expect(bodyOf({ tools })['tools']).toEqual([
      {
        name: 'a',
        input_schema: {
          type: 'object',
          properties: { n: { type: 'integer', description: '(at least 1)' } },
          additionalProperties: false,
        },
        strict: true,
      },
    ])
    expect(bodyOf({ tools }, 'claude-sonnet-4-20250514')['tools']).toEqual([
      { name: 'a', input_schema: parameters },
    ])
  })

  test('of another vendor are left out beside functions, and refused where nothing else was wanted', () => {
    const search = { type: 'provider', format: 'openai-responses', name: 'web_search', value: {} } as const
    const { body, warnings } = encode({ tools: [search, look] })
    expect(body['tools']).toMatchObject([{ name: 'look' }])
    expect(warnings).toEqual(['dropped tool web_search'])
    expect(refusalOf({ tools: [search] })).toMatchObject({ code: 'unsupported_parameter', param: 'tools' })
    const demanded = { mode: 'required', names: ['web_search'] } as const
    expect(refusalOf({ tools: [search, look], toolChoice: demanded }).param).toBe('tools')
    const own = { type: 'web_search_20250305', name: 'web_search' }
    expect(
      bodyOf({ tools: [{ type: 'provider', format: 'anthropic-messages', name: 'web_search', value: own }] })[
        'tools'
      ],
    ).toEqual([own])
  })

  test.each([
    [{ mode: 'auto' }, { type: 'auto' }],
    [{ mode: 'none' }, { type: 'none' }],
    [{ mode: 'required' }, { type: 'any' }],
    [
      { mode: 'required', names: ['look'] },
      { type: 'tool', name: 'look' },
    ],
  ] as const)('the choice %j is %j', (toolChoice, expected) => {
    expect(bodyOf({ tools: [look], toolChoice })['tool_choice']).toEqual(expected)
    expect(bodyOf({ toolChoice })['tool_choice']).toBeUndefined()
  })

  test('a choice among some offers no others', () => {
    const tools = [look, { ...look, name: 'b' }, { ...look, name: 'c' }]
    const body = bodyOf({ tools, toolChoice: { mode: 'required', names: ['c', 'look'] } })
    expect(body).toMatchObject({ tools: [{ name: 'look' }, { name: 'c' }], tool_choice: { type: 'any' } })
  })

  test('one call at a time is said within the choice, which is made for it where there is none', () => {
    expect(bodyOf({ tools: [look], parallelToolCalls: false })['tool_choice']).toEqual({
      type: 'auto',
      disable_parallel_tool_use: true,
    })
    expect(bodyOf({ tools: [look], parallelToolCalls: true })['tool_choice']).toBeUndefined()
  })

  test('a call cannot be forced from a model that thinks', () => {
    const forced = { tools: [look], toolChoice: { mode: 'required' } } as const
    const thinking = encode({ ...forced, reasoning: { effort: 'high' } })
    expect(thinking.body['tool_choice']).toEqual({ type: 'auto' })
    expect(thinking.warnings).toEqual(['dropped parameter tool_choice'])
    expect(encode(forced, 'claude-opus-5-5').warnings).toEqual(['dropped parameter tool_choice'])
    // One that thinks unasked is asked not to.
    expect(bodyOf(forced, 'claude-opus-5')).toMatchObject({
      thinking: { type: 'disabled' },
      tool_choice: { type: 'any' },
    })
  })
})

describe('thinking', () => {
  test.each([
    ['claude-sonnet-4-5', 'high', { type: 'enabled', budget_tokens: 16_384 }, undefined],
    ['claude-opus-4-5', 'low', { type: 'enabled', budget_tokens: 2_048 }, 'low'],
    ['claude-opus-4-6', 'xhigh', { type: 'adaptive', display: 'summarized' }, 'high'],
    ['claude-opus-4-7', 'xhigh', { type: 'adaptive', display: 'summarized' }, 'xhigh'],
    ['claude-opus-5', 'minimal', { type: 'adaptive', display: 'summarized' }, 'low'],
    ['claude-sonnet-4-5', 'none', { type: 'disabled' }, undefined],
    ['claude-sonnet-5-5', 'none', { type: 'between_tools' }, undefined],
    ['claude-opus-5-5', 'none', undefined, 'low'],
    ['claude-3-5-sonnet', 'none', undefined, undefined],
    ['claude-3-5-sonnet', 'high', undefined, undefined],
  ] as const)('%s at the effort %s', (model, effort, thinking, expected) => {
    const body = bodyOf({ reasoning: { effort } }, model)
    expect(body['thinking']).toEqual(thinking)
    expect((body['output_config'] as JsonObject | undefined)?.['effort']).toBe(expected)
  })

  test('tokens become an effort where the model takes no tokens, and stay tokens where it does', () => {
    const reasoning = { budgetTokens: 9_000 }
    expect(bodyOf({ reasoning }, 'claude-opus-4-6')['thinking']).toEqual({
      type: 'enabled',
      budget_tokens: 9_000,
    })
    expect(bodyOf({ reasoning }, 'claude-sonnet-5')).toMatchObject({
      thinking: { type: 'adaptive' },
      output_config: { effort: 'high' },
    })
    expect(bodyOf({ reasoning: { budgetTokens: -1 } }, 'claude-sonnet-5')['output_config']).toBeUndefined()
    expect(bodyOf({ reasoning: { budgetTokens: 0 } })['thinking']).toEqual({ type: 'disabled' })
  })

  test('the budget leaves room for the answer, and where it cannot, there is none', () => {
    const reasoning = { effort: 'high' } as const
    expect(bodyOf({ reasoning, sampling: { maxTokens: 4_000 } })['thinking']).toEqual({
      type: 'enabled',
      budget_tokens: 3_000,
    })
    const tight = encode({ reasoning, sampling: { maxTokens: 500 } })
    expect(tight.body['thinking']).toBeUndefined()
    expect(tight.warnings).toEqual(['dropped parameter reasoning_effort'])
  })

  test('what is shown is said, as the client wants it', () => {
    const reasoning = { effort: 'low', visible: false } as const
    expect(bodyOf({ reasoning }, 'claude-opus-5')['thinking']).toEqual({
      type: 'adaptive',
      display: 'omitted',
    })
  })

  test('with a budget, a turn that called tools without a thought of its own goes on without thinking', () => {
    const messages = [user(text('hi')), assistant(call('a')), user(result('a'))]
    const reasoning = { effort: 'high' } as const
    expect(encode({ messages, reasoning }).warnings).toEqual(['dropped parameter reasoning_effort'])
    expect(bodyOf({ messages, reasoning }, 'claude-opus-5')['thinking']).toMatchObject({ type: 'adaptive' })
    const finished = [...messages, assistant(text('done')), user(text('more'))]
    expect(bodyOf({ messages: finished, reasoning })['thinking']).toMatchObject({ type: 'enabled' })
  })
})

describe('sampling', () => {
  test('the temperature ends at 1', () => {
    const { body, warnings } = encode({ sampling: { temperature: 1.7 } })
    expect(body['temperature']).toBe(1)
    expect(warnings).toEqual(['lowered parameter temperature to 1'])
  })

  test('temperature and top_p never go together', () => {
    expect(encode({ sampling: { temperature: 0.1, topP: 0.5, topK: 3 } })).toMatchObject({
      body: { temperature: 0.1, top_k: 3 },
      warnings: ['dropped parameter top_p'],
    })
    expect(bodyOf({ sampling: { topP: 0.5 } })['top_p']).toBe(0.5)
  })

  test.each(['claude-opus-4-7', 'claude-sonnet-5', 'claude-of-tomorrow-9'])('%s gets none of it', model => {
    const { body, warnings } = encode({ sampling: { temperature: 0.1, topP: 0.5, topK: 3 } }, model)
    expect(Object.keys(body)).toEqual(['model', 'messages', 'max_tokens'])
    expect(warnings).toEqual(['temperature', 'top_p', 'top_k'].map(name => `dropped parameter ${name}`))
  })

  test('nor does a model that thinks on a budget', () => {
    const { body } = encode({ sampling: { temperature: 0.1 }, reasoning: { effort: 'low' } })
    expect(body['temperature']).toBeUndefined()
  })

  test('stop sequences of blanks are refused upstream, so they stay here', () => {
    const { body, warnings } = encode({ sampling: { stop: ['END', '\n'] } })
    expect(body['stop_sequences']).toEqual(['END'])
    expect(warnings).toEqual(['dropped parameter stop'])
    expect(bodyOf({ sampling: { stop: [' '] } })['stop_sequences']).toBeUndefined()
  })
})

describe('the form of the answer', () => {
  const schema = {
    type: 'object',
    description: 'A thing',
    properties: {
      n: { type: 'integer', minimum: 1, maximum: 9 },
      when: { type: 'string', format: 'date-time', pattern: '^2' },
      list: { type: 'array', items: { oneOf: [{ type: 'string', maxLength: 3 }] }, minItems: 2 },
    },
    required: ['n'],
    examples: [{}],
  }

  test('a schema is one that can be enforced: limits become words', () => {
    const body = bodyOf({ output: { type: 'json_schema', schema } })
    expect(body['output_config']).toEqual({
      format: {
        type: 'json_schema',
        schema: {
          type: 'object',
          description: 'A thing',
          properties: {
            n: { type: 'integer', description: '(at least 1) (at most 9)' },
            when: { type: 'string', format: 'date-time', description: '(matching "^2")' },
            list: {
              type: 'array',
              items: { anyOf: [{ type: 'string', description: '(longest length 3)' }] },
              description: '(fewest items 2)',
            },
          },
          required: ['n'],
          additionalProperties: false,
        },
      },
    })
  })

  test('a model without schemas does not get one', () => {
    expect(anthropicMessages.chat.abilities(targetOf('claude-3-7-sonnet')).jsonSchema).toBe(false)
    expect(refusalOf({ output: { type: 'json_schema', schema } }, 'claude-3-7-sonnet').param).toBe(
      'response_format',
    )
  })

  test('any JSON is asked for in words', () => {
    expect(bodyOf({ output: { type: 'json' } })['system']).toMatchObject([
      { text: expect.stringContaining('JSON') as string },
    ])
  })
})

describe('cache markers', () => {
  const marked = (value: string, ttl?: string): Part => ({
    type: 'text',
    text: value,
    cache: ttl === undefined ? {} : { ttl },
  })
  const markersOf = (body: JsonObject) =>
    [
      ...JSON.stringify(body).matchAll(
        /"(?:text|name)":"(\w+)"[^{}]*(?:\{[^{}]*(?:\{[^{}]*\})?[^{}]*\})?,"cache_control":\{([^}]*)\}/g,
      ),
    ].map(([, name, marker]) => `${name} ${/1h|5m/.exec(marker ?? '')?.[0] ?? '-'}`)

  test('stay where they are: on tools, the system, texts, calls and results', () => {
    const body = bodyOf({
      tools: [{ ...look, cache: { ttl: '1h' } }],
      messages: [
        { role: 'system', parts: [marked('sys', '1h')] },
        user(text('hi')),
        assistant(call('a', { cache: {} })),
        user(result('a', { cache: { ttl: '5m' } })),
      ],
    })
    expect(body).toMatchObject({
      tools: [{ cache_control: { type: 'ephemeral', ttl: '1h' } }],
      system: [{ cache_control: { type: 'ephemeral', ttl: '1h' } }],
      messages: [
        {},
        { content: [{ cache_control: { type: 'ephemeral' } }] },
        { content: [{ cache_control: { type: 'ephemeral', ttl: '5m' } }] },
      ],
    })
  })

  test('are at most four: the first and the latest are kept', () => {
    const { body, warnings } = encode({
      messages: ['a', 'b', 'c', 'd', 'e', 'f'].map(name => user(marked(name))),
    })
    expect(markersOf(body)).toEqual(['a -', 'd -', 'e -', 'f -'])
    expect(warnings).toEqual(['dropped parameter cache_control'])
  })

  test('of an hour come first: those before them last as long, and none is shortened', () => {
    const body = bodyOf({ messages: [user(marked('a', '5m'), marked('b', '1h'), marked('c'))] })
    expect(markersOf(body)).toEqual(['a 1h', 'b 1h', 'c -'])
  })
})
