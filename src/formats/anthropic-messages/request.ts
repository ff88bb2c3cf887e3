// The shape of a request, checked by hand: the hot path has no room for a schema library. What is new to us passes.

import { isObject, isSet, isText, type JsonObject, type MutableJson } from '../../lib/json-value.ts'
import type { RequestFacts } from '../format.ts'
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
  isStrings,
  isTyped,
  listIn,
  measure,
  messagesIn,
  refuse,
} from '../shared/checks.ts'

const maxMessages = 100_000
const roles: ReadonlySet<unknown> = new Set(['user', 'assistant', 'system'])

const checks: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['messages', checksItself],
  ['system', checksItself],
  ['tools', checksItself],
  ['stream', isBoolean],
  ['max_tokens', isInteger],
  ['temperature', isNumber],
  ['top_p', isNumber],
  ['top_k', isInteger],
  ['stop_sequences', isStrings],
  ['tool_choice', isToolChoice],
  ['thinking', isThinking],
  ['output_config', isAnObject],
  ['metadata', isAnObject],
  ['service_tier', isString],
  ['container', isStringOrObject],
  ['mcp_servers', isList],
])

export function checkRequest(body: JsonObject): RequestFacts {
  const fields = Object.keys(body)
  const model = checkModel(body['model'])
  const messages = checkMessages(body['messages'])
  checkFields(body, fields, checks)
  return {
    model,
    streaming: body['stream'] === true,
    wantsStreamUsage: true,
    inputCharacters: messages + checkSystem(body['system']) + checkTools(body['tools']),
    fields,
  }
}

/** @returns the UTF-16 units of the prompt's text */
function checkMessages(value: unknown): number {
  const messages = messagesIn(value, maxMessages)
  let characters = 0
  for (let index = 0; index < messages.length; index++) {
    const message: unknown = messages[index]
    const texts = charactersOfTexts(message)
    if (texts !== null) {
      characters += texts
      continue
    }
    const path = `messages[${index}]`
    if (!isObject(message)) refuse(path, 'must be an object')
    const { role, content } = message
    if (!roles.has(role))
      refuse(`${path}.role`, role === undefined ? 'is missing' : 'must be user, assistant or system')
    if (content === undefined && role !== 'system') refuse(`${path}.content`, 'is missing')
    characters += checkContent(content ?? '', `${path}.content`, 3)
  }
  return characters
}

/** What most messages are, nothing but texts, needs no path to name. Null for all others, faulty ones among them. */
function charactersOfTexts(message: unknown): number | null {
  if (!isObject(message) || !roles.has(message['role'])) return null
  const { content } = message
  if (typeof content === 'string') return content.length
  if (!Array.isArray(content)) return null
  let characters = 0
  for (const block of content as readonly unknown[]) {
    if (!isObject(block) || block['type'] !== 'text' || typeof block['text'] !== 'string') return null
    characters += block['text'].length
  }
  return characters
}

function checkSystem(system: unknown): number {
  return isSet(system) ? checkContent(system, 'system', 1) : 0
}

/** @param depth levels above the content */
function checkContent(content: unknown, path: string, depth: number): number {
  if (typeof content === 'string') return content.length
  if (!Array.isArray(content)) refuse(path, 'must be a string or a list of blocks')
  let characters = 0
  for (let index = 0; index < content.length; index++) {
    const block: unknown = content[index]
    const place = `${path}[${index}]`
    if (!isObject(block)) refuse(place, 'must be an object with a type')
    if (!isText(block['type'])) refuse(`${place}.type`, 'must be a non-empty string')
    characters += checkBlock(block, place, depth + 1)
  }
  return characters
}

function checkBlock(block: MutableJson, path: string, depth: number): number {
  switch (block['type']) {
    case 'text':
      return textOf(block, 'text', path)
    case 'thinking':
      return textOf(block, 'thinking', path)
    case 'image':
      checkSource(block['source'], `${path}.source`)
      return 0
    case 'document':
      return checkDocument(block, path)
    case 'tool_use':
      for (const field of ['id', 'name'])
        if (!isText(block[field])) refuse(`${path}.${field}`, 'must be a non-empty string')
      return measure(block['input'], `${path}.input`, depth + 1)
    case 'tool_result':
      if (!isText(block['tool_use_id'])) refuse(`${path}.tool_use_id`, 'must be a non-empty string')
      return checkContent(block['content'] ?? '', `${path}.content`, depth + 1)
    default:
      return measure(block, path, depth)
  }
}

function textOf(block: MutableJson, field: string, path: string): number {
  const text = block[field]
  if (typeof text !== 'string') refuse(`${path}.${field}`, 'must be a string')
  return text.length
}

/** The bytes of a document say nothing of its tokens; its text does. */
function checkDocument(block: MutableJson, path: string): number {
  const { type, data, content } = checkSource(block['source'], `${path}.source`)
  if (type === 'text' && typeof data === 'string') return data.length
  if (type !== 'content') return 0
  const place = `${path}.source.content`
  measure(content, place, 6)
  return checkContent(content, place, 6)
}

/** What a source of each kind has to hold; those of new kinds pass. */
const sourceFields: ReadonlyMap<string, string> = new Map([
  ['base64', 'data'],
  ['text', 'data'],
  ['url', 'url'],
  ['file', 'file_id'],
])

function checkSource(source: unknown, path: string): MutableJson {
  if (!isObject(source)) refuse(path, 'must be an object')
  const { type } = source
  if (!isText(type)) refuse(`${path}.type`, 'must be a non-empty string')
  const field = sourceFields.get(type)
  if (field !== undefined && typeof source[field] !== 'string') refuse(`${path}.${field}`, 'must be a string')
  return source
}

/** @returns the UTF-16 units of the definitions */
function checkTools(value: unknown): number {
  const tools = listIn(value, 'tools')
  let characters = 0
  for (let index = 0; index < tools.length; index++) {
    const tool: unknown = tools[index]
    const path = `tools[${index}]`
    if (!isObject(tool)) refuse(path, 'must be an object')
    const { type, name, input_schema: schema } = tool
    const custom = !isSet(type) || type === 'custom'
    if (custom && !isText(name)) refuse(`${path}.name`, 'must be a non-empty string')
    if (!custom && !isText(type)) refuse(`${path}.type`, 'must be a non-empty string')
    if (custom && !isObject(schema)) refuse(`${path}.input_schema`, 'must be an object')
    characters += measure(tool, path, 2)
  }
  return characters
}

function isToolChoice(value: unknown, path: string): void {
  isTyped(value, path)
  const { type, name, disable_parallel_tool_use: oneAtATime } = value as MutableJson
  if (type === 'tool' && !isText(name)) refuse(`${path}.name`, 'must be a non-empty string')
  if (isSet(oneAtATime)) isBoolean(oneAtATime, `${path}.disable_parallel_tool_use`)
}

function isThinking(value: unknown, path: string): void {
  isTyped(value, path)
  const { budget_tokens: budget } = value as MutableJson
  if (isSet(budget)) isInteger(budget, `${path}.budget_tokens`)
}
