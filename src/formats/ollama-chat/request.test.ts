import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Conversation, Message } from '../../conversation/conversation.ts'
import type { Part } from '../../conversation/parts.ts'
import { asGatewayError, GatewayError } from '../../errors.ts'
import type { ChatTranslation, EncodeTarget } from '../format.ts'
import { ollamaGenerate } from '../ollama-generate/index.ts'
import { contextWindowFor } from '../ollama-shared/context-window.ts'
import { ollamaChat } from './index.ts'

const chat = ollamaChat.chat as ChatTranslation
const address = { model: null, streaming: null }
const target: EncodeTarget = { model: 'up', maxOutputTokens: null, streamUsage: 'reject', quirks: {} }
const text = (value: string): Part => ({ type: 'text', text: value })
const hello: Message = { role: 'user', parts: [text('hi')] }
const weather = { type: 'function', name: 'weather', parameters: { type: 'object' } } as const

function conversation(changes: Partial<Conversation> = {}): Conversation {
  return { model: 'm', streaming: false, messages: [hello], tools: [], sampling: {}, ...changes }
}

function encode(changes: Partial<Conversation>, at = target) {
  return chat.encodeRequest(conversation(changes), at)
}

function decode(body: object): Conversation {
  const complete = { model: 'm', messages: [{ role: 'user', content: 'hi' }], ...body }
  ollamaChat.checkRequest(complete, address)
  return chat.decodeRequest(complete, address)
}

function failureOf(action: () => unknown): GatewayError {
  try {
    action()
  } catch (thrown) {
    return asGatewayError(thrown)
  }
  throw new Error('nothing was thrown')
}

describe('a request of a client', () => {
  test('streams unless it says otherwise', () => {
    const body = { model: 'm', messages: [{ role: 'user', content: 'abc' }] }
    expect(ollamaChat.checkRequest(body, address)).toMatchObject({ streaming: true, inputCharacters: 3 })
    expect(ollamaChat.checkRequest({ ...body, stream: false }, address).streaming).toBe(false)
  })

  test.each([
    ['messages', { messages: 'hi' }],
    ['messages[0].role', { messages: [{ content: 'a' }] }],
    ['messages[0].content', { messages: [{ role: 'user', content: [] }] }],
    ['messages[0].images[0]', { messages: [{ role: 'user', content: '', images: [1] }] }],
    ['messages[0].tool_calls[0].function', { messages: [{ role: 'assistant', tool_calls: [{}] }] }],
    ['format', { format: 'xml' }],
    ['think', { think: 'much' }],
    ['options', { options: [] }],
    ['tools[0].function.name', { tools: [{ type: 'function', function: {} }] }],
  ])('with a fault at %s is refused', (param, body) => {
    expect(failureOf(() => ollamaChat.checkRequest({ model: 'm', ...body }, address))).toMatchObject({
      code: 'invalid_request',
      param,
    })
  })

  test('has options by their own names, of which some are only its own', () => {
    const options = {
      num_predict: 9,
      temperature: 0,
      top_k: 2,
      stop: 'a',
      seed: 1,
      num_ctx: 8192,
      min_p: 0.1,
    }
    expect(
      decode({ options, keep_alive: '5m', format: 'json', think: 'high', logprobs: true }),
    ).toMatchObject({
      sampling: { maxTokens: 9, temperature: 0, topK: 2, stop: ['a'], seed: 1, logprobs: 0 },
      output: { type: 'json' },
      reasoning: { effort: 'high' },
      extra: { 'ollama-chat': { keep_alive: '5m', options: { num_ctx: 8192, min_p: 0.1 } } },
    })
    expect(decode({ options: { num_predict: -1 } }).sampling).toEqual({})
    expect(decode({ think: false }).reasoning).toEqual({ effort: 'none' })
    expect(decode({ think: true }).reasoning).toEqual({ budgetTokens: -1 })
    expect(decode({ format: '' }).output).toBeUndefined()
  })

  test('has calls without ids, and results that belong to them by name or order', () => {
    const call = (name: string) => ({ function: { name, arguments: { a: 1 } } })
    const { messages } = decode({
      messages: [
        { role: 'assistant', content: '', tool_calls: [call('f'), call('g'), call('f')] },
        { role: 'tool', tool_name: 'g', content: '2' },
        { role: 'tool', content: '1' },
        { role: 'tool', tool_name: 'f', content: '3' },
        { role: 'assistant', content: 'ok', tool_calls: [{ id: 'own', ...call('f') }] },
        { role: 'tool', tool_call_id: 'own', content: '4' },
      ],
    })
    const results = messages.flatMap(({ parts }) => parts.filter(part => part.type === 'tool_result'))
    expect(results.map(({ callId, name }) => [callId, name])).toEqual([
      ['call_1', 'g'],
      ['call_0', 'f'],
      ['call_2', 'f'],
      ['own', 'f'],
    ])
  })

  test('shows images as bare base64, or as data URIs', () => {
    const images = ['/9j/4AAQSkZJRgABAQAAAQABAAD', 'data:image/gif;base64,R0lGODlhAQABAAAAACw=']
    const { messages } = decode({ messages: [{ role: 'user', content: 'look', images }] })
    expect(messages[0]?.parts).toMatchObject([
      { type: 'image', source: { mediaType: 'image/jpeg', data: images[0] } },
      { type: 'image', source: { mediaType: 'image/gif', data: 'R0lGODlhAQABAAAAACw=' } },
      { type: 'text', text: 'look' },
    ])
  })

  test('of anything at all fails with an error of the gateway, or can be decoded', () => {
    const value = fc.jsonValue({ maxDepth: 4 })
    const message = fc.record(
      {
        role: fc.constantFrom('user', 'assistant', 'tool', 'system'),
        content: value,
        tool_calls: value,
        images: value,
        thinking: value,
      },
      { requiredKeys: ['role'] },
    )
    const body = fc.record(
      {
        model: fc.constant('m'),
        messages: fc.oneof(value, fc.array(message)),
        prompt: value,
        system: value,
        images: value,
        tools: value,
        options: value,
        format: value,
        think: value,
      },
      { requiredKeys: ['model'] },
    )
    fc.assert(
      fc.property(body, fc.constantFrom(ollamaChat, ollamaGenerate), (sent, format) => {
        try {
          format.checkRequest(sent, address)
          const asked = format.chat?.decodeRequest(sent, address)
          if (asked !== undefined) format.chat?.encodeRequest(asked, target)
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(GatewayError)
        }
      }),
    )
  })
})

describe('a request to an upstream', () => {
  test('says whether it streams, cuts nothing, and has room for the prompt', () => {
    expect(encode({ streaming: true, sampling: { maxTokens: 5, topP: 0.5 } }).body).toEqual({
      model: 'up',
      messages: [{ role: 'user', content: 'hi' }],
      options: { num_predict: 5, top_p: 0.5, num_ctx: 4096 },
      truncate: false,
      shift: false,
      stream: true,
    })
  })

  test.each([
    [0, undefined, 4096],
    [9_000, undefined, 8192],
    [60_000, undefined, 32_768],
    [0, 30_000, 32_768],
  ])('%i characters and %s tokens of answer need a window of %i', (characters, maxTokens, window) => {
    const messages: Message[] = [{ role: 'user', parts: [text('a'.repeat(characters))] }]
    const sampling = maxTokens === undefined ? {} : { maxTokens }
    expect(encode({ messages, sampling }).body['options']).toMatchObject({ num_ctx: window })
  })

  test('Chinese needs more room than English, and thinking more than none', () => {
    const said = (value: string) => conversation({ messages: [{ role: 'user', parts: [text(value)] }] })
    expect(contextWindowFor(said('字'.repeat(5_000)), undefined)).toBe(8192)
    expect(contextWindowFor(said('a'.repeat(5_000)), undefined)).toBe(4096)
    expect(contextWindowFor({ ...said('a'), reasoning: { effort: 'high' } }, undefined)).toBe(16_384)
  })

  test('the window is bounded by the settings, and a prompt beyond them is refused', () => {
    const bounded = { ...target, quirks: { ollamaChat: { maxContextTokens: 6000 } } }
    const messages = (characters: number): Message[] => [
      { role: 'user', parts: [text('a'.repeat(characters))] },
    ]
    expect(encode({ messages: messages(9_000) }, bounded).body['options']).toEqual({ num_ctx: 6000 })
    expect(failureOf(() => encode({ messages: messages(30_000) }, bounded)).code).toBe(
      'context_length_exceeded',
    )
  })

  test('what a client of another format wrote for this one is heard', () => {
    const extra = { 'openai-chat': { num_ctx: 9000, keep_alive: '1h', options: { min_p: 0.1 }, store: true } }
    const { body } = encode({ extra, sampling: { temperature: 1 } })
    expect(body).toMatchObject({
      options: { num_ctx: 9000, min_p: 0.1, temperature: 1 },
      keep_alive: '1h',
    })
    expect(body).not.toHaveProperty('store')
  })

  test('has arguments as objects, and names of tools beside results', () => {
    const { body } = encode({
      messages: [
        {
          role: 'assistant',
          parts: [
            { type: 'reasoning', text: 'hm', origin: 'ollama-chat' },
            text('I look.'),
            { type: 'tool_call', id: 'c', name: 'weather', arguments: '{"a":1}' },
          ],
        },
        {
          role: 'user',
          parts: [
            {
              type: 'tool_result',
              callId: 'c',
              name: 'weather',
              content: [{ type: 'text', text: 'no' }],
              isError: true,
            },
            text('and now?'),
          ],
        },
      ],
      tools: [weather],
    })
    expect(body['messages']).toEqual([
      {
        role: 'assistant',
        content: 'I look.',
        thinking: 'hm',
        tool_calls: [{ id: 'c', function: { index: 0, name: 'weather', arguments: { a: 1 } } }],
      },
      { role: 'tool', content: 'Error:\nno', tool_name: 'weather', tool_call_id: 'c' },
      { role: 'user', content: 'and now?' },
    ])
  })

  test.each([
    ['up', { effort: 'high' }, true],
    ['up', { effort: 'none' }, false],
    ['up', { budgetTokens: 0 }, false],
    ['up', { budgetTokens: 500 }, true],
    ['gpt-oss:20b', { effort: 'minimal' }, 'low'],
    ['gpt-oss:20b', { effort: 'max' }, 'high'],
    ['up', { visible: true }, undefined],
  ] as const)('%s thinks by %j: %s', (model, reasoning, think) => {
    expect(encode({ reasoning }, { ...target, model }).body['think']).toBe(think)
  })

  test('a schema is the format itself', () => {
    const schema = { type: 'object' }
    expect(encode({ output: { type: 'json_schema', schema } }).body['format']).toEqual(schema)
    expect(encode({ output: { type: 'json' } }).body['format']).toBe('json')
  })

  test('tools that must not be called are not offered, and no call can be demanded', () => {
    expect(encode({ tools: [weather], toolChoice: { mode: 'none' } }).body).not.toHaveProperty('tools')
    expect(failureOf(() => encode({ tools: [weather], toolChoice: { mode: 'required' } }))).toMatchObject({
      code: 'unsupported_parameter',
      param: 'tool_choice',
    })
  })

  test.each([
    ['n', { sampling: { choices: 2 } }],
    ['logit_bias', { sampling: { logitBias: { '1': 5 } } }],
    [
      'messages',
      { messages: [{ role: 'user', parts: [{ type: 'image', source: { kind: 'url', url: 'gs://x' } }] }] },
    ],
  ] as const)('%s is refused', (param, changes) => {
    expect(failureOf(() => encode(changes as Partial<Conversation>))).toMatchObject({
      code: 'unsupported_parameter',
      param,
    })
  })
})

test('whatever the format can say comes back from it', () => {
  const word = fc.stringMatching(/^[a-zA-Z0-9]{1,9}$/)
  const assistant = fc.oneof(
    word.map((said): Part[] => [text(said)]),
    fc.tuple(word, word).map(([thought, id]): Part[] => [
      { type: 'reasoning', text: thought, origin: 'ollama-chat' },
      { type: 'tool_call', id, name: 'weather', arguments: '{"a":1}' },
    ]),
  )
  const message = fc.oneof(
    word.map((said): Message => ({ role: 'user', parts: [text(said)] })),
    assistant.map((parts): Message => ({ role: 'assistant', parts })),
  )
  fc.assert(
    fc.property(fc.array(message, { minLength: 1, maxLength: 5 }), fc.boolean(), (messages, streaming) => {
      const asked = conversation({
        model: 'up',
        messages,
        streaming,
        tools: [weather],
        sampling: { topK: 3 },
      })
      const { body } = chat.encodeRequest(asked, target)
      ollamaChat.checkRequest(body, address)
      const { extra: _extra, ...again } = chat.decodeRequest(body, address)
      expect(again).toEqual({ ...asked, wantsStreamUsage: true })
    }),
  )
})

describe('a prompt of generate', () => {
  test('is a conversation of one message, and back', () => {
    const body = {
      model: 'up',
      system: 'Be brief.',
      prompt: 'hi',
      options: { temperature: 1, num_ctx: 5000 },
      stream: false,
    }
    ollamaGenerate.checkRequest(body, address)
    const asked = ollamaGenerate.chat?.decodeRequest(body, address)
    if (asked === undefined) throw new Error('no translation')
    expect(asked.messages).toEqual([
      { role: 'system', parts: [text('Be brief.')] },
      { role: 'user', parts: [text('hi')] },
    ])
    expect(ollamaGenerate.chat?.encodeRequest(asked, target).body).toMatchObject(body)
  })
})
