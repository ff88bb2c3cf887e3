// Tools in Google's shape: all functions in one entry, each of the provider's own tools in one of its own.

import type { Conversation, FunctionTool, ProviderTool, Tool } from '../../conversation/conversation.ts'
import { GatewayError } from '../../errors.ts'
import { isObject, type JsonObject } from '../../lib/json-value.ts'
import type { ModelTraits } from './model-traits.ts'
import { toOpenApiSchema } from './openapi-schema.ts'
import { defined, formatName, isEmpty, objectIn, ownExtra } from './wire.ts'

export interface ToolContext {
  readonly traits: ModelTraits
  readonly warnings: string[]
}

/** @throws GatewayError `unsupported_parameter` for a foreign provider's tool that cannot be left out */
export function encodeTools(conversation: Conversation, { traits, warnings }: ToolContext): JsonObject {
  const functions = conversation.tools.filter(isFunction)
  const own = conversation.tools
    .filter(isProviders)
    .map(asOwn)
    .filter(tool => tool !== null)
  for (const tool of conversation.tools) if (isForeign(tool)) leaveOut(tool, conversation, warnings)
  if (conversation.parallelToolCalls === false && functions.length > 0)
    warnings.push('dropped parameter parallel_tool_calls')
  const tools = [
    ...own,
    ...(functions.length === 0
      ? []
      : [{ functionDeclarations: functions.map(tool => encodeFunction(tool, traits)) }]),
  ]
  return defined({
    tools: tools.length === 0 ? undefined : tools,
    toolConfig: encodeToolConfig(conversation, functions),
  })
}

function isFunction(tool: Tool): tool is FunctionTool {
  return tool.type === 'function'
}

function isProviders(tool: Tool): tool is ProviderTool {
  return tool.type === 'provider'
}

function isForeign(tool: Tool): tool is ProviderTool {
  return tool.type === 'provider' && asOwn(tool) === null
}

/** Tools of Google, as clients of other formats name them: `{"type": "google_search"}`. */
const ownNames: Readonly<Record<string, string>> = {
  google_search: 'googleSearch',
  google_maps: 'googleMaps',
  url_context: 'urlContext',
  enterprise_search: 'enterpriseWebSearch',
  enterprise_web_search: 'enterpriseWebSearch',
}

/** Null for a tool of another provider. */
function asOwn({ format, name, value }: ProviderTool): JsonObject | null {
  if (format === formatName) return value
  const field = Object.hasOwn(ownNames, name) ? ownNames[name] : undefined
  return field === undefined ? null : { [field]: objectIn(value, name) }
}

/** Agents send such tools with every request, and can go on without them while they have functions of their own. */
function leaveOut({ name }: ProviderTool, { tools, toolChoice }: Conversation, warnings: string[]): void {
  const demanded = toolChoice?.mode === 'required' && toolChoice.names?.includes(name) === true
  if (tools.some(isFunction) && !demanded) {
    warnings.push(`dropped tool ${name}`)
    return
  }
  const message = `The tool \`${name}\` is run by another provider.`
  throw new GatewayError('unsupported_parameter', { message, param: 'tools' })
}

function encodeFunction(
  { name, description, parameters, extra }: FunctionTool,
  traits: ModelTraits,
): JsonObject {
  const schema = hasParameters(parameters) ? parameters : undefined
  return defined({
    name,
    description,
    ...(schema === undefined
      ? {}
      : traits.jsonSchema
        ? { parametersJsonSchema: schema }
        : { parameters: toOpenApiSchema(schema, 'tools') }),
    ...ownExtra(extra),
  })
}

/** Google refuses an object without properties. */
function hasParameters(schema: JsonObject | undefined): schema is JsonObject {
  if (schema === undefined || isEmpty(schema)) return false
  const { properties, type } = schema
  if (type !== 'object' || (isObject(properties) && !isEmpty(properties))) return true
  return ['$ref', 'anyOf', 'oneOf', 'allOf', 'patternProperties'].some(field => field in schema)
}

function encodeToolConfig(
  conversation: Conversation,
  functions: readonly FunctionTool[],
): JsonObject | undefined {
  const own = objectIn(ownExtra(conversation.extra) ?? {}, 'toolConfig')
  const calling = functions.length === 0 ? {} : encodeChoice(conversation, functions)
  const merged = { ...calling, ...objectIn(own, 'functionCallingConfig') }
  const config = { ...own, ...(isEmpty(merged) ? {} : { functionCallingConfig: merged }) }
  return isEmpty(config) ? undefined : config
}

/** Strict functions are held to their schemas by the mode VALIDATED; so is a choice that is limited to some names. */
function encodeChoice({ toolChoice }: Conversation, functions: readonly FunctionTool[]): JsonObject {
  const strict = functions.some(tool => tool.strict === true)
  switch (toolChoice?.mode) {
    case undefined:
      return strict ? { mode: 'VALIDATED' } : {}
    case 'none':
      return { mode: 'NONE' }
    case 'required':
      return defined({ mode: 'ANY', allowedFunctionNames: toolChoice.names })
    case 'auto':
      if ('names' in toolChoice) return { mode: 'VALIDATED', allowedFunctionNames: toolChoice.names }
      return { mode: strict ? 'VALIDATED' : 'AUTO' }
  }
}
