// What a message of a chat answer, or one delta of it, says.

import { isObject, isText, type MutableJson } from '../../lib/json-value.ts'

/** UTF-16 units of its text, reasoning and tool arguments. */
export function charactersOf(message: MutableJson): number {
  const content = message['content']
  let characters = typeof content === 'string' ? content.length : lengthOf(content)
  // Some vendors send the same reasoning under both names.
  characters += lengthOf(message['reasoning_content'] ?? message['reasoning']) + lengthOf(message['refusal'])
  if (Array.isArray(message['tool_calls']))
    for (const call of message['tool_calls']) if (isObject(call)) characters += argumentsOf(call['function'])
  return characters + argumentsOf(message['function_call'])
}

/** Whether there is content in it: a role alone is none, nor is an empty text. */
export function hasContent(message: MutableJson): boolean {
  const content = message['content']
  if (isText(content) || hasItems(content)) return true
  return (
    hasItems(message['tool_calls']) ||
    isText(message['reasoning_content']) ||
    isText(message['reasoning']) ||
    hasItems(message['reasoning_details']) ||
    isText(message['refusal']) ||
    isObject(message['audio']) ||
    hasItems(message['images']) ||
    isObject(message['function_call'])
  )
}

function hasItems(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0
}

/** Text, or a list of parts with `text` or `thinking`. */
function lengthOf(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (!Array.isArray(value)) return 0
  let length = 0
  for (const part of value) if (isObject(part)) length += lengthOf(part['text'] ?? part['thinking'])
  return length
}

function argumentsOf(call: unknown): number {
  return isObject(call) && typeof call['arguments'] === 'string' ? call['arguments'].length : 0
}
