// What is the same for every format that cannot say something.

import { expect, test } from 'vitest'
import type { Conversation, Message } from '../conversation/conversation.ts'
import type { ReasoningPart, TextPart } from '../conversation/parts.ts'
import { GatewayError } from '../errors.ts'
import type { EncodedRequest, EncodeTarget } from './format.ts'
import { formats } from './index.ts'

/** Those that a provider may speak, each with a model of its own. */
const targets = {
  'openai-chat': 'm',
  'openai-responses': 'm',
  'anthropic-messages': 'claude-sonnet-4-5',
  gemini: 'gemini-2.5-flash',
  'bedrock-converse': 'meta.llama3-70b-instruct-v1:0',
  'cohere-chat': 'm',
  'ollama-chat': 'm',
} as const

const names = Object.keys(targets) as (keyof typeof targets)[]

function encode(name: keyof typeof targets, asked: Partial<Conversation>, model?: string): EncodedRequest {
  const target: EncodeTarget = {
    model: model ?? targets[name],
    maxOutputTokens: 100,
    streamUsage: 'ask',
    quirks: {},
  }
  const conversation = { model: 'm', streaming: false, messages: [said], tools: [], sampling: {}, ...asked }
  const request = formats[name]?.chat?.encodeRequest(conversation, target)
  if (request === undefined) throw new Error(`${name} has no conversations`)
  return request
}

const text = (words: string): TextPart => ({ type: 'text', text: words })
const said: Message = { role: 'user', parts: [text('Hi')] }
const marked: Message = { role: 'user', parts: [{ ...text('Hi'), cache: {} }] }
const tool = { type: 'function', name: 'f', cache: {} } as const
const call = { type: 'tool_call', id: 'c', name: 'f', arguments: '{}' } as const
const lostMarker = 'dropped parameter cache_control'

test.each(names.filter(name => name !== 'anthropic-messages' && name !== 'openai-responses'))(
  '%s says once that it has no place for markers',
  name => {
    const { body, warnings } = encode(name, { messages: [marked, said, marked], tools: [tool] })
    expect(warnings.filter(warning => warning === lostMarker)).toHaveLength(1)
    expect(JSON.stringify(body)).not.toMatch(/cache/i)
    expect(encode(name, {}).warnings).toEqual([])
  },
)

test.each([
  ['a tool', { tools: [tool] }],
  ['what the assistant said', { messages: [said, { ...marked, role: 'assistant' }, said] }],
  [
    'a result',
    {
      messages: [
        said,
        { role: 'assistant', parts: [call] },
        { role: 'user', parts: [{ type: 'tool_result', callId: 'c', name: 'f', content: [], cache: {} }] },
      ],
    },
  ],
] as const)('the Responses API has no marker at %s', (_place, asked) => {
  expect(encode('openai-responses', asked).warnings).toEqual([lostMarker])
})

test('the Responses API has markers in what is said to the model', () => {
  const { body, warnings } = encode('openai-responses', { messages: [marked] })
  expect(warnings).toEqual([])
  expect(JSON.stringify(body)).toContain('prompt_cache_breakpoint')
})

test.each(names)('a bias for tokens is never left out in silence: %s', name => {
  const asked = { sampling: { logitBias: { 1: 5 } } }
  const refused = catchOf(() => encode(name, asked))
  if (refused === null) expect(encode(name, asked).body).toMatchObject({ logit_bias: { 1: 5 } })
  else expect(refused).toMatchObject({ code: 'unsupported_parameter', param: 'logit_bias' })
  const empty = encode(name, { sampling: { logitBias: {} } })
  expect(empty.warnings).toEqual([])
})

test('a model that thinks takes no bias for tokens', () => {
  const asked = { sampling: { logitBias: { 1: 5 } }, reasoning: { effort: 'high' } } as const
  expect(catchOf(() => encode('openai-chat', asked, 'o3'))).toMatchObject({ param: 'logit_bias' })
})

test('an empty bias of a client is as good as none', () => {
  const address = { model: null, streaming: null }
  const body = { model: 'm', messages: [{ role: 'user', content: 'Hi' }], logit_bias: {} }
  expect(formats['openai-chat']?.chat?.decodeRequest(body, address).sampling).toEqual({})
})

const foreign: ReasoningPart = { type: 'reasoning', text: 'Secret', origin: 'nobody-here' }

test.each(names)('a foreign thought is left out, and told where it was signed or sealed: %s', name => {
  const encodeThought = (thought: ReasoningPart): EncodedRequest =>
    encode(name, { messages: [said, { role: 'assistant', parts: [thought, text('Hello')] }, said] })
  const routine = encodeThought(foreign)
  expect(routine.warnings).toEqual([])
  for (const proof of [{ signature: 'abcd' }, { encrypted: 'abcd' }]) {
    const proven = encodeThought({ ...foreign, ...proof })
    expect(proven.warnings).toEqual(['dropped content reasoning'])
    expect(proven.body).toEqual(routine.body)
    expect(JSON.stringify(proven.body)).not.toMatch(/Secret|abcd/)
  }
})

test.each(['openai-chat', 'openai-responses', 'cohere-chat', 'ollama-chat'] as const)(
  'the words for a failed call are the same: %s',
  name => {
    const failed = {
      type: 'tool_result',
      callId: 'c',
      name: 'f',
      content: [text('Error: no')],
      isError: true,
    }
    const messages = [
      said,
      { role: 'assistant', parts: [call] },
      { role: 'user', parts: [failed] },
    ] as readonly Message[]
    expect(JSON.stringify(encode(name, { messages }).body)).toMatch(/"The call failed:("|\\nError: no)/)
  },
)

function catchOf(action: () => unknown): GatewayError | null {
  try {
    action()
    return null
  } catch (thrown) {
    if (thrown instanceof GatewayError) return thrown
    throw thrown
  }
}
