import { expect, test } from 'vitest'
import type { Message } from '../../conversation/conversation.ts'
import type { Part } from '../../conversation/parts.ts'
import { encode, failureOf, plainConversation, targetOf } from './gemini.fixture.ts'
import { gemini } from './index.ts'

const say = (text: string): Part => ({ type: 'text', text })
const user = (...parts: Part[]): Message => ({ role: 'user', parts })
const assistant = (...parts: Part[]): Message => ({ role: 'assistant', parts })
const call = (id: string, more: object = {}): Part => ({
  type: 'tool_call',
  id,
  name: 'f',
  arguments: '{"a":1}',
  ...more,
})
const result = (callId: string, text: string, more: object = {}): Part => ({
  type: 'tool_result',
  callId,
  name: 'f',
  content: [{ type: 'text', text }],
  ...more,
})
function contentsOf(messages: readonly Message[], model?: string) {
  return encode({ messages }, model).body['contents'] as readonly Record<string, unknown>[]
}

test('a plain question is a content and nothing else', () => {
  expect(encode({}).body).toEqual({ contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] })
})

test('all system messages are the instruction, wherever they stood, and turns alternate', () => {
  const { body } = encode({
    messages: [
      { role: 'system', parts: [say('One.')] },
      user(say('A')),
      user(say('B')),
      { role: 'system', parts: [say('Two.')] },
      assistant(say('')),
      assistant(say('C')),
    ],
  })
  expect(body).toEqual({
    systemInstruction: { parts: [{ text: 'One.' }, { text: 'Two.' }] },
    contents: [
      { role: 'user', parts: [{ text: 'A' }, { text: 'B' }] },
      { role: 'model', parts: [{ text: 'C' }] },
    ],
  })
})

test('what only the system says is said by the user, because there must be a content', () => {
  expect(encode({ messages: [{ role: 'system', parts: [say('Write.')] }] }).body).toEqual({
    contents: [{ role: 'user', parts: [{ text: 'Write.' }] }],
  })
})

test('results stand in one content, in the order of their calls, before what the user says', () => {
  const contents = contentsOf([
    user(say('Go')),
    assistant(say('Both.'), call('x'), call('y')),
    user(result('y', 'second'), say('And?'), result('x', 'first')),
  ])
  expect(contents[1]?.['parts']).toMatchObject([
    { text: 'Both.' },
    { functionCall: { id: 'x', name: 'f', args: { a: 1 } } },
    { functionCall: { id: 'y' } },
  ])
  expect(contents[2]?.['parts']).toEqual([
    { functionResponse: { id: 'x', name: 'f', response: { output: 'first' } } },
    { functionResponse: { id: 'y', name: 'f', response: { output: 'second' } } },
    { text: 'And?' },
  ])
})

test.each([
  ['plain', {}, { output: 'plain' }],
  ['{"temp":21}', {}, { temp: 21 }],
  ['[1]', {}, { output: '[1]' }],
  ['{}', {}, { output: '{}' }],
  ['{"broken"', {}, { output: '{"broken"' }],
  ['{"id":12345678901234567890}', {}, { output: '{"id":12345678901234567890}' }],
  ['no such city', { isError: true }, { error: 'no such city' }],
  ['', {}, { output: '' }],
])('the result %s is an object', (text, more, response) => {
  const contents = contentsOf([user(say('Go')), assistant(call('x')), user(result('x', text, more))])
  expect(contents[2]?.['parts']).toEqual([{ functionResponse: { id: 'x', name: 'f', response } }])
})

test('an image in a result goes with it where the model takes that, and after it where not', () => {
  const image = { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AA==' } }
  const messages = [
    user(say('Go')),
    assistant(call('x')),
    user(result('x', '', { content: [say('see'), image] })),
  ]
  const inline = { inlineData: { mimeType: 'image/png', data: 'AA==' } }
  expect(contentsOf(messages)[2]?.['parts']).toEqual([
    { functionResponse: { id: 'x', name: 'f', response: { output: 'see' }, parts: [inline] } },
  ])
  expect(contentsOf(messages, 'gemini-2.5-flash')[2]?.['parts']).toEqual([
    { functionResponse: { id: 'x', name: 'f', response: { output: 'see' } } },
    { text: 'Media from the result of f (x):' },
    inline,
  ])
})

test('arguments that are no object are still sent', () => {
  const parts = ['{"broken', '""', '', 'null', '[1]'].map(text => call('x', { arguments: text }))
  const sent = contentsOf([user(say('Go')), assistant(...parts)])[1]?.['parts']
  expect(sent).toMatchObject([
    { functionCall: { args: { _raw: '{"broken' } } },
    { functionCall: { args: { _value: '' } } },
    { functionCall: { args: {} } },
    { functionCall: { args: {} } },
    { functionCall: { args: { _value: [1] } } },
  ])
})

test('a signature stays on its call, and the first call of a step of this turn that has none gets the placeholder', () => {
  const messages = [
    user(say('old')),
    assistant(call('a')),
    user(result('a', 'r'), say('new')),
    assistant(call('b'), call('c')),
    user(result('b', 'r'), result('c', 'r')),
    assistant(call('d', { signature: 'c2lnbmVk' }), call('e')),
    user(result('d', 'r'), result('e', 'r')),
    assistant(call('f', { signature: 'not base64!' })),
    user(result('f', 'r')),
  ]
  const signatures = (model: string) =>
    contentsOf(messages, model)
      .flatMap(({ parts }) => parts as Record<string, unknown>[])
      .filter(part => 'functionCall' in part)
      .map(part => part['thoughtSignature'])
  const skip = 'skip_thought_signature_validator'
  expect(signatures('gemini-3-pro-preview')).toEqual([
    undefined,
    skip,
    undefined,
    'c2lnbmVk',
    undefined,
    skip,
  ])
  expect(signatures('gemini-2.5-pro')).toEqual([
    undefined,
    undefined,
    undefined,
    'c2lnbmVk',
    undefined,
    undefined,
  ])
})

test('signatures of texts and thoughts go back on the same part; those of others are left out with their text', () => {
  const [, content] = contentsOf([
    user(say('Go')),
    assistant(
      { type: 'reasoning', text: 'own', signature: 'c2ln', origin: 'gemini' },
      { type: 'reasoning', text: 'foreign', signature: 'c2ln', origin: 'another' },
      { type: 'reasoning', text: 'of nobody' },
      { type: 'text', text: 'said', extra: { gemini: { thoughtSignature: 'dGV4dA' } } },
      { type: 'text', text: '', extra: { gemini: { thoughtSignature: 'ZW1wdHk' } } },
    ),
  ])
  expect(content?.['parts']).toEqual([
    { text: 'own', thought: true, thoughtSignature: 'c2ln' },
    { text: 'said', thoughtSignature: 'dGV4dA' },
    { text: '', thoughtSignature: 'ZW1wdHk' },
  ])
})

test('opaque parts go back to their own format, and of others only a warning remains', () => {
  const { body, warnings } = encode({
    messages: [
      user(say('Go')),
      assistant(
        { type: 'opaque', format: 'gemini', value: { executableCode: { code: '1' } } },
        { type: 'opaque', format: 'another', value: { type: 'server_tool_use' } },
      ),
    ],
  })
  expect(body['contents']).toMatchObject([{}, { parts: [{ executableCode: { code: '1' } }] }])
  expect(warnings).toEqual(['dropped content server_tool_use'])
})

test.each<[Part, object]>([
  [
    { type: 'image', source: { kind: 'url', url: 'gs://bucket/a.jpg' } },
    { fileData: { mimeType: 'image/jpeg', fileUri: 'gs://bucket/a.jpg' } },
  ],
  [
    {
      type: 'file',
      source: { kind: 'file', id: 'https://generativelanguage.googleapis.com/v1beta/files/x' },
      extra: { gemini: { videoMetadata: { fps: 1 } } },
    },
    {
      fileData: { fileUri: 'https://generativelanguage.googleapis.com/v1beta/files/x' },
      videoMetadata: { fps: 1 },
    },
  ],
  [
    { type: 'audio', source: { kind: 'base64', mediaType: 'audio/wav', data: 'AA==' } },
    { inlineData: { mimeType: 'audio/wav', data: 'AA==' } },
  ],
])('%j is named as Google does', (part, expected) => {
  expect(contentsOf([user(part)])[0]?.['parts']).toEqual([expected])
})

test.each<[Part]>([
  [{ type: 'file', source: { kind: 'file', id: 'file-abc' } }],
  [{ type: 'image', source: { kind: 'url', url: 's3://bucket/a.jpg' } }],
])('%j, which Google cannot read, is refused', part => {
  expect(failureOf(() => contentsOf([user(part)]))).toEqual({
    code: 'unsupported_parameter',
    param: 'messages',
  })
})

test('the gateway fetches what is on the web, but for films and uploaded files', () => {
  const { takesUrl } = gemini.chat.abilities(targetOf('gemini-3-pro'))
  expect(takesUrl('https://example.com/a.png', 'image')).toBe(false)
  expect(takesUrl('https://www.youtube.com/watch?v=x', 'file')).toBe(true)
  expect(takesUrl('https://generativelanguage.googleapis.com/v1beta/files/x', 'image')).toBe(true)
})

test.each([[[]], [[user(say(''))]], [[assistant(say(''))]]])(
  'a conversation that says nothing is refused, not sent without content: %j',
  messages => {
    expect(() => encode({ ...plainConversation, messages })).toThrow(
      expect.objectContaining({ code: 'invalid_request', param: 'messages' }),
    )
  },
)
