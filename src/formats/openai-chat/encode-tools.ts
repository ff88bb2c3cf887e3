// Tools, and the choice among them, as the provider takes them.

import type { Conversation, FunctionTool, Tool, ToolChoice } from '../../conversation/conversation.ts'
import { GatewayError } from '../../errors.ts'
import { isObject, type JsonObject } from '../../lib/json-value.ts'
import { cacheControl, type Writing } from './encode-content.ts'
import { formatName, ownExtra } from './name.ts'

export interface EncodedTools {
  readonly tools: readonly JsonObject[]
  readonly choice: string | JsonObject | undefined
}

/** @throws GatewayError `unsupported_parameter` for a tool of another provider that nothing can stand in for */
export function encodeTools(conversation: Conversation, writing: Writing): EncodedTools {
  const { toolChoice } = conversation
  const own = withoutForeign(conversation, writing)
  const chosen = toolChoice !== undefined && 'names' in toolChoice ? toolChoice.names : undefined
  const narrowed = chosen !== undefined && chosen.length !== 1 && !writing.dialect.allowedTools
  const kept = narrowed ? own.filter(tool => chosen.includes(tool.name)) : own
  const choice = kept.length === 0 ? undefined : encodeChoice(toolChoice, { tools: kept, narrowed, writing })
  return { tools: kept.map(tool => encodeTool(tool, writing)), choice }
}

function withoutForeign({ tools, toolChoice }: Conversation, { dropped }: Writing): readonly Tool[] {
  const foreign = tools.filter(tool => tool.type === 'provider' && tool.format !== formatName)
  if (foreign.length === 0) return tools
  const wanted = toolChoice !== undefined && 'names' in toolChoice ? toolChoice.names : undefined
  const demanded = foreign.find(({ name }) => wanted?.includes(name))
  if (foreign.length === tools.length || demanded !== undefined)
    throw new GatewayError('unsupported_parameter', {
      message: `The tool \`${(demanded ?? foreign[0])?.name}\` exists only at another provider.`,
      param: 'tools',
    })
  for (const { name } of foreign) dropped.add(`dropped tool ${name}`)
  return tools.filter(tool => !foreign.includes(tool))
}

function encodeTool(tool: Tool, writing: Writing): JsonObject {
  if (tool.type === 'provider') return tool.value
  if (tool.type === 'function') return encodeFunction(tool, writing)
  if (!writing.dialect.customTools)
    throw new GatewayError('unsupported_parameter', {
      message: `The tool \`${tool.name}\` takes free text, which this provider does not know.`,
      param: 'tools',
    })
  const { name, description } = tool
  const described = description === undefined ? {} : { description }
  return { type: 'custom', custom: { name, ...described, ...ownExtra(tool) } }
}

function encodeFunction(tool: FunctionTool, writing: Writing): JsonObject {
  const { name, description, parameters, strict } = tool
  const { function: inner, ...outer } = ownExtra(tool)
  return {
    type: 'function',
    function: {
      name,
      ...(description === undefined ? {} : { description }),
      ...(parameters === undefined ? {} : { parameters }),
      ...(strict === undefined ? {} : { strict }),
      ...(isObject(inner) ? inner : {}),
    },
    ...cacheControl(tool.cache, writing),
    ...outer,
  }
}

interface Choosing {
  readonly tools: readonly Tool[]
  /** The tools were cut down to the allowed ones. */
  readonly narrowed: boolean
  readonly writing: Writing
}

function encodeChoice(choice: ToolChoice | undefined, among: Choosing): EncodedTools['choice'] {
  if (choice === undefined) return undefined
  const { requiredChoice } = among.writing.dialect
  const word = choice.mode === 'required' ? requiredChoice : choice.mode
  const names = 'names' in choice ? choice.names : undefined
  if (names === undefined || among.narrowed) return word
  const [only] = names
  if (choice.mode === 'required' && names.length === 1 && only !== undefined) return pick(only, among)
  // Of one tool that may be called, or of none, earlier versions of the choice have no word.
  if (!among.writing.dialect.allowedTools) return word
  return {
    type: 'allowed_tools',
    allowed_tools: { mode: choice.mode, tools: names.map(name => pick(name, among)) },
  }
}

function pick(name: string, { tools }: Choosing): JsonObject {
  const custom = tools.some(tool => tool.type === 'custom' && tool.name === name)
  return custom ? { type: 'custom', custom: { name } } : { type: 'function', function: { name } }
}
