// Tools and the choice among them, as Anthropic takes them.

import type { Conversation, FunctionTool, ProviderTool, Tool } from '../../conversation/conversation.ts'
import { GatewayError } from '../../errors.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import { enforceableSchema } from './enforceable-schema.ts'
import type { Generation } from './generations.ts'
import { formatName, ownExtra, writeMarker } from './wire.ts'

export interface EncodedTools {
  readonly tools: readonly JsonObject[]
  /** Absent where the upstream's own default is meant. */
  readonly choice?: JsonObject
}

/**
 * @param thinks whether the model will think: then no call can be forced
 * @param warnings grows
 * @throws GatewayError `unsupported_parameter` for a tool of another vendor that nothing stands in for
 */
export function encodeTools(
  conversation: Conversation,
  { generation, thinks }: { readonly generation: Generation; readonly thinks: boolean },
  warnings: string[],
): EncodedTools {
  const { toolChoice } = conversation
  const tools = ownTools(conversation, warnings)
  if (tools.length === 0) return { tools: [] }
  const names = toolChoice !== undefined && 'names' in toolChoice ? toolChoice.names : undefined
  // A choice among several, but not all, can only be told by offering no others.
  const offered =
    names !== undefined && (names.length > 1 || toolChoice?.mode === 'auto')
      ? tools.filter(({ name }) => names.includes(name))
      : tools
  const encoded = offered.map(tool => encodeTool(tool, generation))
  const choice = encodeChoice(conversation, { forced: generation.forcedTools && !thinks, warnings })
  return { tools: encoded, ...(choice !== null && { choice }) }
}

/** Whether the client wants a tool to be called, whatever the model thinks of it. */
export function forcesCall({ tools, toolChoice }: Conversation): boolean {
  return tools.length > 0 && toolChoice?.mode === 'required'
}

type OwnTool = FunctionTool | ProviderTool

/** A foreign vendor's own tools are left out where the client has functions beside them. */
function ownTools(conversation: Conversation, warnings: string[]): readonly OwnTool[] {
  const { tools, toolChoice } = conversation
  const hasFunctions = tools.some(({ type }) => type !== 'provider')
  const wanted = toolChoice?.mode === 'required' && toolChoice.names !== undefined ? toolChoice.names : []
  return tools.flatMap((tool: Tool): readonly OwnTool[] => {
    if (tool.type === 'function' || (tool.type === 'provider' && tool.format === formatName)) return [tool]
    if (tool.type === 'custom' || !hasFunctions || wanted.includes(tool.name)) throw refuseTool(tool)
    warnings.push(`dropped tool ${tool.name}`)
    return []
  })
}

function refuseTool({ name }: Tool): GatewayError {
  return new GatewayError('unsupported_parameter', {
    message: `The tool \`${name}\` is not one that this provider can run.`,
    param: 'tools',
  })
}

function encodeTool(tool: OwnTool, { jsonSchema }: Generation): JsonObject {
  if (tool.type === 'provider') return tool.value
  const { name, description, parameters = {}, strict, cache, extra } = tool
  const schema = {
    ...parameters,
    type: 'object',
    ...(parameters['properties'] === undefined && { properties: {} }),
  }
  const enforced = strict === true && jsonSchema
  return {
    name,
    ...(description !== undefined && description !== '' && { description }),
    input_schema: enforced ? enforceableSchema(schema) : schema,
    ...(enforced && { strict }),
    ...ownExtra(extra),
    ...writeMarker(cache),
  }
}

function encodeChoice(
  { toolChoice, parallelToolCalls }: Conversation,
  { forced, warnings }: { readonly forced: boolean; readonly warnings: string[] },
): JsonObject | null {
  const single = parallelToolCalls === false ? { disable_parallel_tool_use: true } : {}
  if (toolChoice === undefined) return parallelToolCalls === false ? { type: 'auto', ...single } : null
  if (toolChoice.mode === 'none') return { type: 'none' }
  if (toolChoice.mode === 'auto') return { type: 'auto', ...single }
  if (!forced) {
    warnings.push('dropped parameter tool_choice')
    return { type: 'auto', ...single }
  }
  const [name, ...others] = ('names' in toolChoice ? toolChoice.names : undefined) ?? []
  return name === undefined || others.length > 0
    ? { type: 'any', ...single }
    : { type: 'tool', name, ...single }
}
