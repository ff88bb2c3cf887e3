// Tools, and which of them may or must be called.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolConfiguration.html

import type {
  Conversation,
  FunctionTool,
  ProviderTool,
  Tool,
  ToolChoice,
} from '../../conversation/conversation.ts'
import { GatewayError } from '../../errors.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import { type EncodeWork, encodeMarker } from './encode-blocks.ts'
import { enforceableSchema } from './enforceable-schema.ts'
import { formatName } from './name.ts'

/** Null where the request has no tools and speaks of none. */
export function encodeToolConfig(conversation: Conversation, work: EncodeWork): JsonObject | null {
  const { toolChoice } = conversation
  const spokenOf = namesInHistory(conversation)
  // There is no `none`: without tools none can be called. But where some were, they have to be declared.
  if (toolChoice?.mode === 'none') {
    if (spokenOf.size === 0) return null
    work.warnings.add('dropped parameter tool_choice')
  }
  const tools = selectTools(conversation, work)
  const encoded = tools.flatMap(tool => encodeTool(tool, work))
  if (encoded.length === 0) return spokenOf.size === 0 ? null : { tools: [...spokenOf].map(declare) }
  const choice = encodeChoice(toolChoice, tools, work)
  return { tools: encoded, ...(choice !== null && { toolChoice: choice }) }
}

/** The tools that may be called, without those that only another provider has. */
function selectTools({ tools, toolChoice }: Conversation, work: EncodeWork): readonly Tool[] {
  const names = toolChoice !== undefined && 'names' in toolChoice ? toolChoice.names : undefined
  // A single one is demanded by its name, so that the others can stay, and with them the provider's cache.
  const limited =
    names !== undefined && (names.length > 1 || toolChoice?.mode === 'auto' || !work.family.namedTool)
  const named = limited ? tools.filter(({ name }) => names.includes(name)) : tools
  const allowed = named.length === 0 ? tools : named
  return allowed.filter(tool => {
    if (tool.type !== 'provider' || tool.format === formatName) return true
    if (!tools.some(({ type }) => type !== 'provider') || names?.includes(tool.name) === true)
      refuseTool(tool)
    work.warnings.add(`dropped tool ${tool.name}`)
    return false
  })
}

function refuseTool({ name }: ProviderTool): never {
  throw new GatewayError('unsupported_parameter', {
    message: `The tool \`${name}\` is one that its own provider runs; this provider does not have it.`,
    param: 'tools',
  })
}

function encodeTool(tool: Tool, work: EncodeWork): JsonObject[] {
  if (tool.type === 'provider') return [tool.value]
  // Tools with free text were put as functions before.
  if (tool.type === 'custom')
    return [{ toolSpec: { name: tool.name, inputSchema: { json: { type: 'object' } } } }]
  const marker = tool.cache === undefined ? [] : encodeMarker(tool.cache, 'tools', work)
  return [{ toolSpec: encodeFunction(tool, work) }, ...marker]
}

function encodeFunction(
  { name, description, parameters, strict }: FunctionTool,
  work: EncodeWork,
): JsonObject {
  const enforced = strict === true && work.family.jsonSchema
  const schema = asObjectSchema(parameters)
  if (strict === true && !enforced) work.warnings.add('dropped parameter tools.strict')
  return {
    name,
    ...(description !== undefined && description.trim() !== '' && { description }),
    inputSchema: { json: enforced ? enforceableSchema(schema) : schema },
    ...(enforced && { strict }),
  }
}

function asObjectSchema(parameters: JsonObject | undefined): JsonObject {
  if (parameters === undefined) return { type: 'object', properties: {} }
  return parameters['type'] === undefined ? { type: 'object', ...parameters } : parameters
}

function encodeChoice(
  choice: ToolChoice | undefined,
  tools: readonly Tool[],
  { family, warnings }: EncodeWork,
): JsonObject | null {
  if (choice === undefined || choice.mode === 'none') return null
  if (choice.mode === 'auto') return { auto: {} }
  if (!family.forcedTools) {
    warnings.add('dropped parameter tool_choice')
    return { auto: {} }
  }
  const [name, ...more] = ('names' in choice ? choice.names : undefined) ?? []
  const named = name !== undefined && more.length === 0 && tools.some(tool => tool.name === name)
  return named && family.namedTool ? { tool: { name } } : { any: {} }
}

function namesInHistory({ messages }: Conversation): ReadonlySet<string> {
  const names = new Set<string>()
  for (const part of messages.flatMap(({ parts }) => parts)) {
    if (part.type === 'tool_call') names.add(part.name)
    if (part.type === 'tool_result') names.add(part.name ?? 'tool')
  }
  return names
}

/** A tool of which only its calls are known. */
function declare(name: string): JsonObject {
  return { toolSpec: { name, inputSchema: { json: { type: 'object', properties: {} } } } }
}
