import { expect, test } from 'vitest'
import { GatewayError } from '../../errors.ts'
import { decode, encode } from './gemini.fixture.ts'
import { gemini } from './index.ts'

const user = (...parts: unknown[]) => ({ role: 'user', parts })
const model = (...parts: unknown[]) => ({ role: 'model', parts })

test('a request means the same in camelCase and in snake_case', () => {
  const camel = decode({
    systemInstruction: { parts: [{ text: 'Be brief.' }] },
    contents: [
      user({ text: 'Hi' }, { inlineData: { mimeType: 'image/png', data: 'AA==' } }),
      model({ functionCall: { id: 'a', name: 'f', args: { some_key: 1 } }, thoughtSignature: 'sig' }),
      user({ functionResponse: { id: 'a', name: 'f', response: { output: 'x' } } }),
    ],
    tools: [{ functionDeclarations: [{ name: 'f', parametersJsonSchema: { type: 'object' } }] }],
    toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f'] } },
    generationConfig: { maxOutputTokens: 5, thinkingConfig: { thinkingBudget: 100, includeThoughts: true } },
    safetySettings: [],
  })
  const snake = decode({
    system_instruction: { parts: [{ text: 'Be brief.' }] },
    contents: [
      user({ text: 'Hi' }, { inline_data: { mime_type: 'image/png', data: 'AA==' } }),
      model({ function_call: { id: 'a', name: 'f', args: { some_key: 1 } }, thought_signature: 'sig' }),
      user({ function_response: { id: 'a', name: 'f', response: { output: 'x' } } }),
    ],
    tools: { function_declarations: [{ name: 'f', parameters_json_schema: { type: 'object' } }] },
    tool_config: { function_calling_config: { mode: 'ANY', allowed_function_names: ['f'] } },
    generation_config: {
      max_output_tokens: 5,
      thinking_config: { thinking_budget: 100, include_thoughts: true },
    },
    safety_settings: [],
  })
  expect(snake).toEqual(camel)
  expect(camel).toMatchObject({
    messages: [
      { role: 'system' },
      { role: 'user' },
      { role: 'assistant', parts: [{ arguments: '{"some_key":1}', signature: 'sig' }] },
      { role: 'user', parts: [{ type: 'tool_result', callId: 'a', name: 'f' }] },
    ],
    toolChoice: { mode: 'required', names: ['f'] },
    sampling: { maxTokens: 5 },
    reasoning: { budgetTokens: 100, visible: true },
    extra: { gemini: { safetySettings: [] } },
  })
})

test('a request of one content and one tool, without their lists, is understood', () => {
  const { messages, tools } = decode({
    contents: { parts: { text: 'Hi' } },
    tools: { functionDeclarations: { name: 'f' } },
  })
  expect(messages).toEqual([{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }])
  expect(tools).toEqual([{ type: 'function', name: 'f' }])
})

test('calls without ids get some, the same each time, and results find their calls by name and order', () => {
  const body = {
    contents: [
      user({ text: 'Weather?' }),
      model(
        { functionCall: { name: 'weather', args: { city: 'Paris' } } },
        { functionCall: { name: 'weather', args: { city: 'Rome' } } },
        { functionCall: { id: 'call_1', name: 'time' } },
      ),
      user(
        { functionResponse: { name: 'weather', response: { output: '21' } } },
        { functionResponse: { name: 'time', id: 'call_1', response: { output: '12:00' } } },
        { functionResponse: { name: 'weather', response: { output: '25' } } },
      ),
    ],
  }
  const ids = decode(body).messages.map(({ parts }) =>
    parts.flatMap(part =>
      part.type === 'tool_call' ? [part.id] : part.type === 'tool_result' ? [part.callId] : [],
    ),
  )
  expect(ids).toEqual([[], ['call_2', 'call_3', 'call_1'], ['call_2', 'call_1', 'call_3']])
  expect(decode(body)).toEqual(decode(body))
})

test('the chunks of an answer that a client kept one by one are one answer', () => {
  const { messages } = decode({
    contents: [
      user({ text: 'Weather?' }),
      model({ text: 'Let me' }),
      model({ text: ' look.' }),
      model({ functionCall: { name: 'f', args: {} }, thoughtSignature: 'sig' }),
      model({ text: '' }),
      user({ functionResponse: { name: 'f', response: { output: 'sunny' } } }),
      user({ text: 'So?' }),
    ],
  })
  expect(messages).toMatchObject([
    { role: 'user' },
    {
      role: 'assistant',
      parts: [
        { type: 'text', text: 'Let me look.' },
        { type: 'tool_call', signature: 'sig' },
      ],
    },
    { role: 'user', parts: [{ type: 'tool_result' }] },
    { role: 'user', parts: [{ text: 'So?' }] },
  ])
})

test('what a tool returned is read from the conventional places, and an error is one', () => {
  const results = [
    { output: 'plain' },
    { result: { a: 1 } },
    { error: 'no such city' },
    { temperature: 21, unit: 'c' },
    {},
  ]
  const [message] = decode({
    contents: [user(...results.map(response => ({ functionResponse: { name: 'f', response } })))],
  }).messages
  expect(message?.parts).toMatchObject([
    { content: [{ text: 'plain' }] },
    { content: [{ text: '{"a":1}' }] },
    { content: [{ text: 'no such city' }], isError: true },
    { content: [{ text: '{"temperature":21,"unit":"c"}' }] },
    { content: [{ text: '' }] },
  ])
})

test('media within a result and what else a part says are kept', () => {
  const [message] = decode({
    contents: [
      user(
        { text: 'Look.' },
        {
          functionResponse: {
            name: 'f',
            response: { output: 'see' },
            parts: [{ inlineData: { mimeType: 'image/png', data: 'AA==' } }],
            willContinue: true,
          },
        },
        {
          fileData: { fileUri: 'https://www.youtube.com/watch?v=x', mimeType: 'video/mp4' },
          videoMetadata: { fps: 2 },
        },
        { fileData: { fileUri: 'https://generativelanguage.googleapis.com/v1beta/files/abc' } },
      ),
    ],
  }).messages
  expect(message?.parts).toMatchObject([
    {
      type: 'tool_result',
      content: [{ type: 'text', text: 'see' }, { type: 'image' }],
      extra: { gemini: { functionResponse: { willContinue: true } } },
    },
    { type: 'text', text: 'Look.' },
    {
      type: 'file',
      source: { kind: 'url', mediaType: 'video/mp4' },
      extra: { gemini: { videoMetadata: { fps: 2 } } },
    },
    { type: 'file', source: { kind: 'file' } },
  ])
})

test('the pieces of a stream, each a content of its own, are one answer', () => {
  const { messages } = decode({
    contents: [
      user({ text: 'Hi' }),
      model({ text: 'Let me ', thought: true }),
      model({ text: 'think.', thought: true }, { text: 'Hel' }),
      model({ text: 'lo' }),
      model({ text: '!', thoughtSignature: 'sig' }),
      model({ text: 'More.' }),
      model({ text: '' }),
      user({ text: 'A' }),
      user({ text: 'B' }),
    ],
  })
  expect(messages).toEqual([
    { role: 'user', parts: [{ type: 'text', text: 'Hi' }] },
    {
      role: 'assistant',
      parts: [
        { type: 'reasoning', text: 'Let me think.', origin: 'gemini' },
        { type: 'text', text: 'Hello!', extra: { gemini: { thoughtSignature: 'sig' } } },
        { type: 'text', text: 'More.' },
      ],
    },
    { role: 'user', parts: [{ type: 'text', text: 'A' }] },
    { role: 'user', parts: [{ type: 'text', text: 'B' }] },
  ])
})

test('code, its result, and calls of the provider keep their shape', () => {
  const parts = [
    { executableCode: { language: 'PYTHON', code: '1+1' } },
    { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '2' } },
    { toolCall: { toolType: 'GOOGLE_SEARCH_WEB', id: 'x' }, thoughtSignature: 's' },
    { functionResponse: { name: 'mcp', response: {} } },
  ]
  const [message] = decode({ contents: [model(...parts)] }).messages
  expect(message?.parts).toEqual(parts.map(value => ({ type: 'opaque', format: 'gemini', value })))
})

test("Google's words for schemas become JSON Schema", () => {
  const parameters = {
    type: 'OBJECT',
    properties: {
      city: { type: 'STRING', nullable: true, enum: ['a', 'b'], format: 'enum' },
      list: { type: 'ARRAY', items: { type: 'INTEGER', format: 'int32' }, maxItems: '3' },
      either: { anyOf: [{ type: 'STRING' }, { type: 'NUMBER' }], nullable: true },
    },
    required: ['city'],
    propertyOrdering: ['list', 'city'],
  }
  const { tools } = decode({ contents: [], tools: [{ functionDeclarations: [{ name: 'f', parameters }] }] })
  expect(tools).toEqual([
    {
      type: 'function',
      name: 'f',
      parameters: {
        type: 'object',
        properties: {
          city: { type: ['string', 'null'], enum: ['a', 'b', null] },
          list: { type: 'array', items: { type: 'integer', format: 'int32' }, maxItems: 3 },
          either: { anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'null' }] },
        },
        required: ['city'],
      },
    },
  ])
})

test("functions and the provider's own tools of one entry are told apart", () => {
  const { tools } = decode({
    contents: [],
    tools: [{ googleSearch: {}, functionDeclarations: [{ name: 'f' }] }, { codeExecution: {} }],
  })
  expect(tools).toEqual([
    { type: 'provider', format: 'gemini', name: 'google_search', value: { googleSearch: {} } },
    { type: 'function', name: 'f' },
    { type: 'provider', format: 'gemini', name: 'code_execution', value: { codeExecution: {} } },
  ])
})

test.each([
  [{ responseMimeType: 'application/json' }, { type: 'json' }],
  [
    { responseMimeType: 'application/json', responseSchema: { type: 'STRING' } },
    { type: 'json_schema', schema: { type: 'string' } },
  ],
  [
    { responseMimeType: 'application/json', responseJsonSchema: { type: 'string' } },
    { type: 'json_schema', schema: { type: 'string' } },
  ],
  [{ responseMimeType: 'text/plain' }, undefined],
])('the output that %j wants is known', (generationConfig, output) => {
  expect(decode({ contents: [], generationConfig }).output).toEqual(output)
})

test.each([
  [{ thinkingBudget: 0 }, { effort: 'none' }],
  [{ thinkingBudget: -1 }, { budgetTokens: -1 }],
  [
    { thinkingLevel: 'HIGH', includeThoughts: false },
    { effort: 'high', visible: false },
  ],
  [{ thinkingLevel: 'minimal' }, { effort: 'minimal' }],
])('how much is to be thought is read from %j', (thinkingConfig, reasoning) => {
  expect(decode({ contents: [], generationConfig: { thinkingConfig } }).reasoning).toEqual(reasoning)
})

test.each([
  [{}, 'contents'],
  [{ contents: [] }, 'contents'],
  [{ contents: 'Hi' }, 'contents'],
  [{ contents: [1] }, 'contents[0]'],
  [{ contents: [{ role: 'system', parts: [] }] }, 'contents[0].role'],
  [{ contents: [{ parts: [{ text: 1 }] }] }, 'contents[0].parts[0].text'],
  [{ contents: [{ parts: ['Hi'] }] }, 'contents[0].parts[0]'],
  [
    { contents: [{ parts: [{ functionCall: { name: 'f', args: [] } }] }] },
    'contents[0].parts[0].functionCall.args',
  ],
  [{ contents: [{ parts: [] }], systemInstruction: 1 }, 'systemInstruction'],
  [
    { contents: [{ parts: [] }], tools: [{ functionDeclarations: [{}] }] },
    'tools[0].functionDeclarations[0].name',
  ],
  [{ contents: [{ parts: [] }], generation_config: [] }, 'generationConfig'],
])('%j is refused, naming the field', (body, param) => {
  const check = () => gemini.checkRequest(body, { model: 'm', streaming: false })
  expect(check).toThrow(GatewayError)
  try {
    check()
  } catch (thrown) {
    expect(thrown).toMatchObject({ code: 'invalid_request', param })
  }
})

test('the path names the model and says whether to stream, and all text of the prompt counts', () => {
  const body = {
    contents: [
      { parts: [{ text: '12345' }, { inlineData: { data: 'x'.repeat(1000), mimeType: 'image/png' } }] },
    ],
    systemInstruction: { parts: [{ text: '123' }] },
  }
  expect(gemini.checkRequest(body, { model: 'gemini-x', streaming: true })).toEqual({
    model: 'gemini-x',
    streaming: true,
    wantsStreamUsage: true,
    inputCharacters: 8,
    fields: ['contents', 'systemInstruction'],
  })
})

test('a value that is nested without end is refused', () => {
  let args: unknown = {}
  for (let depth = 0; depth < 200; depth++) args = { args }
  const body = { contents: [{ parts: [{ functionCall: { name: 'f', args } }] }] }
  expect(() => gemini.checkRequest(body, { model: 'm', streaming: false })).toThrow(/nested/)
})

test.each([
  ['-_8', '+/8='],
  ['AA', 'AA=='],
  ['AA==', 'AA=='],
])('bytes written as %s are %s to others, and go back as they were', (data, plain) => {
  const sent = { inlineData: { mimeType: 'image/png', data } }
  const { messages } = decode({ contents: [user(sent)] })
  expect(messages[0]?.parts[0]).toMatchObject({ type: 'image', source: { data: plain } })
  expect(encode({ messages }).body['contents']).toEqual([user(sent)])
})
