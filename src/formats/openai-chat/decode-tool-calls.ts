// Tool calls of a message: of functions and of custom tools, and the single function call of earlier versions.

import type { Extra, ToolCallPart } from '../../conversation/parts.ts'
import { isObject, isText, type JsonObject, type MutableJson } from '../../lib/json-value.ts'
import { listOf } from '../openai-shared/fields.ts'
import { otherFields, putAside } from '../shared/aside.ts'
import { formatName } from './name.ts'

/** @param createId for calls that came without an id */
export function decodeToolCalls(message: MutableJson, createId: () => string): ToolCallPart[] {
  const calls = listOf(message['tool_calls']).filter(isObject)
  const legacy = message['function_call']
  if (calls.length === 0 && isObject(legacy)) calls.push({ function: legacy })
  return calls.flatMap(call => {
    const called = calledOf(call)
    if (called === null) return []
    const id = isText(call['id']) ? call['id'] : createId()
    return [{ type: 'tool_call' as const, id, ...called, ...signatureOf(call), ...callExtraOf(call) }]
  })
}

type Called = Pick<ToolCallPart, 'name' | 'arguments' | 'custom'>

function calledOf(call: MutableJson): Called | null {
  const { function: called, custom } = call
  if (isObject(custom) && isText(custom['name']))
    return { name: custom['name'], arguments: argumentsText(custom['input']), custom: true }
  if (!isObject(called) || !isText(called['name'])) return null
  return { name: called['name'], arguments: argumentsText(called['arguments']) }
}

/** Some servers send the arguments as the object that they should be text of. */
export function argumentsText(value: unknown): string {
  if (typeof value === 'string') return value
  return isObject(value) || Array.isArray(value) ? JSON.stringify(value) : ''
}

/** Gemini's signature, where its OpenAI-compatible surface puts it. https://ai.google.dev/gemini-api/docs/thought-signatures */
export function signatureOf({ extra_content: content }: JsonObject): { signature?: string } {
  const google = isObject(content) ? content['google'] : undefined
  const signature = isObject(google) ? google['thought_signature'] : undefined
  return isText(signature) ? { signature } : {}
}

const callFields: ReadonlySet<string> = new Set([
  'id',
  'type',
  'index',
  'function',
  'custom',
  'extra_content',
  'cache_control',
])

export function callExtraOf(call: MutableJson): { extra?: Extra } {
  return putAside(formatName, otherFields(call, callFields))
}
