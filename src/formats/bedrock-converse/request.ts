// The shape of a Converse request, checked by hand. The model and whether the answer is streamed stand in the path.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html

import { isObject, isSet, isText, type MutableJson } from '../../lib/json-value.ts'
import type { Address, JsonObject, RequestFacts } from '../format.ts'
import {
  type Check,
  checkFields,
  checkModel,
  checksItself,
  isAnObject,
  isInteger,
  isList,
  isNumber,
  isStrings,
  measure,
  refuse,
} from '../shared/checks.ts'

const maxMessages = 10_000
/** ARNs are longer than names. */
const maxModelLength = 2048
const roles: ReadonlySet<unknown> = new Set(['user', 'assistant', 'system'])

const checks: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['messages', checksItself],
  ['system', checksItself],
  ['toolConfig', checksItself],
  ['inferenceConfig', checkInference],
  ['guardrailConfig', isAnObject],
  ['promptVariables', isAnObject],
  ['additionalModelResponseFieldPaths', isList],
  ['requestMetadata', isAnObject],
  ['performanceConfig', isAnObject],
  ['serviceTier', isAnObject],
  ['outputConfig', isAnObject],
])

const inferenceChecks: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['maxTokens', isInteger],
  ['temperature', isNumber],
  ['topP', isNumber],
  ['stopSequences', isStrings],
])

export function checkRequest(body: JsonObject, address: Address): RequestFacts {
  const fields = Object.keys(body)
  if (address.model === null) refuse('model', 'is missing in the path')
  const model = checkModel(address.model, maxModelLength)
  const inputCharacters =
    checkMessages(body) + checkBlocks(body['system'] ?? [], 'system') + checkTools(body['toolConfig'])
  checkFields(body, fields, checks)
  return { model, streaming: address.streaming === true, wantsStreamUsage: true, inputCharacters, fields }
}

/** @returns the UTF-16 units of the prompt's text */
function checkMessages({ messages, promptVariables }: JsonObject): number {
  if (!isSet(messages)) {
    // A stored prompt brings its own.
    if (isObject(promptVariables)) return 0
    refuse('messages', 'is missing')
  }
  if (!Array.isArray(messages)) refuse('messages', 'must be a list')
  if (messages.length > maxMessages) refuse('messages', `must hold at most ${maxMessages} messages`)
  let characters = 0
  for (let index = 0; index < messages.length; index++) {
    const message: unknown = messages[index]
    const path = `messages[${index}]`
    if (!isObject(message)) refuse(path, 'must be an object')
    if (!roles.has(message['role'])) refuse(`${path}.role`, 'must be user or assistant')
    if (message['content'] === undefined) refuse(`${path}.content`, 'is missing')
    characters += checkBlocks(message['content'], `${path}.content`)
  }
  return characters
}

function checkBlocks(blocks: unknown, path: string): number {
  if (!Array.isArray(blocks)) refuse(path, 'must be a list of blocks')
  let characters = 0
  for (let index = 0; index < blocks.length; index++) {
    const block: unknown = blocks[index]
    const place = `${path}[${index}]`
    if (!isObject(block)) refuse(place, 'must be an object')
    characters += checkBlock(block, place)
  }
  return characters
}

/** Bytes are counted by nobody: they are no text. */
function checkBlock(block: MutableJson, path: string): number {
  const { text, toolUse, toolResult } = block
  if (text !== undefined) {
    if (typeof text !== 'string') refuse(`${path}.text`, 'must be a string')
    return text.length
  }
  if (toolUse !== undefined) return checkToolUse(toolUse, `${path}.toolUse`)
  if (toolResult !== undefined) return checkToolResult(toolResult, `${path}.toolResult`)
  const characters = measure(block, path, 4)
  return isMedia(block) ? 0 : characters
}

function isMedia({ image, document, video, audio }: MutableJson): boolean {
  return image !== undefined || document !== undefined || video !== undefined || audio !== undefined
}

function checkToolUse(toolUse: unknown, path: string): number {
  if (!isObject(toolUse)) refuse(path, 'must be an object')
  if (!isText(toolUse['toolUseId'])) refuse(`${path}.toolUseId`, 'must be a non-empty string')
  if (!isText(toolUse['name'])) refuse(`${path}.name`, 'must be a non-empty string')
  return measure(toolUse, path, 5)
}

function checkToolResult(result: unknown, path: string): number {
  if (!isObject(result)) refuse(path, 'must be an object')
  if (!isText(result['toolUseId'])) refuse(`${path}.toolUseId`, 'must be a non-empty string')
  return checkBlocks(result['content'] ?? [], `${path}.content`)
}

/** @returns the UTF-16 units of the definitions */
function checkTools(toolConfig: unknown): number {
  if (!isSet(toolConfig)) return 0
  isAnObject(toolConfig, 'toolConfig')
  const { tools } = toolConfig as MutableJson
  if (!Array.isArray(tools)) refuse('toolConfig.tools', 'must be a list')
  let characters = 0
  for (let index = 0; index < tools.length; index++) {
    const tool: unknown = tools[index]
    const path = `toolConfig.tools[${index}]`
    if (!isObject(tool)) refuse(path, 'must be an object')
    if (tool['toolSpec'] !== undefined) checkSpecification(tool['toolSpec'], `${path}.toolSpec`)
    characters += measure(tool, path, 3)
  }
  const { toolChoice } = toolConfig as MutableJson
  if (isSet(toolChoice)) isAnObject(toolChoice, 'toolConfig.toolChoice')
  return characters
}

function checkSpecification(specification: unknown, path: string): void {
  if (!isObject(specification)) refuse(path, 'must be an object with a name')
  if (!isText(specification['name'])) refuse(`${path}.name`, 'must be a non-empty string')
  const { inputSchema } = specification
  if (isSet(inputSchema)) isAnObject(inputSchema, `${path}.inputSchema`)
}

function checkInference(value: unknown, path: string): void {
  isAnObject(value, path)
  for (const [name, check] of inferenceChecks) {
    const field = (value as MutableJson)[name]
    if (isSet(field)) check(field, `${path}.${name}`)
  }
}
