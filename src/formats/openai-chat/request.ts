// The shape of a chat completion request, checked by hand: the hot path has no room for a schema library.

import { isObject, isSet, isText, type MutableJson } from '../../lib/json-value.ts'
import type { Address, JsonObject, RequestFacts } from '../format.ts'
import { wantsStreamUsage } from '../openai-shared/stream-usage.ts'
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
  isPositiveInteger,
  isStreamOptions,
  isString,
  isStringOrObject,
  isStringOrStrings,
  isTyped,
  listIn,
  measure,
  messagesIn,
  refuse,
  refuseRole,
} from '../shared/checks.ts'

const maxMessages = 10_000
const roles: ReadonlySet<unknown> = new Set(['system', 'developer', 'user', 'assistant', 'tool', 'function'])

const checks: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['messages', checksItself],
  ['tools', checksItself],
  ['functions', checksItself],
  ['stream', isBoolean],
  ['stream_options', isStreamOptions],
  ['temperature', isNumber],
  ['top_p', isNumber],
  ['presence_penalty', isNumber],
  ['frequency_penalty', isNumber],
  ['n', isPositiveInteger],
  ['max_tokens', isInteger],
  ['max_completion_tokens', isInteger],
  ['seed', isInteger],
  ['top_logprobs', isInteger],
  ['logprobs', isBoolean],
  ['logit_bias', isAnObject],
  ['stop', isStringOrStrings],
  ['tool_choice', isStringOrObject],
  ['function_call', isStringOrObject],
  ['parallel_tool_calls', isBoolean],
  ['response_format', isTyped],
  ['reasoning_effort', isString],
  ['service_tier', isString],
  ['user', isString],
  ['metadata', isAnObject],
  ['modalities', isList],
  ['audio', isAnObject],
  ['prediction', isAnObject],
])

/** The model of a deployment's path counts; its clients leave the field out of the body. */
export function checkRequest(body: JsonObject, address: Address): RequestFacts {
  const fields = Object.keys(body)
  const model = checkModel(address.model ?? body['model'])
  let inputCharacters = checkMessages(body['messages'])
  checkFields(body, fields, checks)
  inputCharacters += checkTools(body['tools'], 'tools') + checkTools(body['functions'], 'functions')
  return {
    model,
    streaming: body['stream'] === true,
    wantsStreamUsage: wantsStreamUsage(body),
    inputCharacters,
    fields,
  }
}

/** @returns the UTF-16 units of the prompt's text */
function checkMessages(value: unknown): number {
  const messages = messagesIn(value, maxMessages)
  let characters = 0
  for (let index = 0; index < messages.length; index++) {
    const message: unknown = messages[index]
    if (!isObject(message)) refuse(`messages[${index}]`, 'must be an object')
    characters += checkMessage(message, index)
  }
  return characters
}

function checkMessage(message: MutableJson, index: number): number {
  const role = message['role']
  if (!roles.has(role)) refuseRole(role, `messages[${index}].role`, roles)
  let characters = 0
  for (const field in message) {
    const value = message[field]
    if (typeof value !== 'object' || value === null) continue
    if (field === 'content') characters += checkParts(value, `messages[${index}].content`)
    else if (field === 'tool_calls') characters += checkToolCalls(value, `messages[${index}].tool_calls`)
    else measure(value, `messages[${index}].${field}`, 3)
  }
  const content = message['content']
  if (typeof content === 'string') characters += content.length
  else if (typeof content !== 'object' || content === null) checkNoContent(message, index)
  if (role === 'tool' && !isText(message['tool_call_id']))
    refuse(`messages[${index}].tool_call_id`, 'must name the tool call that this message answers')
  return characters
}

/** Only the assistant, and the answer of a function, may say nothing. */
function checkNoContent(message: MutableJson, index: number): void {
  const { content, role } = message
  const path = `messages[${index}].content`
  if (isSet(content)) refuse(path, 'must be a string or a list of parts')
  if (role === 'assistant' || role === 'function') return
  refuse(path, content === null ? 'must not be null' : 'is missing')
}

function checkParts(parts: unknown, path: string): number {
  if (!Array.isArray(parts)) refuse(path, 'must be a string or a list of parts')
  let characters = 0
  for (let index = 0; index < parts.length; index++) {
    const part: unknown = parts[index]
    if (!isObject(part)) refuse(`${path}[${index}]`, 'must be an object with a type')
    if (!isText(part['type'])) refuse(`${path}[${index}].type`, 'must be a non-empty string')
    if (part['type'] === 'text') {
      const { text } = part
      if (typeof text !== 'string') refuse(`${path}[${index}].text`, 'must be a string')
      characters += text.length
    }
    measure(part, `${path}[${index}]`, 4)
  }
  return characters
}

function checkToolCalls(calls: unknown, path: string): number {
  if (!Array.isArray(calls)) refuse(path, 'must be a list')
  let characters = 0
  for (let index = 0; index < calls.length; index++) {
    const call: unknown = calls[index]
    const place = `${path}[${index}]`
    if (!isObject(call)) refuse(place, 'must be an object')
    if (!isText(call['id'])) refuse(`${place}.id`, 'must be a non-empty string')
    const { type } = call
    if (type !== undefined && typeof type !== 'string') refuse(`${place}.type`, 'must be a string')
    if (type === undefined || type === 'function') checkCalledFunction(call['function'], `${place}.function`)
    characters += measure(call, place, 4)
  }
  return characters
}

function checkCalledFunction(called: unknown, path: string): void {
  if (!isObject(called)) refuse(path, 'must be an object with name and arguments')
  if (!isText(called['name'])) refuse(`${path}.name`, 'must be a non-empty string')
  if (typeof called['arguments'] !== 'string') refuse(`${path}.arguments`, 'must be a string of JSON')
}

/** Tools, or the older functions, which are tools without a wrapper. Returns the UTF-16 units of the definitions. */
function checkTools(value: unknown, path: string): number {
  const tools = listIn(value, path)
  let characters = 0
  for (let index = 0; index < tools.length; index++) {
    const tool: unknown = tools[index]
    const place = `${path}[${index}]`
    if (!isObject(tool)) refuse(place, 'must be an object')
    if (path === 'functions') isFunctionDefinition(tool, place)
    else if (!isText(tool['type'])) refuse(`${place}.type`, 'must be a non-empty string')
    else if (tool['type'] === 'function') isFunctionDefinition(tool['function'], `${place}.function`)
    characters += measure(tool, place, 2)
  }
  return characters
}
