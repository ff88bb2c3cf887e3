// The format as tests use it, and what its encoders and decoders are given.

import type { Conversation } from '../../conversation/conversation.ts'
import type { ChatTranslation, DecodeContext, EncodeContext, EncodeTarget } from '../format.ts'
import { openAiResponses } from './index.ts'

export const chatOfResponses = openAiResponses.chat as ChatTranslation

let ids = 0
export const decodeContext: DecodeContext = { createId: () => `id${ids++}` }

export const plainConversation: Conversation = {
  model: 'some-model',
  streaming: false,
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hello' }] }],
  tools: [],
  sampling: {},
}

export function encodeContext(asked: Conversation = plainConversation): EncodeContext<Conversation> {
  return { asked, id: 'req_0abc', created: 1_700_000_000, inputTokens: 5, createId: decodeContext.createId }
}

export const encodeTarget: EncodeTarget = {
  model: 'upstream-model',
  maxOutputTokens: null,
  streamUsage: 'ask',
  quirks: {},
}
