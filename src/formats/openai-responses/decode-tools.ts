// Tools and the choice among them, from this format to the neutral form.

import type { Tool, ToolChoice } from '../../conversation/conversation.ts'
import { isObject, isText, type JsonObject, objectsOf } from '../../lib/json-value.ts'
import { otherFields, putAside } from '../shared/aside.ts'
import { refuse } from '../shared/checks.ts'
import { formatName, kindOf, qualifyName } from './wire.ts'

/** In the client's order; those of a namespace stand in its place, under names of their own. */
export function decodeTools(tools: unknown): readonly Tool[] {
  return objectsOf(tools).flatMap(tool =>
    kindOf(tool) === 'namespace' ? decodeNamespace(tool) : decodeTool(tool),
  )
}

function decodeNamespace({ tools, ...namespace }: JsonObject): readonly Tool[] {
  return objectsOf(tools).map(tool => decodeTool(tool, namespace))
}

const functionFields = new Set(['type', 'name', 'description', 'parameters', 'strict'])
const customFields = new Set(['type', 'name', 'description'])

function decodeTool(tool: JsonObject, namespace?: JsonObject): Tool {
  const { type, name, description, parameters, strict } = tool
  if ((type !== 'function' && type !== 'custom') || !isText(name))
    return { type: 'provider', format: formatName, name: kindOf(tool), value: tool }
  const rest = otherFields(tool, type === 'function' ? functionFields : customFields)
  const own = namespace === undefined ? rest : { ...rest, namespace, name }
  const common = {
    name: qualifyName(namespace?.['name'], name),
    ...(isText(description) && { description }),
    ...putAside(formatName, own),
  }
  if (type === 'custom') return { type, ...common }
  return {
    type,
    ...common,
    ...(isObject(parameters) && { parameters }),
    ...(typeof strict === 'boolean' && { strict }),
  }
}

/** @throws GatewayError `invalid_request` naming the field */
export function decodeToolChoice(choice: unknown): ToolChoice | undefined {
  if (choice === undefined || choice === null) return undefined
  if (choice === 'auto' || choice === 'none') return { mode: choice }
  if (choice === 'required') return { mode: choice }
  if (!isObject(choice)) return refuse('tool_choice', 'must be auto, none, required, or an object')
  if (choice['type'] === 'allowed_tools') {
    const names = objectsOf(choice['tools']).map(nameOfTool)
    return { mode: choice['mode'] === 'required' ? 'required' : 'auto', names }
  }
  return { mode: 'required', names: [nameOfTool(choice)] }
}

/** Tools of the provider have no name but that of their kind. */
function nameOfTool(tool: JsonObject): string {
  const { type, name, namespace } = tool
  if (isText(name) && type !== 'mcp') return qualifyName(namespace, name)
  return isText(type) ? type : ''
}
