import { describe, expect, test } from 'vitest'
import type { Conversation, Message } from '../../conversation/conversation.ts'
import type { Part } from '../../conversation/parts.ts'
import { asGatewayError, type GatewayError } from '../../errors.ts'
import type { EncodeTarget } from '../format.ts'
import { decodeRequest } from './decode-request.ts'
import { encodeRequest } from './encode-request.ts'

const target: EncodeTarget = { model: 'up', maxOutputTokens: null, streamUsage: 'reject', quirks: {} }
const text = (value: string): Part => ({ type: 'text', text: value })
const hello: Message = { role: 'user', parts: [text('hi')] }

function conversation(changes: Partial<Conversation> = {}): Conversation {
  return { model: 'm', streaming: false, messages: [hello], tools: [], sampling: {}, ...changes }
}

function encode(changes: Partial<Conversation>) {
  return encodeRequest(conversation(changes), target)
}

function failureOf(action: () => unknown): GatewayError {
  try {
    action()
  } catch (thrown) {
    return asGatewayError(thrown)
  }
  throw new Error('nothing was thrown')
}

const weather = {
  type: 'function',
  name: 'weather',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
} as const

describe('messages', () => {
  test('what the assistant says before its calls is its plan, and results are messages of their own', () => {
    const { body } = encode({
      messages: [
        hello,
        {
          role: 'assistant',
          parts: [
            { type: 'reasoning', text: 'hm', origin: 'cohere-chat' },
            text('I look.'),
            { type: 'tool_call', id: 'c', name: 'weather', arguments: '' },
          ],
        },
        {
          role: 'user',
          parts: [
            { type: 'tool_result', callId: 'c', content: [{ type: 'text', text: 'sun' }] },
            text('and now?'),
          ],
        },
      ],
      tools: [weather],
    })
    expect(body['messages']).toEqual([
      { role: 'user', content: 'hi' },
      {
        role: 'assistant',
        content: [{ type: 'thinking', thinking: 'hm' }],
        tool_plan: 'I look.',
        tool_calls: [{ id: 'c', type: 'function', function: { name: 'weather', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'c', content: 'sun' },
      { role: 'user', content: 'and now?' },
    ])
  })

  test('thoughts of another vendor are left out, and told of', () => {
    const signed: Part = { type: 'reasoning', text: 'hm', signature: 's', origin: 'anthropic-messages' }
    const { body, warnings } = encode({
      messages: [hello, { role: 'assistant', parts: [signed, text('yes')] }],
    })
    expect(body['messages']).toEqual([
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: 'yes' },
    ])
    expect(warnings).toEqual(['dropped content reasoning'])
  })

  test('an image in a result is shown by the user', () => {
    const image: Part = { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AA' } }
    const { body } = encode({
      messages: [
        { role: 'user', parts: [{ type: 'tool_result', callId: 'c', name: 'shot', content: [image] }] },
      ],
    })
    expect(body['messages']).toEqual([
      { role: 'tool', tool_call_id: 'c', content: '[The image follows in the next message.]' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Image in the result of the tool shot:' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } },
        ],
      },
    ])
  })

  test('system messages come first, and errors of tools are told as such', () => {
    const failed: Part = {
      type: 'tool_result',
      callId: 'c',
      content: [{ type: 'text', text: 'no' }],
      isError: true,
    }
    const { body } = encode({
      messages: [
        { role: 'user', parts: [failed] },
        { role: 'system', parts: [text('Be brief.')] },
      ],
    })
    expect(body['messages']).toEqual([
      { role: 'system', content: 'Be brief.' },
      {
        role: 'tool',
        tool_call_id: 'c',
        content: [
          { type: 'text', text: 'The call failed:' },
          { type: 'text', text: 'no' },
        ],
      },
    ])
  })

  test('a text file is read, other files are refused', () => {
    const file = (mediaType: string): Part => ({
      type: 'file',
      name: 'a.txt',
      source: { kind: 'base64', mediaType, data: Buffer.from('inside').toString('base64') },
    })
    expect(encode({ messages: [{ role: 'user', parts: [file('text/plain')] }] }).body['messages']).toEqual([
      { role: 'user', content: 'a.txt:\ninside' },
    ])
    expect(
      failureOf(() => encode({ messages: [{ role: 'user', parts: [file('application/pdf')] }] })),
    ).toMatchObject({ code: 'unsupported_parameter', param: 'messages' })
  })

  test('documents are text for others, and documents again for the format itself', () => {
    const documents = [{ id: 'd1', data: { title: 'T', text: 'inside' } }, 'plain']
    const asked = decodeRequest({ model: 'm', messages: [{ role: 'user', content: 'hi' }], documents })
    expect(asked.messages[0]?.parts.map(part => (part.type === 'text' ? part.text : ''))).toEqual([
      '[d1]\ntitle: T\ntext: inside',
      'plain',
      'hi',
    ])
    expect(encodeRequest(asked, target).body).toEqual({
      model: 'up',
      messages: [{ role: 'user', content: 'hi' }],
      documents,
    })
  })
})
