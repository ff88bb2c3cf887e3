// Tools and the choice among them, from the neutral form to this format.

import type { Conversation, Tool, ToolChoice } from '../../conversation/conversation.ts'
import { GatewayError } from '../../errors.ts'
import { isObject, type JsonObject, type MutableJson } from '../../lib/json-value.ts'
import { formatName, ownExtra } from './wire.ts'

/** Only pieces of messages have a place for it. */
const droppedMarker = 'dropped parameter cache_control'

/** @throws GatewayError `unsupported_parameter` for a tool of another provider that cannot be left out */
export function encodeTools(conversation: Conversation, warnings: string[]): readonly JsonObject[] {
  const encoded: JsonObject[] = []
  for (const tool of conversation.tools) {
    if (tool.type === 'provider') {
      if (tool.format === formatName) encoded.push(tool.value)
      else dropTool(tool.name, conversation, warnings)
      continue
    }
    if ('cache' in tool && !warnings.includes(droppedMarker)) warnings.push(droppedMarker)
    const { namespace } = ownExtra(tool.extra)
    if (isObject(namespace)) addToNamespace(encoded, namespace, encodeTool(tool))
    else encoded.push(encodeTool(tool))
  }
  return encoded
}

/** What only another provider can run is left out where the client has tools of its own that may do. */
function dropTool(name: string, { tools, toolChoice }: Conversation, warnings: string[]): void {
  const demanded =
    toolChoice?.mode === 'required' && 'names' in toolChoice && toolChoice.names?.includes(name)
  if (demanded === true || tools.every(({ type }) => type === 'provider')) {
    const message = `The tool \`${name}\` is one of another provider's, and cannot be had from this one.`
    throw new GatewayError('unsupported_parameter', { message, param: 'tools' })
  }
  warnings.push(`dropped tool ${name}`)
}

function addToNamespace(encoded: JsonObject[], namespace: MutableJson, tool: JsonObject): void {
  const last = encoded.at(-1)
  const inner = last?.['type'] === 'namespace' && last['name'] === namespace['name'] ? last['tools'] : null
  if (Array.isArray(inner)) inner.push(tool)
  else encoded.push({ ...namespace, tools: [tool] })
}

/** Functions without parameters have an empty object, and what is not called strict is not: here it is the default. */
function encodeTool(tool: Exclude<Tool, { readonly type: 'provider' }>): JsonObject {
  const { namespace: _namespace, name = tool.name, ...own } = ownExtra(tool.extra)
  const described = {
    type: tool.type,
    name,
    ...(tool.description !== undefined && { description: tool.description }),
  }
  if (tool.type === 'custom') return { ...described, ...own }
  return {
    ...described,
    parameters: tool.parameters ?? { type: 'object', properties: {} },
    strict: tool.strict ?? false,
    ...own,
  }
}

export function encodeToolChoice(choice: ToolChoice, tools: readonly Tool[]): unknown {
  const names = 'names' in choice ? choice.names : undefined
  if (names === undefined) return choice.mode
  const chosen = names.map(name => nameTool(name, tools))
  const [only] = chosen
  if (choice.mode === 'required' && chosen.length === 1) return only
  return { type: 'allowed_tools', mode: choice.mode, tools: chosen }
}

function nameTool(name: string, tools: readonly Tool[]): JsonObject {
  const tool = tools.find(each => each.name === name)
  if (tool?.type === 'provider') return nameProviderTool(tool.value)
  const { namespace, name: inner } = ownExtra(tool?.extra)
  const type = tool?.type ?? 'function'
  return isObject(namespace) ? { type, name: inner, namespace: namespace['name'] } : { type, name }
}

function nameProviderTool({ type, server_label: label }: JsonObject): JsonObject {
  return label === undefined ? { type } : { type, server_label: label }
}
