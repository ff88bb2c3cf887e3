// Tools and the choice among them, of the present shape and of the `functions` before it.

import type { CustomTool, FunctionTool, Tool, ToolChoice } from '../../conversation/conversation.ts'
import { isObject, isText, type JsonObject, type MutableJson, objectsOf } from '../../lib/json-value.ts'
import { listOf, textOf } from '../openai-shared/fields.ts'
import { otherFields, putAside } from '../shared/aside.ts'
import { refuse } from '../shared/checks.ts'
import { cacheOf } from './decode-content.ts'
import { formatName } from './name.ts'

export function decodeTools(body: JsonObject): readonly Tool[] {
  const tools = objectsOf(body['tools']).map(decodeTool)
  const functions = objectsOf(body['functions']).map(decodeLegacy)
  return [...tools, ...functions]
}

function decodeTool(tool: MutableJson, index: number): Tool {
  const { type, function: definition, custom } = tool
  if (type === 'function' && isObject(definition))
    return decodeFunction(definition, tool, `tools[${index}].function.name`)
  if (type === 'custom') return decodeCustom(isObject(custom) ? custom : tool, index)
  return { type: 'provider', format: formatName, name: textOf(type) ?? 'tool', value: tool }
}

function decodeLegacy(definition: MutableJson, index: number): Tool {
  return decodeFunction(definition, {}, `functions[${index}].name`)
}

const functionFields: ReadonlySet<string> = new Set(['name', 'description', 'parameters', 'strict'])
const toolFields: ReadonlySet<string> = new Set(['type', 'function', 'cache_control'])

function decodeFunction(definition: MutableJson, tool: MutableJson, path: string): FunctionTool {
  const { name, description, parameters, strict } = definition
  if (!isText(name)) refuse(path, 'must be a non-empty string')
  return {
    type: 'function',
    name,
    ...(isText(description) ? { description } : {}),
    ...(isObject(parameters) ? { parameters } : {}),
    ...(typeof strict === 'boolean' ? { strict } : {}),
    ...cacheOf(tool),
    ...putAside(formatName, {
      ...otherFields(tool, toolFields),
      ...wrapped('function', otherFields(definition, functionFields)),
    }),
  }
}

const customFields: ReadonlySet<string> = new Set(['type', 'name', 'description'])

function decodeCustom(custom: MutableJson, index: number): CustomTool {
  const { name, description } = custom
  if (!isText(name)) refuse(`tools[${index}].custom.name`, 'must be a non-empty string')
  return {
    type: 'custom',
    name,
    ...(isText(description) ? { description } : {}),
    ...putAside(formatName, otherFields(custom, customFields)),
  }
}

function wrapped(name: string, fields: JsonObject | undefined): JsonObject {
  return fields === undefined ? {} : { [name]: fields }
}

export function decodeToolChoice(body: JsonObject): ToolChoice | undefined {
  const choice = body['tool_choice'] ?? body['function_call']
  if (isText(choice)) return decodeWord(choice)
  if (!isObject(choice)) return undefined
  if (choice['type'] === 'allowed_tools') return decodeAllowed(choice)
  const name = toolNameOf(choice)
  if (name === undefined) refuse('tool_choice', 'must be a word, or an object that names a tool')
  return { mode: 'required', names: [name] }
}

function decodeWord(word: string): ToolChoice {
  if (word === 'auto' || word === 'none') return { mode: word }
  if (word === 'required' || word === 'any') return { mode: 'required' }
  return refuse('tool_choice', 'must be one of none, auto, required')
}

function decodeAllowed(choice: MutableJson): ToolChoice {
  const allowed = isObject(choice['allowed_tools']) ? choice['allowed_tools'] : choice
  const mode = allowed['mode'] === 'required' ? 'required' : 'auto'
  const names = listOf(allowed['tools']).flatMap(tool => (isObject(tool) ? (toolNameOf(tool) ?? []) : []))
  return { mode, names }
}

/** `{type: 'function', function: {name}}`, the custom one likewise, or `{name}` of earlier versions. */
function toolNameOf({ function: called, custom, name }: MutableJson): string | undefined {
  for (const holder of [called, custom]) if (isObject(holder) && isText(holder['name'])) return holder['name']
  return isText(name) ? name : undefined
}
