// Messages as Anthropic takes them: the system prompt apart, user and assistant in turn, results of tools first.

import type { Conversation, Message } from '../../conversation/conversation.ts'
import { warnOfLostThoughts } from '../../conversation/lost-thoughts.ts'
import { mergeTurns, type Turn } from '../../conversation/merge-turns.ts'
import type { Part } from '../../conversation/parts.ts'
import { GatewayError } from '../../errors.ts'
import type { JsonObject, MutableJson } from '../../lib/json-value.ts'
import { createCallIds } from './call-ids.ts'
import { type ContentContext, encodePart, opaqueType } from './encode-content.ts'
import { isOwnThought } from './foreign-reasoning.ts'
import type { Generation } from './generations.ts'
import { formatName } from './wire.ts'

export interface EncodedMessages {
  readonly system: readonly JsonObject[]
  readonly messages: readonly JsonObject[]
}

/**
 * @param warnings grows
 * @throws GatewayError `unsupported_parameter`, `invalid_request` naming the message
 */
export function encodeMessages(
  { messages }: Conversation,
  { prefill }: Generation,
  warnings: string[],
): EncodedMessages {
  const callId = createCallIds()
  warnings.push(...warnOfLostThoughts(messages, isOwnThought))
  const { system, turns } = mergeTurns(messages.map(message => withoutForeign(message, warnings)))
  const encoded = turns
    .map(turn => encodeTurn(turn, { warnings, callId }))
    .filter(({ content }) => content.length > 0)
  return {
    system: system
      .map(part => encodePart(part, { path: 'system', role: 'user', warnings, callId }))
      .filter(block => block !== null),
    messages: checkEnds(encoded, prefill).map(({ role, content }) => ({ role, content })),
  }
}

/** Without what leaves no trace, so that no turn is empty, and neighbours of one that would be become one. */
function withoutForeign(message: Message, warnings: string[]): Message {
  if (message.name !== undefined) warnings.push('dropped parameter name')
  return { ...message, parts: message.parts.filter(part => leavesTrace(part, warnings)) }
}

function leavesTrace(part: Part, warnings: string[]): boolean {
  switch (part.type) {
    case 'reasoning':
      return isOwnThought(part)
    case 'text':
      return part.text.trim() !== '' || part.extra !== undefined
    case 'refusal':
      return part.text.trim() !== ''
    case 'opaque':
      if (part.format === formatName) return true
      warnings.push(`dropped content ${opaqueType(part)}`)
      return false
    case 'image':
    case 'audio':
    case 'file':
    case 'tool_call':
    case 'tool_result':
      return true
  }
}

interface EncodedTurn {
  readonly role: 'user' | 'assistant'
  readonly content: readonly JsonObject[]
  readonly index: number
}

function encodeTurn(
  { role, parts, index }: Turn,
  { warnings, callId }: Pick<ContentContext, 'warnings' | 'callId'>,
): EncodedTurn {
  const context: ContentContext = { path: `messages[${index}]`, role, warnings, callId }
  return {
    role,
    index,
    content: parts.map(part => encodePart(part, context)).filter(block => block !== null),
  }
}

/** The first to speak is the user. What the assistant said last is to be continued: not by every model. */
function checkEnds(turns: readonly EncodedTurn[], prefill: boolean): readonly EncodedTurn[] {
  const opened = turns[0]?.role === 'user' ? turns : [opening, ...turns]
  const last = opened.at(-1)
  if (last?.role !== 'assistant') return opened
  const param = `messages[${last.index}]`
  if (last.content.some(({ type }) => type === 'tool_use'))
    throw new GatewayError('invalid_request', {
      message: `\`${param}\` calls tools, and their results do not follow.`,
      param,
    })
  if (!prefill)
    throw new GatewayError('unsupported_parameter', {
      message: `\`${param}\` is of the assistant: this model takes a conversation that ends with the user.`,
      param,
    })
  return [...opened.slice(0, -1), { ...last, content: trimEnd(last.content) }]
}

/** Stands in for a user who said nothing that was kept. */
const opening: EncodedTurn = { role: 'user', index: -1, content: [{ type: 'text', text: '.' }] }

/** A prefill must not end in a blank. */
function trimEnd(content: readonly JsonObject[]): readonly JsonObject[] {
  const last: MutableJson = { ...content.at(-1) }
  if (typeof last['text'] !== 'string') return content
  return [...content.slice(0, -1), { ...last, text: last['text'].trimEnd() }]
}
