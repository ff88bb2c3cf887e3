import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Conversation, Message } from '../../conversation/conversation.ts'
import type { Part } from '../../conversation/parts.ts'
import { findProvider } from '../../providers/index.ts'
import { chat, conversation, decode, encode, messagesOf } from './translation.fixture.ts'

const text = (value: string): Part => ({ type: 'text', text: value })
const user = (...parts: Part[]): Message => ({ role: 'user', parts })
const assistant = (...parts: Part[]): Message => ({ role: 'assistant', parts })
const call = (id: string): Part => ({ type: 'tool_call', id, name: 'f', arguments: '{}' })
const image = (url: string): Part & { type: 'image' } => ({ type: 'image', source: { kind: 'url', url } })
const talk = (...messages: Message[]): Conversation => conversation({ messages })
const f = { type: 'function', name: 'f', parameters: { type: 'object' } } as const
const refusal = (param: string) => expect.objectContaining({ code: 'unsupported_parameter', param })

test('the fields stand in the order of the SDKs, and nothing is null or empty', () => {
  const { body } = encode(
    conversation({
      streaming: true,
      tools: [f],
      toolChoice: { mode: 'auto' },
      sampling: { maxTokens: 5, temperature: 0, stop: [] },
      output: { type: 'json' },
    }),
  )
  expect(Object.keys(body)).toEqual([
    'model',
    'tools',
    'messages',
    'tool_choice',
    'max_tokens',
    'temperature',
    'response_format',
    'stream',
    'stream_options',
  ])
  expect(JSON.stringify(encode(conversation({ toolChoice: { mode: 'required' } })).body)).toBe(
    '{"model":"m","messages":[{"role":"user","content":"Hi"}]}',
  )
})

test('usage of a stream is asked for only where it may be', () => {
  const asked = conversation({ streaming: true })
  expect(encode(asked, { streamUsage: 'reject' }).body).not.toHaveProperty('stream_options')
  expect(encode(asked).body['stream_options']).toEqual({ include_usage: true })
})

test('each result is a message of its own, before what else the user says; images follow with a line that refers to them', () => {
  const encoded = encode(
    talk(
      assistant(call('a'), call('b')),
      user(
        {
          type: 'tool_result',
          callId: 'a',
          content: [{ type: 'text', text: 'seen' }, image('https://x.example/a')],
        },
        {
          type: 'tool_result',
          callId: 'b',
          content: [{ type: 'text', text: 'no such file' }],
          isError: true,
        },
        text('Go on'),
      ),
    ),
  )
  expect(messagesOf(encoded).slice(1)).toEqual([
    {
      role: 'tool',
      tool_call_id: 'a',
      content: 'seen\n(What the call a returned follows in the next message.)',
    },
    { role: 'tool', tool_call_id: 'b', content: 'The call failed:\nno such file' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Returned by the call a:' },
        { type: 'image_url', image_url: { url: 'https://x.example/a' } },
        { type: 'text', text: 'Go on' },
      ],
    },
  ])
})

test('an assistant that says nothing is left out; foreign thoughts are, and are not turned into words', () => {
  const foreign: Part = { type: 'reasoning', text: 'secret', signature: 's', origin: 'anthropic-messages' }
  const encoded = encode(talk(user(text('Hi')), assistant(foreign), user(text('Well?'))), {
    quirks: { reasoningHistory: 'reasoning_details' },
  })
  expect(messagesOf(encoded)).toEqual([
    { role: 'user', content: 'Hi' },
    { role: 'user', content: 'Well?' },
  ])
})

test.each([
  [undefined, {}],
  ['reasoning_content', { reasoning_content: 'Hm' }],
  ['reasoning', { reasoning: 'Hm' }],
  ['reasoning_details', { reasoning: 'Hm' }],
  [
    'thinking_chunks',
    {
      content: [
        { type: 'thinking', thinking: [{ type: 'text', text: 'Hm' }] },
        { type: 'text', text: 'Yes' },
      ],
    },
  ],
] as const)('thoughts go back as %s', (style, fields) => {
  const thought: Part = { type: 'reasoning', text: 'Hm', origin: 'openai-chat' }
  const quirks = style === undefined ? {} : { reasoningHistory: style }
  const [answer] = messagesOf(encode(talk(assistant(thought, text('Yes'))), { quirks }))
  expect(answer).toEqual({ role: 'assistant', content: 'Yes', ...fields })
})

test('the details of thoughts go back letter by letter', () => {
  const details = [
    { type: 'reasoning.text', text: ' Hm \n', signature: 's==', index: 0, format: 'anthropic-claude-v1' },
    { type: 'reasoning.summary', summary: 'So', index: 1, format: 'openai-responses-v1', id: 'rs_1' },
    { type: 'reasoning.encrypted', data: 'e', index: 1, format: 'openai-responses-v1', id: 'rs_1' },
  ]
  const asked = decode({ messages: [{ role: 'assistant', content: 'x', reasoning_details: details }] })
  const [answer] = messagesOf(encode(asked, { quirks: { reasoningHistory: 'reasoning_details' } }))
  expect(answer?.['reasoning_details']).toEqual(details)
})

test('models that must not see their thoughts again do not, and lost ones are made up for where one is demanded', () => {
  const quirks = {
    reasoningHistory: 'reasoning_content',
    forgetsReasoning: /r1/i,
    lostReasoning: '',
  } as const
  const thought: Part = { type: 'reasoning', text: 'Hm', origin: 'openai-chat' }
  const answer = (model: string, ...parts: Part[]) =>
    messagesOf(encode(talk(assistant(...parts)), { model, quirks }))[0]
  expect(answer('deep-r1', thought, call('a'))).not.toHaveProperty('reasoning_content')
  expect(answer('deep-v4', thought, call('a'))).toMatchObject({ reasoning_content: 'Hm' })
  expect(answer('deep-v4', call('a'))).toMatchObject({ reasoning_content: '' })
  expect(answer('deep-v4', text('x'))).not.toHaveProperty('reasoning_content')
})

test('ids of tool calls take the shape that is wanted, the same in the call and in its result', () => {
  const quirks = findProvider('mistral')?.quirks?.openAiChat ?? {}
  const ids = (id: string) => {
    const encoded = encode(
      talk(assistant(call(id)), user({ type: 'tool_result', callId: id, content: [] })),
      {
        quirks,
      },
    )
    const [called, answered] = messagesOf(encoded) as [
      { tool_calls: { id: string }[] },
      { tool_call_id: string },
    ]
    return [called.tool_calls[0]?.id, answered.tool_call_id]
  }
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), id => {
      const [called, answered] = ids(id)
      expect(called).toMatch(/^[a-zA-Z0-9]{9}$/)
      expect(answered).toBe(called)
    }),
  )
  expect(ids('abcDEF123')).toEqual(['abcDEF123', 'abcDEF123'])
  expect(ids('toolu_1')).toEqual(ids('toolu_1'))
})

test('OpenAI takes ids of at most 40 characters', () => {
  const long = `toolu_${'x'.repeat(60)}`
  const [answer] = messagesOf(encode(talk(assistant(call(long))), { quirks: null })) as [
    { tool_calls: { id: string }[] },
  ]
  expect(answer.tool_calls[0]?.id).toMatch(/^[a-zA-Z0-9]{24}$/)
})

test('a call without arguments says so in JSON', () => {
  const silent: Part = { type: 'tool_call', id: 'a', name: 'f', arguments: '' }
  const [answer] = messagesOf(encode(talk(assistant(silent))))
  expect(answer).toMatchObject({ tool_calls: [{ function: { arguments: '{}' } }] })
})

test('models of OpenAI that think get their own limit and no sampling, and what is lost is told', () => {
  const sampling = { maxTokens: 9, temperature: 0.2, topP: 1, presencePenalty: 0.5, logprobs: 1, seed: 3 }
  const { body, warnings } = encode(conversation({ sampling }), { model: 'gpt-5-mini', quirks: null })
  expect(body).toEqual({
    model: 'gpt-5-mini',
    messages: [{ role: 'user', content: 'Hi' }],
    max_completion_tokens: 9,
    seed: 3,
  })
  expect(warnings).toEqual([
    'dropped parameter temperature',
    'dropped parameter presence_penalty',
    'dropped parameter logprobs',
  ])
  expect(encode(conversation({ sampling }), { model: 'gpt-4.1', quirks: null }).body).toMatchObject({
    temperature: 0.2,
    logprobs: true,
    top_logprobs: 1,
  })
  const unthinking = conversation({ sampling, reasoning: { effort: 'none' } })
  expect(encode(unthinking, { model: 'gpt-5.2', quirks: null }).body).toMatchObject({ temperature: 0.2 })
})

test.each([
  ['gpt-5', { effort: 'none' }, { reasoning_effort: 'minimal' }],
  ['o3', { effort: 'max' }, { reasoning_effort: 'high' }],
  ['gpt-5.4', { effort: 'xhigh' }, { reasoning_effort: 'xhigh' }],
  ['gpt-5.4', { budgetTokens: 10_000 }, { reasoning_effort: 'medium' }],
  ['gpt-5.4', { budgetTokens: -1 }, {}],
  ['gpt-4o', { effort: 'none' }, {}],
] as const)('%s asked for thoughts of %j', (model, reasoning, fields) => {
  const { body } = encode(conversation({ reasoning }), { model, quirks: null })
  expect(body).toEqual({ model, messages: [{ role: 'user', content: 'Hi' }], ...fields })
})

test.each([
  ['object', { budgetTokens: 2000, visible: false }, { reasoning: { max_tokens: 2000, exclude: true } }],
  ['object', { effort: 'high', budgetTokens: 2000 }, { reasoning: { effort: 'high' } }],
  ['object', { budgetTokens: -1 }, { reasoning: { enabled: true } }],
  ['switch', { effort: 'none' }, { thinking: { type: 'disabled' } }],
  ['switch', { effort: 'high' }, { reasoning_effort: 'high' }],
  ['enable_thinking', { budgetTokens: 2000 }, { enable_thinking: true, thinking_budget: 2000 }],
  ['enable_thinking', { effort: 'none' }, { enable_thinking: false }],
  ['none', { effort: 'high' }, {}],
] as const)('%s says how much to think: %j', (style, reasoning, fields) => {
  const { body, warnings } = encode(conversation({ reasoning }), { quirks: { reasoningRequest: style } })
  expect(body).toEqual({ model: 'm', messages: [{ role: 'user', content: 'Hi' }], ...fields })
  expect(warnings).toEqual(style === 'none' ? ['dropped parameter reasoning_effort'] : [])
})

test.each([
  [{ mode: 'required' }, {}, 'required'],
  [{ mode: 'required' }, { requiredChoice: 'any' }, 'any'],
  [{ mode: 'required', names: ['f'] }, {}, { type: 'function', function: { name: 'f' } }],
  [{ mode: 'none' }, {}, 'none'],
] as const)('the choice %j', (toolChoice, quirks, choice) => {
  const { body } = encode(conversation({ tools: [f], toolChoice }), { quirks })
  expect(body['tool_choice']).toEqual(choice)
})

test('some of the tools are allowed by a list, or by leaving the others out', () => {
  const tools = ['f', 'g', 'h'].map(name => ({ ...f, name }))
  const asked = conversation({ tools, toolChoice: { mode: 'required', names: ['f', 'h'] } })
  expect(encode(asked, { quirks: null }).body['tool_choice']).toMatchObject({
    type: 'allowed_tools',
    allowed_tools: { mode: 'required', tools: [{ function: { name: 'f' } }, { function: { name: 'h' } }] },
  })
  const { body } = encode(asked)
  expect(body['tool_choice']).toBe('required')
  expect(body['tools']).toMatchObject([{ function: { name: 'f' } }, { function: { name: 'h' } }])
})

test("another provider's own tool is left out beside tools of the client, and refused where it is all there is", () => {
  const search = { type: 'provider', format: 'gemini', name: 'web_search', value: {} } as const
  const { body, warnings } = encode(conversation({ tools: [search, f] }))
  expect(body['tools']).toHaveLength(1)
  expect(warnings).toEqual(['dropped tool web_search'])
  expect(() => encode(conversation({ tools: [search] }))).toThrow(refusal('tools'))
  const demanded = { mode: 'required', names: ['web_search'] } as const
  expect(() => encode(conversation({ tools: [search, f], toolChoice: demanded }))).toThrow(refusal('tools'))
})

test('what a provider does not take is refused by its place: films, documents, uploads of others', () => {
  const film: Part = { type: 'file', source: { kind: 'base64', mediaType: 'video/mp4', data: 'aGk=' } }
  expect(() => encode(talk(user(film)))).toThrow(refusal('messages[0]'))
  expect(messagesOf(encode(talk(user(film)), { quirks: { videos: true } }))[0]).toMatchObject({
    content: [{ type: 'video_url', video_url: { url: 'data:video/mp4;base64,aGk=' } }],
  })
  const paper: Part = { type: 'file', source: { kind: 'base64', mediaType: 'application/pdf', data: 'aGk=' } }
  expect(() => encode(talk(user(paper)), { quirks: { files: 'none' } })).toThrow(refusal('messages[0]'))
  const upload: Part = { type: 'image', source: { kind: 'file', id: 'file-1' } }
  expect(() => encode(talk(user(upload)))).toThrow(refusal('messages[0]'))
})

test('whether an address is fetched by the provider is its own affair', () => {
  const takes = (type: string, kind: 'image' | 'file') => {
    const target = {
      model: 'm',
      maxOutputTokens: null,
      streamUsage: 'ask',
      quirks: findProvider(type)?.quirks ?? {},
    } as const
    return chat.abilities(target).takesUrl('https://a.example/b', kind)
  }
  expect(['openai', 'groq', 'moonshot', 'lmstudio'].map(type => takes(type, 'image'))).toEqual([
    true,
    true,
    false,
    false,
  ])
  expect(['openai', 'mistral', 'openrouter'].map(type => takes(type, 'file'))).toEqual([false, true, true])
})

test('markers for the cache go where they are understood, and are told where not', () => {
  const marked = talk(user({ type: 'text', text: 'Hi', cache: { ttl: '1h' } }))
  expect(messagesOf(encode(marked, { quirks: { cacheControl: true } }))[0]?.['content']).toEqual([
    { type: 'text', text: 'Hi', cache_control: { type: 'ephemeral', ttl: '1h' } },
  ])
  const { body, warnings } = encode(marked)
  expect(body['messages']).toEqual([{ role: 'user', content: 'Hi' }])
  expect(warnings).toEqual(['dropped parameter cache_control'])
})

test('harmless fields that are not understood are told', () => {
  const asked = conversation({
    serviceTier: 'flex',
    cacheKey: 'k',
    metadata: { a: 'b' },
    sampling: { topK: 3 },
  })
  expect(encode(asked).warnings).toEqual([
    'dropped parameter top_k',
    'dropped parameter service_tier',
    'dropped parameter prompt_cache_key',
    'dropped parameter metadata',
  ])
  expect(encode(asked, { quirks: null }).body).toMatchObject({ service_tier: 'flex', prompt_cache_key: 'k' })
})

test('a schema is a field, or words in a system message, or refused where only a tool could stand in for it', () => {
  const output = { type: 'json_schema', schema: { type: 'object' }, strict: true } as const
  expect(encode(conversation({ output })).body['response_format']).toEqual({
    type: 'json_schema',
    json_schema: { name: 'response', schema: { type: 'object' }, strict: true },
  })
  const shown = encode(conversation({ output }), { quirks: { jsonSchema: 'prompt' } })
  expect(shown.body['response_format']).toEqual({ type: 'json_object' })
  expect(messagesOf(shown)[0]).toMatchObject({
    role: 'system',
    content: expect.stringContaining('{"type":"object"}'),
  })
  expect(() => encode(conversation({ output }), { quirks: { jsonSchema: 'tool' } })).toThrow(
    refusal('response_format'),
  )
})

test('where JSON is wanted and nobody has said the word, it is said: providers refuse the request otherwise', () => {
  const silent = conversation({ output: { type: 'json' } })
  expect(messagesOf(encode(silent))[0]).toEqual({ role: 'system', content: 'Answer with a JSON object.' })
  expect(messagesOf(encode({ ...silent, messages: [user(text('As json!'))] }))).toHaveLength(1)
})

test('user and assistant alternate where they have to, and the last words of the assistant are marked', () => {
  const system: Message = { role: 'system', parts: [text('S')] }
  const encoded = encode(talk(system, user(text('a')), system, user(text('b')), assistant(text('{'))), {
    quirks: { alternate: true, plainText: true, prefill: { style: 'prefix' } },
  })
  expect(messagesOf(encoded)).toEqual([
    { role: 'system', content: 'S' },
    { role: 'user', content: 'a\n\nS\n\nb' },
    { role: 'assistant', content: '{', prefix: true },
  ])
})

test('opaque parts of another format are left out and told; our own go back as they came', () => {
  const own: Part = { type: 'opaque', format: 'openai-chat', value: { type: 'hologram' } }
  const foreign: Part = { type: 'opaque', format: 'gemini', value: { type: 'executable_code' } }
  const { body, warnings } = encode(talk(user(own, foreign)))
  expect(body['messages']).toEqual([{ role: 'user', content: [{ type: 'hologram' }] }])
  expect(warnings).toEqual(['dropped content executable_code'])
})
