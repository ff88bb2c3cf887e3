import { expect, test } from 'vitest'
import { decode } from './translation.fixture.ts'

const user = { role: 'user', content: 'Hi' }
const call = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }

test('a request of words alone becomes a message of one text', () => {
  expect(decode({})).toEqual({
    model: 'm',
    streaming: false,
    messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }],
    tools: [],
    sampling: {},
  })
})

test('a developer is the system, and is a developer again on the way back', () => {
  const [first] = decode({ messages: [{ role: 'developer', content: 'Be kind' }, user] }).messages
  expect(first).toEqual({
    role: 'system',
    parts: [{ type: 'text', text: 'Be kind' }],
    extra: { 'openai-chat': { role: 'developer' } },
  })
})

test('images, recordings and documents are told apart from their addresses', () => {
  const content = [
    { type: 'text', text: 'See' },
    { type: 'image_url', image_url: { url: 'https://a.example/b.png', detail: 'low' } },
    { type: 'image_url', image_url: { url: 'data:image/png;base64,aGk=' } },
    { type: 'input_audio', input_audio: { data: 'aGk=', format: 'mp3' } },
    { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,aGk=' } },
    { type: 'file', file: { file_id: 'file-1' } },
    { type: 'video_url', video_url: { url: 'https://a.example/b.mp4' } },
    { type: 'hologram', light: 1 },
  ]
  expect(decode({ messages: [{ role: 'user', content }] }).messages[0]?.parts).toEqual([
    { type: 'text', text: 'See' },
    { type: 'image', source: { kind: 'url', url: 'https://a.example/b.png' }, detail: 'low' },
    { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'aGk=' } },
    { type: 'audio', source: { kind: 'base64', mediaType: 'audio/mpeg', data: 'aGk=' } },
    { type: 'file', name: 'a.pdf', source: { kind: 'base64', mediaType: 'application/pdf', data: 'aGk=' } },
    { type: 'file', source: { kind: 'file', id: 'file-1' } },
    { type: 'file', source: { kind: 'url', url: 'https://a.example/b.mp4', mediaType: 'video/mp4' } },
    { type: 'opaque', format: 'openai-chat', value: { type: 'hologram', light: 1 } },
  ])
})

test('the results of one turn are one message of the user', () => {
  const messages = [
    user,
    { role: 'assistant', content: null, tool_calls: [call, { ...call, id: 'c2' }] },
    { role: 'tool', tool_call_id: 'c1', content: 'one' },
    { role: 'tool', tool_call_id: 'c2', content: [{ type: 'text', text: 'two' }] },
    { role: 'user', content: 'Go on' },
  ]
  expect(decode({ messages }).messages.slice(1)).toEqual([
    {
      role: 'assistant',
      parts: [
        { type: 'tool_call', id: 'c1', name: 'f', arguments: '{"a":1}' },
        { type: 'tool_call', id: 'c2', name: 'f', arguments: '{"a":1}' },
      ],
    },
    {
      role: 'user',
      parts: [
        { type: 'tool_result', callId: 'c1', content: [{ type: 'text', text: 'one' }] },
        { type: 'tool_result', callId: 'c2', content: [{ type: 'text', text: 'two' }] },
      ],
    },
    { role: 'user', parts: [{ type: 'text', text: 'Go on' }] },
  ])
})

test('functions of earlier versions are tools, and their calls and answers find together without ids', () => {
  const asked = decode({
    messages: [
      user,
      { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
      { role: 'function', name: 'f', content: 'done' },
    ],
    functions: [{ name: 'f', parameters: { type: 'object' } }],
    function_call: { name: 'f' },
  })
  expect(asked.tools).toEqual([{ type: 'function', name: 'f', parameters: { type: 'object' } }])
  expect(asked.toolChoice).toEqual({ mode: 'required', names: ['f'] })
  const [, called, answered] = asked.messages
  expect(called?.parts).toEqual([{ type: 'tool_call', id: 'function_call_1', name: 'f', arguments: '{}' }])
  expect(answered?.parts).toMatchObject([{ type: 'tool_result', callId: 'function_call_1', name: 'f' }])
})

test('custom tools, their calls, and a choice among some of the tools', () => {
  const asked = decode({
    messages: [
      user,
      {
        role: 'assistant',
        tool_calls: [{ id: 'c', type: 'custom', custom: { name: 'sql', input: 'SELECT' } }],
      },
      { role: 'tool', tool_call_id: 'c', content: '' },
    ],
    tools: [
      { type: 'custom', custom: { name: 'sql', description: 'Runs', format: { type: 'text' } } },
      { type: 'function', function: { name: 'f', strict: true, parameters: null } },
      { type: 'web_search' },
    ],
    tool_choice: {
      type: 'allowed_tools',
      allowed_tools: {
        mode: 'required',
        tools: [
          { type: 'function', function: { name: 'f' } },
          { type: 'custom', custom: { name: 'sql' } },
        ],
      },
    },
  })
  expect(asked.messages[1]?.parts).toEqual([
    { type: 'tool_call', id: 'c', name: 'sql', arguments: 'SELECT', custom: true },
  ])
  expect(asked.tools).toEqual([
    {
      type: 'custom',
      name: 'sql',
      description: 'Runs',
      extra: { 'openai-chat': { format: { type: 'text' } } },
    },
    { type: 'function', name: 'f', strict: true },
    { type: 'provider', format: 'openai-chat', name: 'web_search', value: { type: 'web_search' } },
  ])
  expect(asked.toolChoice).toEqual({ mode: 'required', names: ['f', 'sql'] })
})

test.each([
  ['auto', { mode: 'auto' }],
  ['none', { mode: 'none' }],
  ['required', { mode: 'required' }],
  ['any', { mode: 'required' }],
  [
    { type: 'function', function: { name: 'f' } },
    { mode: 'required', names: ['f'] },
  ],
])('the choice %j', (choice, meant) => {
  expect(decode({ tool_choice: choice }).toolChoice).toEqual(meant)
})

test.each([
  ['tool_choice', 'sometimes'],
  ['tool_choice', { type: 'function' }],
  ['reasoning_effort', 'immense'],
])('`%s` %j is refused by name', (field, value) => {
  expect(() => decode({ [field]: value })).toThrow(
    expect.objectContaining({ code: 'invalid_request', param: field }),
  )
})

test('everything about sampling has its place, and what is unknown rides along', () => {
  const asked = decode({
    max_tokens: 5,
    max_completion_tokens: 6,
    temperature: 0,
    top_p: 0.5,
    top_k: 3,
    stop: 'END',
    seed: 1,
    n: 2,
    logprobs: true,
    top_logprobs: 2,
    user: 'u',
    service_tier: 'flex',
    metadata: { a: 'b' },
    prompt_cache_key: 'k',
    parallel_tool_calls: false,
    verbosity: 'low',
    store: true,
    prediction: { type: 'content', content: 'x' },
    nothing: null,
  })
  expect(asked.sampling).toEqual({
    maxTokens: 6,
    temperature: 0,
    topP: 0.5,
    topK: 3,
    stop: ['END'],
    seed: 1,
    choices: 2,
    logprobs: 2,
  })
  expect(asked).toMatchObject({
    user: 'u',
    serviceTier: 'flex',
    metadata: { a: 'b' },
    cacheKey: 'k',
    parallelToolCalls: false,
  })
  expect(asked.extra).toEqual({
    'openai-chat': { verbosity: 'low', store: true, prediction: { type: 'content', content: 'x' } },
  })
})

test.each([
  [{ reasoning_effort: 'high' }, { effort: 'high' }],
  [{ reasoning_effort: null }, undefined],
  [{ reasoning_effort: 'default' }, undefined],
  [{ reasoning: { max_tokens: 2000, exclude: true } }, { budgetTokens: 2000, visible: false }],
  [{ reasoning: { enabled: true } }, { budgetTokens: -1 }],
  [{ reasoning: { enabled: false } }, { effort: 'none' }],
  [{ thinking: { type: 'enabled', budget_tokens: 1024 } }, { budgetTokens: 1024 }],
  [{ thinking: { type: 'disabled' } }, { effort: 'none' }],
])('how much to think: %j', (fields, reasoning) => {
  expect(decode(fields).reasoning).toEqual(reasoning)
})

test.each([
  [{ type: 'text' }, { type: 'text' }],
  [{ type: 'json_object' }, { type: 'json' }],
  [
    { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object' }, strict: true } },
    { type: 'json_schema', name: 'n', schema: { type: 'object' }, strict: true },
  ],
])('the output %j', (format, output) => {
  expect(decode({ response_format: format }).output).toEqual(output)
})

test('a grammar, which only some servers know, rides along', () => {
  const grammar = { type: 'grammar', grammar: 'root ::= "x"' }
  const asked = decode({ response_format: grammar })
  expect(asked.output).toBeUndefined()
  expect(asked.extra).toEqual({ 'openai-chat': { response_format: grammar } })
})

test('thoughts of earlier answers: plain, in details, as blocks of another vendor, as parts of the content', () => {
  const thoughtsOf = (message: object) =>
    decode({ messages: [user, { role: 'assistant', content: 'x', ...message }] }).messages[1]?.parts.filter(
      ({ type }) => type === 'reasoning',
    )
  expect(thoughtsOf({ reasoning_content: 'Hm' })).toEqual([
    { type: 'reasoning', text: 'Hm', origin: 'openai-chat' },
  ])
  expect(
    thoughtsOf({
      reasoning: 'Hm',
      reasoning_details: [
        { type: 'reasoning.text', text: 'Hm', signature: 's', format: 'anthropic-claude-v1', index: 0 },
        { type: 'reasoning.encrypted', data: 'e', index: 1 },
      ],
    }),
  ).toEqual([
    {
      type: 'reasoning',
      text: 'Hm',
      signature: 's',
      origin: 'openai-chat',
      extra: { 'openai-chat': { format: 'anthropic-claude-v1', index: 0 } },
    },
    {
      type: 'reasoning',
      text: '',
      encrypted: 'e',
      origin: 'openai-chat',
      extra: { 'openai-chat': { index: 1 } },
    },
  ])
  const blocks = [
    { type: 'thinking', thinking: 'Hm', signature: 's' },
    { type: 'redacted_thinking', data: 'r' },
  ]
  const signed = [
    { type: 'reasoning', text: 'Hm', signature: 's', origin: 'anthropic-messages' },
    { type: 'reasoning', text: '', encrypted: 'r', origin: 'anthropic-messages' },
  ]
  expect(thoughtsOf({ thinking_blocks: blocks, reasoning_content: 'Hm' })).toEqual(signed)
  expect(thoughtsOf({ content: [...blocks, { type: 'text', text: 'x' }] })).toEqual(signed)
  expect(thoughtsOf({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm' }] }] })).toEqual([
    { type: 'reasoning', text: 'Hm', origin: 'openai-chat' },
  ])
})

test('a thought that we gave away in pieces comes back whole, to the format that it came from', () => {
  const piece = { index: 0, format: 'anthropic-claude-v1', origin: 'anthropic-messages' }
  const details = [
    { type: 'reasoning.text', text: 'Let ', ...piece },
    { type: 'reasoning.text', text: 'me see', ...piece },
    { type: 'reasoning.text', text: '', signature: 'sig', ...piece },
  ]
  const messages = [user, { role: 'assistant', content: 'x', reasoning_details: details }]
  expect(decode({ messages }).messages[1]?.parts[0]).toMatchObject({
    type: 'reasoning',
    text: 'Let me see',
    signature: 'sig',
    origin: 'anthropic-messages',
  })
})

test('what is neither at an address nor base64 is refused at its place', () => {
  const content = [
    { type: 'text', text: 'See' },
    { type: 'image_url', image_url: { url: ':%nothing%:' } },
  ]
  expect(() => decode({ messages: [user, { role: 'user', content }] })).toThrow(
    expect.objectContaining({ code: 'invalid_request', param: 'messages[1].content[1]' }) as Error,
  )
  const bare = [{ type: 'image_url', image_url: { url: 'iVBORw0KGgo=' } }]
  expect(decode({ messages: [{ role: 'user', content: bare }] }).messages[0]?.parts).toMatchObject([
    { source: { kind: 'base64', data: 'iVBORw0KGgo=' } },
  ])
})

test('signatures of tool calls and markers for the cache are read where routers put them', () => {
  const asked = decode({
    messages: [
      {
        role: 'system',
        content: [{ type: 'text', text: 'Be', cache_control: { type: 'ephemeral', ttl: '1h' } }],
      },
      { role: 'user', content: 'Hi', cache_control: { type: 'ephemeral' } },
      {
        role: 'assistant',
        tool_calls: [{ ...call, extra_content: { google: { thought_signature: 'sig' } } }],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'x', cache_control: { type: 'ephemeral' } },
    ],
    tools: [{ type: 'function', function: { name: 'f' }, cache_control: { type: 'ephemeral' } }],
  })
  const [system, said, called, answered] = asked.messages
  expect(system?.parts[0]).toMatchObject({ cache: { ttl: '1h' } })
  expect(said?.parts[0]).toMatchObject({ cache: {} })
  expect(called?.parts[0]).toMatchObject({ signature: 'sig' })
  expect(answered?.parts[0]).toMatchObject({ cache: {} })
  expect(asked.tools[0]).toMatchObject({ cache: {} })
})
