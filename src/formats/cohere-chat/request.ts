// The shape of a request of Cohere's chat, version 2. https://docs.cohere.com/reference/chat

import { isObject, isSet, isText, type MutableJson } from '../../lib/json-value.ts'
import type { JsonObject, RequestFacts } from '../format.ts'
import {
  type Check,
  checkFields,
  checkModel,
  checksItself,
  isAnObject,
  isBoolean,
  isFunctionDefinition,
  isInteger,
  isList,
  isNumber,
  isString,
  isStringOrStrings,
  isTyped,
  listIn,
  measure,
  messagesIn,
  refuse,
  refuseRole,
} from '../shared/checks.ts'

const roles: ReadonlySet<unknown> = new Set(['system', 'developer', 'user', 'assistant', 'tool'])

const checks: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['messages', checksItself],
  ['tools', checksItself],
  ['stream', isBoolean],
  ['strict_tools', isBoolean],
  ['documents', isDocuments],
  ['citation_options', isAnObject],
  ['response_format', isTyped],
  ['safety_mode', isString],
  ['max_tokens', isInteger],
  ['stop_sequences', isStringOrStrings],
  ['temperature', isNumber],
  ['seed', isInteger],
  ['frequency_penalty', isNumber],
  ['presence_penalty', isNumber],
  ['k', isNumber],
  ['p', isNumber],
  ['logprobs', isBoolean],
  ['tool_choice', isToolChoice],
  ['thinking', isTyped],
  ['priority', isInteger],
])

export function checkRequest(body: JsonObject): RequestFacts {
  const fields = Object.keys(body)
  const model = checkModel(body['model'])
  const inputCharacters = checkMessages(body['messages']) + checkTools(body['tools'])
  checkFields(body, fields, checks)
  return {
    model,
    streaming: body['stream'] === true,
    // The end of every stream brings it.
    wantsStreamUsage: true,
    inputCharacters: inputCharacters + measure(body['documents'], 'documents', 1),
    fields,
  }
}

/** @returns the UTF-16 units of the prompt's text */
function checkMessages(value: unknown): number {
  const messages = messagesIn(value)
  let characters = 0
  for (let index = 0; index < messages.length; index++) {
    const message: unknown = messages[index]
    if (!isObject(message)) refuse(`messages[${index}]`, 'must be an object')
    characters += checkMessage(message, `messages[${index}]`)
  }
  return characters
}

function checkMessage(message: MutableJson, path: string): number {
  const { role } = message
  if (!roles.has(role)) refuseRole(role, `${path}.role`, roles)
  if (role === 'tool' && !isText(message['tool_call_id']))
    refuse(`${path}.tool_call_id`, 'must name the tool call that this message answers')
  if (isSet(message['tool_plan'])) isString(message['tool_plan'], `${path}.tool_plan`)
  checkContent(message, `${path}.content`)
  checkToolCalls(message['tool_calls'], `${path}.tool_calls`)
  const { content, tool_calls: calls, tool_plan: plan } = message
  return measure(content, path, 2) + measure(calls, path, 2) + measure(plan, path, 2)
}

/** Only the assistant may say nothing. */
function checkContent({ content, role }: MutableJson, path: string): void {
  if (typeof content === 'string') return
  if (!isSet(content)) {
    if (role !== 'assistant') refuse(path, content === null ? 'must not be null' : 'is missing')
    return
  }
  if (!Array.isArray(content)) refuse(path, 'must be a string or a list of parts')
  content.forEach((part: unknown, index) => {
    checkPart(part, `${path}[${index}]`)
  })
}

function checkPart(part: unknown, path: string): void {
  if (typeof part === 'string') return
  if (!isObject(part)) refuse(path, 'must be an object with a type')
  const { type } = part
  if (!isText(type)) refuse(`${path}.type`, 'must be a non-empty string')
  if (type === 'text' || type === 'thinking') isString(part[type], `${path}.${type}`)
  else if (type === 'image_url') {
    isAnObject(part['image_url'], `${path}.image_url`)
    if (!isText((part['image_url'] as MutableJson)['url']))
      refuse(`${path}.image_url.url`, 'must be a non-empty string')
  } else if (type === 'document') isDocument(part['document'], `${path}.document`)
}

function checkToolCalls(value: unknown, path: string): void {
  const calls = listIn(value, path)
  for (let index = 0; index < calls.length; index++) {
    const call = calls[index]
    const place = `${path}[${index}]`
    if (!isObject(call)) refuse(place, 'must be an object')
    if (!isText(call['id'])) refuse(`${place}.id`, 'must be a non-empty string')
    const called = call['function']
    if (!isObject(called)) refuse(`${place}.function`, 'must be an object with name and arguments')
    if (!isText(called['name'])) refuse(`${place}.function.name`, 'must be a non-empty string')
    isString(called['arguments'] ?? '', `${place}.function.arguments`)
  }
}

/** @returns the UTF-16 units of the definitions */
function checkTools(tools: unknown): number {
  listIn(tools, 'tools').forEach((tool, index) => {
    const path = `tools[${index}]`
    if (!isObject(tool)) refuse(path, 'must be an object')
    isFunctionDefinition(tool['function'], `${path}.function`)
  })
  return measure(tools, 'tools', 1)
}

function isDocuments(value: unknown, path: string): void {
  isList(value, path)
  for (const [index, document] of (value as readonly unknown[]).entries())
    isDocument(document, `${path}[${index}]`)
}

function isDocument(value: unknown, path: string): void {
  if (typeof value === 'string') return
  isAnObject(value, path)
  const data = (value as MutableJson)['data']
  if (typeof data !== 'string') isAnObject(data, `${path}.data`)
}

function isToolChoice(value: unknown, path: string): void {
  if (value !== 'REQUIRED' && value !== 'NONE') refuse(path, 'must be REQUIRED or NONE')
}
