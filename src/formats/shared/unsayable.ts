// What becomes of the wishes of a client for which a format has no words: refused where leaving them out would change
// the meaning of the answer, told in a warning where not.

import type { Conversation, FunctionTool, ToolChoice } from '../../conversation/conversation.ts'
import type { OpaquePart, Part } from '../../conversation/parts.ts'
import { GatewayError } from '../../errors.ts'

/** @param param the name as in OpenAI's chat completions */
export function unsupported(param: string, because: string): GatewayError {
  return new GatewayError('unsupported_parameter', {
    message: `The parameter \`${param}\` is not supported by this provider: ${because}.`,
    param,
  })
}

/** @throws GatewayError `unsupported_parameter` where several answers are wanted, or tokens are to be preferred */
export function refuseChoicesAndBias({ sampling }: Conversation): void {
  if ((sampling.choices ?? 1) > 1) throw unsupported('n', 'it gives one answer at a time')
  refuseBias({ sampling })
}

/** @throws GatewayError `unsupported_parameter` where tokens are to be preferred */
export function refuseBias({ sampling: { logitBias } }: Pick<Conversation, 'sampling'>): void {
  if (logitBias !== undefined && Object.keys(logitBias).length > 0)
    throw unsupported('logit_bias', 'tokens cannot be preferred')
}

/** What to call a part that only another format understands. */
export function nameOfOpaque({ value }: OpaquePart): string {
  return typeof value['type'] === 'string' ? value['type'] : 'opaque'
}

/** Warnings for the fields around a conversation that hardly any format but OpenAI's has. */
export function droppedAround(conversation: Conversation): string[] {
  const { user, serviceTier, metadata, cacheKey, parallelToolCalls, tools } = conversation
  const dropped: readonly (readonly [name: string, isSet: boolean])[] = [
    ['parallel_tool_calls', parallelToolCalls === false && tools.length > 0],
    ['user', user !== undefined],
    ['service_tier', serviceTier !== undefined && serviceTier !== 'auto' && serviceTier !== 'default'],
    ['metadata', metadata !== undefined && Object.keys(metadata).length > 0],
    ['prompt_cache_key', cacheKey !== undefined],
  ]
  return dropped.filter(([, isSet]) => isSet).map(([name]) => `dropped parameter ${name}`)
}

/** What stands here and there in a prompt: who speaks, what is to be kept, how closely an image is looked at. */
type Mark = 'name' | 'cache_control' | 'detail'

/** Warnings for those of the marks that a conversation has, where the format has no place for them. */
export function droppedMarks({ messages, tools }: Conversation, marks: readonly Mark[]): string[] {
  const found = new Set<Mark>()
  const note = (part: Part): void => {
    if ('cache' in part && part.cache !== undefined) found.add('cache_control')
    if (part.type === 'image' && (part.detail === 'low' || part.detail === 'high')) found.add('detail')
    if (part.type === 'tool_result') part.content.forEach(note)
  }
  for (const tool of tools) if ('cache' in tool && tool.cache !== undefined) found.add('cache_control')
  for (const { name, parts } of messages) {
    if (name !== undefined) found.add('name')
    parts.forEach(note)
  }
  return marks.filter(mark => found.has(mark)).map(mark => `dropped parameter ${mark}`)
}

/**
 * The functions among the tools, for formats that have no other tools, limited to those that the tool choice names.
 * @throws GatewayError `unsupported_parameter`, `invalid_request` for a choice that leaves nothing to choose from
 */
export function functionsOf(
  { tools, toolChoice }: Conversation,
  warnings: string[],
): readonly FunctionTool[] {
  const functions = tools.filter(tool => tool.type === 'function')
  const named = toolChoice !== undefined && 'names' in toolChoice ? toolChoice.names : undefined
  for (const tool of tools) {
    if (tool.type === 'function') continue
    if (tool.type === 'custom' || functions.length === 0 || named?.includes(tool.name) === true)
      throw unsupported('tools', `it has no tool \`${tool.name}\``)
    warnings.push(`dropped tool ${tool.name}`)
  }
  return named === undefined ? functions : limitTo(functions, named)
}

function limitTo(functions: readonly FunctionTool[], names: readonly string[]): readonly FunctionTool[] {
  const missing = names.find(name => functions.every(tool => tool.name !== name))
  if (missing !== undefined)
    throw new GatewayError('invalid_request', {
      message: `\`tool_choice\` names \`${missing}\`, which is not among the tools.`,
      param: 'tool_choice',
    })
  return functions.filter(({ name }) => names.includes(name))
}

/** @throws GatewayError `invalid_request` for a demand to call one of no tools */
export function checkDemand(choice: ToolChoice | undefined, functions: readonly FunctionTool[]): void {
  if (choice?.mode !== 'required' || functions.length > 0) return
  throw new GatewayError('invalid_request', {
    message: '`tool_choice` demands a call, but there are no tools.',
    param: 'tool_choice',
  })
}

/** The value, or the nearest one that the format allows. */
export function clamped(
  name: string,
  value: number,
  { from, to, warnings }: { readonly from: number; readonly to: number; readonly warnings: string[] },
): number {
  const allowed = Math.min(Math.max(value, from), to)
  if (allowed !== value) warnings.push(`changed parameter ${name} from ${value} to ${allowed}`)
  return allowed
}
