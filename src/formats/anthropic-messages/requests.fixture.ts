// For tests of requests: short words for the parts of a conversation, and the request that it becomes.

import type { Conversation, Message } from '../../conversation/conversation.ts'
import type { Part } from '../../conversation/parts.ts'
import { GatewayError } from '../../errors.ts'
import type { EncodedRequest, EncodeTarget, JsonObject } from '../format.ts'
import { anthropicMessages } from './index.ts'
import { plainConversation, targetOf } from './messages.fixture.ts'

export const text = (value: string): Part => ({ type: 'text', text: value })
export const user = (...parts: Part[]): Message => ({ role: 'user', parts })
export const assistant = (...parts: Part[]): Message => ({ role: 'assistant', parts })
export const call = (id: string, more: object = {}): Part => ({
  type: 'tool_call',
  id,
  name: 'look',
  arguments: '{"a":1}',
  ...more,
})
export const result = (callId: string, more: object = {}): Part => ({
  type: 'tool_result',
  callId,
  content: [{ type: 'text', text: 'seen' }],
  ...more,
})
export const look = {
  type: 'function',
  name: 'look',
  parameters: { type: 'object', properties: {} },
} as const

type Asked = Partial<Conversation>

export interface RequestWriter {
  encode(asked: Asked, model?: string, more?: Partial<EncodeTarget>): EncodedRequest
  bodyOf(asked: Asked, model?: string): JsonObject
  /** @throws Error where nothing is refused */
  refusalOf(asked: Asked, model?: string): GatewayError
}

/** @param hold throws where a body is not one of the wire; none holds an empty value */
export function createRequestWriter(hold: (body: JsonObject) => void): RequestWriter {
  const encode: RequestWriter['encode'] = (asked, model = 'claude-sonnet-4-5', more = {}) => {
    const conversation = { ...plainConversation, ...asked }
    const encoded = anthropicMessages.chat.encodeRequest(conversation, targetOf(model, more))
    hold(encoded.body)
    if (/null|undefined/.test(JSON.stringify(encoded.body))) throw new Error('an empty value is sent')
    return encoded
  }
  return {
    encode,
    bodyOf: (asked, model) => encode(asked, model).body,
    refusalOf(asked, model) {
      try {
        encode(asked, model)
      } catch (thrown) {
        if (thrown instanceof GatewayError) return thrown
        throw thrown
      }
      throw new Error('Nothing was refused.')
    },
  }
}
