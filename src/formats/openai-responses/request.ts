// The shape of a request for a response, checked by hand: the hot path has no room for a schema library.

import { isObject, isSet, isText, type MutableJson } from '../../lib/json-value.ts'
import type { JsonObject, RequestFacts } from '../format.ts'
import {
  type Check,
  checkFields,
  checkModel,
  checksItself,
  isAnObject,
  isBoolean,
  isInteger,
  isList,
  isNumber,
  isString,
  isStringOrObject,
  isTyped,
  listIn,
  measure,
  refuse,
  refuseRole,
} from '../shared/checks.ts'
import { kindOf } from './wire.ts'

const maxItems = 10_000
const roles: ReadonlySet<unknown> = new Set(['system', 'developer', 'user', 'assistant'])

const checks: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['input', checksItself],
  ['tools', checksItself],
  ['instructions', isString],
  ['stream', isBoolean],
  ['stream_options', isAnObject],
  ['store', isBoolean],
  ['background', isBoolean],
  ['temperature', isNumber],
  ['top_p', isNumber],
  ['top_logprobs', isInteger],
  ['max_output_tokens', isInteger],
  ['max_tool_calls', isInteger],
  ['tool_choice', isStringOrObject],
  ['parallel_tool_calls', isBoolean],
  ['text', isTextSettings],
  ['reasoning', isAnObject],
  ['include', isList],
  ['truncation', isString],
  ['service_tier', isString],
  ['user', isString],
  ['safety_identifier', isString],
  ['prompt_cache_key', isString],
  ['previous_response_id', isString],
  ['conversation', isStringOrObject],
  ['prompt', isAnObject],
  ['metadata', isAnObject],
])

export function checkRequest(body: JsonObject): RequestFacts {
  return { ...checkInputFields(body), model: checkModel(body['model']), streaming: body['stream'] === true }
}

/** What requests to the routes below `/responses` have in common: the input, and what goes with it. */
export function checkInputFields(body: JsonObject): Omit<RequestFacts, 'model' | 'streaming'> {
  const fields = Object.keys(body)
  checkFields(body, fields, checks)
  const { instructions } = body
  const inputCharacters =
    (typeof instructions === 'string' ? instructions.length : 0) +
    checkInput(body['input']) +
    checkTools(body['tools'])
  // The counts are part of the last event, whatever was asked.
  return { wantsStreamUsage: true, inputCharacters, fields }
}

/** Text, or items. May be missing: a stored prompt, or the response before, may say it all. */
function checkInput(input: unknown): number {
  if (!isSet(input)) return 0
  if (typeof input === 'string') return input.length
  if (!Array.isArray(input)) refuse('input', 'must be a string or a list of items')
  if (input.length > maxItems) refuse('input', `must hold at most ${maxItems} items`)
  let characters = 0
  for (let index = 0; index < input.length; index++) {
    const item: unknown = input[index]
    if (!isObject(item)) refuse(`input[${index}]`, 'must be an object')
    characters += checkItem(item, `input[${index}]`)
  }
  return characters
}

function checkItem(item: MutableJson, path: string): number {
  const { type } = item
  if (isSet(type) && !isText(type)) refuse(`${path}.type`, 'must be a non-empty string')
  switch (kindOf(item)) {
    case '':
      return refuse(`${path}.type`, 'is missing')
    case 'message':
      return checkMessage(item, path)
    case 'function_call':
      return checkCall(item, path, 'arguments')
    case 'custom_tool_call':
      return checkCall(item, path, 'input')
    case 'function_call_output':
    case 'custom_tool_call_output':
      return checkOutput(item, path)
    case 'item_reference':
      if (!isText(item['id'])) refuse(`${path}.id`, 'must be the id of an item')
      return 0
    default:
      return measure(item, path, 2)
  }
}

function checkMessage(item: MutableJson, path: string): number {
  const { role, content } = item
  if (!roles.has(role)) refuseRole(role, `${path}.role`, roles)
  if (content === undefined) refuse(`${path}.content`, 'is missing')
  return checkContent(content, `${path}.content`)
}

function checkCall(item: MutableJson, path: string, said: 'arguments' | 'input'): number {
  if (!isText(item['call_id'])) refuse(`${path}.call_id`, 'must be a non-empty string')
  if (!isText(item['name'])) refuse(`${path}.name`, 'must be a non-empty string')
  if (typeof item[said] !== 'string') refuse(`${path}.${said}`, 'must be a string')
  return measure(item, path, 2)
}

function checkOutput(item: MutableJson, path: string): number {
  if (!isText(item['call_id'])) refuse(`${path}.call_id`, 'must name the call that this item answers')
  if (item['output'] === undefined) refuse(`${path}.output`, 'is missing')
  return checkContent(item['output'], `${path}.output`)
}

/** Text or pieces; only the text among them counts, as the bytes of an image are no prompt. */
function checkContent(content: unknown, path: string): number {
  if (typeof content === 'string') return content.length
  if (!Array.isArray(content)) refuse(path, 'must be a string or a list of parts')
  let characters = 0
  for (let index = 0; index < content.length; index++) {
    const part: unknown = content[index]
    const place = `${path}[${index}]`
    if (!isObject(part)) refuse(place, 'must be an object with a type')
    if (!isText(part['type'])) refuse(`${place}.type`, 'must be a non-empty string')
    const { text } = part
    if (typeof text === 'string') characters += text.length
    else if (text !== undefined) refuse(`${place}.text`, 'must be a string')
    measure(part, place, 4)
  }
  return characters
}

function checkTools(value: unknown): number {
  const tools = listIn(value, 'tools')
  let characters = 0
  for (let index = 0; index < tools.length; index++) {
    const tool: unknown = tools[index]
    const place = `tools[${index}]`
    if (!isObject(tool)) refuse(place, 'must be an object')
    checkTool(tool, place)
    characters += measure(tool, place, 2)
  }
  return characters
}

function checkTool(tool: MutableJson, path: string): void {
  const { type, name, parameters, tools } = tool
  if (!isText(type)) refuse(`${path}.type`, 'must be a non-empty string')
  if (type !== 'function' && type !== 'custom' && type !== 'namespace') return
  if (!isText(name)) refuse(`${path}.name`, 'must be a non-empty string')
  if (isSet(parameters)) isAnObject(parameters, `${path}.parameters`)
  if (type !== 'namespace') return
  if (!Array.isArray(tools)) refuse(`${path}.tools`, 'must be a list')
  for (let index = 0; index < tools.length; index++) {
    const inner: unknown = tools[index]
    if (!isObject(inner)) refuse(`${path}.tools[${index}]`, 'must be an object')
    checkTool(inner, `${path}.tools[${index}]`)
  }
}

function isTextSettings(value: unknown, path: string): void {
  isAnObject(value, path)
  const { format } = value as MutableJson
  if (isSet(format)) isTyped(format, `${path}.format`)
}
