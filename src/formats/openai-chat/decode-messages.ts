// The messages of a request. What several `tool` messages in a row say is one turn of the user's side.

import type { Message } from '../../conversation/conversation.ts'
import type { Extra, Part, ToolResultContent, ToolResultPart } from '../../conversation/parts.ts'
import { isObject, isText, type JsonObject, type MutableJson } from '../../lib/json-value.ts'
import { listOf } from '../openai-shared/fields.ts'
import { otherFields, putAside } from '../shared/aside.ts'
import { type ContentPart, cacheOf, decodeContent } from './decode-content.ts'
import { decodeReasoning, reasoningFields } from './decode-reasoning.ts'
import { decodeToolCalls } from './decode-tool-calls.ts'
import { formatName } from './name.ts'

const messageFields: ReadonlySet<string> = new Set([
  'role',
  'name',
  'content',
  'refusal',
  'tool_calls',
  'function_call',
  'tool_call_id',
  'cache_control',
  ...reasoningFields,
])

export function decodeMessages(messages: unknown): readonly Message[] {
  const decoded: Message[] = []
  /** Ids made for calls of functions without ids, by the name of the function. */
  const madeIds = new Map<string, string>()
  let results: ToolResultPart[] | null = null
  listOf(messages).forEach((message, index) => {
    if (!isObject(message)) return
    const { role } = message
    if (role === 'tool' || role === 'function') {
      const result = decodeToolMessage(message, index, madeIds)
      if (results === null) {
        results = [result]
        decoded.push({ role: 'user', parts: results })
      } else results.push(result)
      return
    }
    results = null
    decoded.push(
      role === 'assistant' ? decodeAssistant(message, index, madeIds) : decodePlain(message, index),
    )
  })
  return decoded
}

/** Of the system, of the developer, of the user. */
function decodePlain(message: MutableJson, index: number): Message {
  const { role } = message
  const kept = role === 'developer' ? { role } : {}
  return {
    role: role === 'user' ? 'user' : 'system',
    parts: marked(decodeContent(message['content'], pathOf(index)), message),
    ...nameOf(message),
    ...extraOf(message, kept),
  }
}

function decodeAssistant(message: MutableJson, index: number, madeIds: Map<string, string>): Message {
  const calls = decodeToolCalls(message, () => `function_call_${index}`)
  if (isObject(message['function_call'])) for (const { name, id } of calls) madeIds.set(name, id)
  const refusal = message['refusal']
  const parts: Part[] = [
    ...decodeReasoning(message),
    ...decodeContent(message['content'], pathOf(index)),
    ...(isText(refusal) ? [{ type: 'refusal' as const, text: refusal }] : []),
    ...calls,
  ]
  return { role: 'assistant', parts: marked(parts, message), ...nameOf(message), ...extraOf(message, {}) }
}

function decodeToolMessage(
  message: MutableJson,
  index: number,
  madeIds: ReadonlyMap<string, string>,
): ToolResultPart {
  const { name, tool_call_id: id } = message
  const called = isText(name) ? name : ''
  const callId = isText(id) ? id : (madeIds.get(called) ?? `function_call_${called}`)
  return {
    type: 'tool_result',
    callId,
    ...(isText(name) ? { name } : {}),
    content: decodeContent(message['content'], pathOf(index)).flatMap(asResult),
    ...cacheOf(message),
    ...putAside(formatName, otherFields(message, messageFields)),
  }
}

function pathOf(index: number): string {
  return `messages[${index}]`
}

function asResult(part: ContentPart): readonly ToolResultContent[] {
  if (part.type === 'refusal') return [{ type: 'text', text: part.text }]
  return part.type === 'reasoning' ? [] : [part]
}

/** A marker of the whole message stands for one on its last part. */
function marked(parts: Part[], message: JsonObject): readonly Part[] {
  const marker = cacheOf(message)
  const last = parts.at(-1)
  if (marker.cache === undefined || last === undefined) return parts
  if (last.type === 'reasoning' || last.type === 'refusal' || last.type === 'opaque') return parts
  return [...parts.slice(0, -1), { ...last, ...marker }]
}

function nameOf({ name }: JsonObject): { name?: string } {
  return isText(name) ? { name } : {}
}

function extraOf(message: JsonObject, kept: JsonObject): { extra?: Extra } {
  return putAside(formatName, { ...kept, ...otherFields(message, messageFields) })
}
