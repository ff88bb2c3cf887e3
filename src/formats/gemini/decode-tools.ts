// Tools of a request and the choice among them, as the neutral form knows them.

import type { FunctionTool, Tool, ToolChoice } from '../../conversation/conversation.ts'
import { isObject, type JsonObject } from '../../lib/json-value.ts'
import { otherFields, putAside } from '../shared/aside.ts'
import { toJsonSchema } from './json-schema.ts'
import { formatName, listIn, objectIn, objectsIn, textIn } from './wire.ts'

const functionFields = new Set(['name', 'description', 'parameters', 'parametersJsonSchema'])

/** Each entry of the list may declare functions and several of the provider's own tools at once. */
export function decodeTools(request: JsonObject): readonly Tool[] {
  return objectsIn(request, 'tools').flatMap(tool =>
    Object.keys(tool).flatMap((field): readonly Tool[] => {
      if (field === 'functionDeclarations') return objectsIn(tool, field).map(decodeFunction)
      const name = field.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)
      return [{ type: 'provider', format: formatName, name, value: { [field]: tool[field] } }]
    }),
  )
}

function decodeFunction(declaration: JsonObject): FunctionTool {
  const description = textIn(declaration, 'description')
  const { parameters, parametersJsonSchema: schema } = declaration
  const known = isObject(schema) ? schema : isObject(parameters) ? toJsonSchema(parameters) : undefined
  return {
    type: 'function',
    name: textIn(declaration, 'name') ?? '',
    ...(description === undefined || description === '' ? {} : { description }),
    ...(known === undefined ? {} : { parameters: known }),
    ...putAside(formatName, otherFields(declaration, functionFields)),
  }
}

export function decodeToolChoice(toolConfig: JsonObject): ToolChoice | undefined {
  const config = objectIn(toolConfig, 'functionCallingConfig')
  const names = listIn(config, 'allowedFunctionNames').filter(name => typeof name === 'string')
  const limit = names.length === 0 ? {} : { names }
  switch ((textIn(config, 'mode') ?? '').toUpperCase()) {
    case 'ANY':
      return { mode: 'required', ...limit }
    case 'NONE':
      return { mode: 'none' }
    case 'AUTO':
    case 'VALIDATED':
      return { mode: 'auto', ...limit }
    default:
      return undefined
  }
}

const callingFields = new Set(['mode', 'allowedFunctionNames'])

/** What else the request says of tools. */
export function restOfToolConfig(toolConfig: JsonObject): JsonObject | undefined {
  const config = objectIn(toolConfig, 'functionCallingConfig')
  const calling = {
    ...otherFields(config, callingFields),
    ...(config['mode'] === 'VALIDATED' && { mode: 'VALIDATED' }),
  }
  const { functionCallingConfig: _calling, ...rest } = toolConfig
  const all = { ...rest, ...(Object.keys(calling).length > 0 && { functionCallingConfig: calling }) }
  return Object.keys(all).length === 0 ? undefined : all
}
