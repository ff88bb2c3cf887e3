// Short ways to say things, for the tests of this folder.

import type { Conversation, FunctionTool, Message } from '../../conversation/conversation.ts'
import type { Part } from '../../conversation/parts.ts'
import { GatewayError } from '../../errors.ts'
import type { EncodeContext, EncodeTarget } from '../format.ts'
import { encodeRequest } from './encode-request.ts'

export const claude = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
export const nova = 'eu.amazon.nova-lite-v1:0'

export function talk(...messages: readonly Message[]): Conversation {
  return { model: 'm', streaming: false, messages, tools: [], sampling: {} }
}

export const user = (...parts: readonly (Part | string)[]): Message => ({
  role: 'user',
  parts: parts.map(asPart),
})
export const assistant = (...parts: readonly (Part | string)[]): Message => ({
  role: 'assistant',
  parts: parts.map(asPart),
})
export const system = (...parts: readonly (Part | string)[]): Message => ({
  role: 'system',
  parts: parts.map(asPart),
})

function asPart(part: Part | string): Part {
  return typeof part === 'string' ? { type: 'text', text: part } : part
}

export function targetOf(model: string): EncodeTarget {
  return { model, maxOutputTokens: null, streamUsage: 'reject', quirks: {} }
}

export function encode(conversation: Conversation, model = claude) {
  const { body, warnings } = encodeRequest(conversation, targetOf(model))
  return { ...body, warnings } as Record<string, unknown> & { readonly warnings: readonly string[] }
}

export const context: EncodeContext<Conversation> = {
  asked: talk(),
  id: 'exchange',
  created: 0,
  inputTokens: 42,
  createId: () => 'id',
  elapsedMs: () => 12.3,
}

export const png = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1').toString('base64')
export const weather: FunctionTool = { type: 'function', name: 'weather', parameters: { type: 'object' } }

export const call = (id = 'c1'): Part => ({
  type: 'tool_call',
  id,
  name: 'weather',
  arguments: '{"city":"Rio"}',
})
export const result = (callId = 'c1', text = 'warm'): Part => ({
  type: 'tool_result',
  callId,
  name: 'weather',
  content: [{ type: 'text', text }],
})
export const ask = (changes: Partial<Conversation>): Conversation => ({ ...talk(user('hi')), ...changes })

/** The parameter for which an action is refused. */
export function refusedParam(action: () => unknown): string | null {
  try {
    action()
  } catch (thrown) {
    if (thrown instanceof GatewayError && thrown.code === 'unsupported_parameter') return thrown.param
    throw thrown
  }
  throw new Error('nothing was thrown')
}
