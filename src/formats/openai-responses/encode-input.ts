// From messages to the items of a request.

import { droppedMarker, losesMarker } from '../../conversation/cache-markers.ts'
import type { Conversation, Message } from '../../conversation/conversation.ts'
import { failedCall } from '../../conversation/failed-call.ts'
import { warnOfLostThoughts } from '../../conversation/lost-thoughts.ts'
import type { Part, ReasoningPart, ToolCallPart, ToolResultPart } from '../../conversation/parts.ts'
import { GatewayError } from '../../errors.ts'
import { isObject, isText, type JsonObject, objectsOf } from '../../lib/json-value.ts'
import { encodeContent, isPlainText } from './content.ts'
import { annotationsOf, refusalContent } from './encode-item.ts'
import { formatName, ownExtra } from './wire.ts'

interface InputContext {
  /** Ids of the calls of tools that take free text: their results are items of another kind. */
  readonly customCalls: ReadonlySet<string>
  readonly warnings: string[]
  /** Of the message in the conversation, for errors. */
  readonly index: number
}

export function encodeInput(messages: readonly Message[], warnings: string[]): readonly JsonObject[] {
  warnings.push(...warnOfLostThoughts(messages, thought => encodeReasoning(thought).length > 0))
  const customCalls = new Set(
    messages.flatMap(({ parts }) =>
      parts.flatMap(part => (part.type === 'tool_call' && part.custom === true ? part.id : [])),
    ),
  )
  return messages.flatMap((message, index) => {
    const context = { customCalls, warnings, index }
    if (message.name !== undefined) warnOnce(warnings, 'dropped parameter name')
    return message.role === 'assistant' ? encodeAssistant(message, context) : encodeTurn(message, context)
  })
}

/** Pieces of what is said to the model carry a marker, and nothing else does. */
export function warnOfMarkers(conversation: Conversation, warnings: string[]): void {
  const lost = losesMarker(conversation, ({ type }, role) => role === 'assistant' || type === 'tool_result')
  if (lost) warnings.push(droppedMarker)
}

function warnOnce(warnings: string[], warning: string): void {
  if (!warnings.includes(warning)) warnings.push(warning)
}

/** What the system or the user says, and the results among it, in their order. */
function encodeTurn(message: Message, context: InputContext): readonly JsonObject[] {
  const items: JsonObject[] = []
  let said: Part[] = []
  const flush = (): void => {
    const item = encodeSaid(message, said, context)
    if (item !== null) items.push(item)
    said = []
  }
  for (const part of message.parts) {
    const item = itemOfTurn(part, context)
    if (item === null) said.push(part)
    else {
      flush()
      items.push(item)
    }
  }
  flush()
  return items
}

/** Null for what is a piece of a message. */
function itemOfTurn(part: Part, context: InputContext): JsonObject | null {
  if (part.type === 'tool_result') return encodeResult(part, context)
  if (part.type !== 'opaque' || part.format !== formatName) return null
  return isPiece(part.value) ? null : part.value
}

/** Pieces of messages that the neutral form has no word for are `input_…`; everything else is an item. */
function isPiece({ type }: JsonObject): boolean {
  return isText(type) && type.startsWith('input_')
}

function encodeSaid(message: Message, parts: readonly Part[], context: InputContext): JsonObject | null {
  const { instructions: _instructions, role: ownRole, ...own } = ownExtra(message.extra)
  const role = isText(ownRole) ? ownRole : message.role
  const [only] = parts
  if (parts.length === 1 && only !== undefined && isPlainText(only) && message.role === 'system')
    return { role, content: only.text, ...own }
  const content = encodePieces(parts, context)
  return content.length === 0 ? null : { role, content, ...own }
}

function encodePieces(parts: readonly Part[], { warnings, index }: InputContext): readonly JsonObject[] {
  return parts.flatMap((part): JsonObject | readonly JsonObject[] => {
    const piece = encodeContent(part)
    if (piece !== null) return piece
    if (part.type !== 'opaque') throw cannotSay(part, index)
    warnings.push(`dropped content ${kindOfForeign(part.value)}`)
    return []
  })
}

function cannotSay({ type }: Part, index: number): GatewayError {
  const message = `\`messages[${index}]\` has content of the kind ${type}, which this provider does not take.`
  return new GatewayError('unsupported_parameter', { message, param: `messages[${index}].content` })
}

function kindOfForeign({ type }: JsonObject): string {
  return isText(type) ? type : 'unknown'
}

function encodeResult(result: ToolResultPart, context: InputContext): JsonObject {
  const { custom, ...own } = ownExtra(result.extra)
  if (result.cache !== undefined) warnOnce(context.warnings, 'dropped parameter cache_control')
  const isCustom = custom === true || context.customCalls.has(result.callId)
  return {
    type: isCustom ? 'custom_tool_call_output' : 'function_call_output',
    call_id: result.callId,
    output: encodeResultContent(result, context),
    ...own,
  }
}

/** There is no flag for a failed call. */
function encodeResultContent({ content, isError }: ToolResultPart, context: InputContext): unknown {
  const parts = isError === true ? [{ type: 'text', text: failedCall } as const, ...content] : content
  if (!parts.every(isPlainText)) return encodePieces(parts, context)
  return parts.length === 1 ? parts[0]?.text : parts.map(({ text }) => text).join('\n')
}

// The assistant.

interface SpokenMessage {
  readonly own: JsonObject
  readonly content: JsonObject[]
}

function encodeAssistant({ parts }: Message, context: InputContext): readonly JsonObject[] {
  const items: (JsonObject | SpokenMessage)[] = []
  for (const part of parts) {
    const content = spokenContent(part)
    if (content === null) {
      items.push(...encodeAct(part, context))
      continue
    }
    const own = part.type === 'text' ? ownExtra(part.extra) : {}
    const last = items.at(-1)
    if (isSpoken(last) && (part.type === 'refusal' || last.own['id'] === own['id']))
      last.content.push(content)
    else items.push({ own, content: [content] })
  }
  return items.map(item => (isSpoken(item) ? messageOf(item) : item))
}

function isSpoken(item: JsonObject | SpokenMessage | undefined): item is SpokenMessage {
  return item !== undefined && 'own' in item && isObject(item.own)
}

/** A message that came with an id goes back as it was. */
function messageOf({ own, content }: SpokenMessage): JsonObject {
  return isText(own['id'])
    ? { type: 'message', role: 'assistant', content, ...own }
    : { role: 'assistant', content, ...own }
}

function spokenContent(part: Part): JsonObject | null {
  if (part.type === 'refusal') return refusalContent(part.text)
  if (part.type !== 'text') return null
  const annotations = (part.citations ?? []).filter(({ extra }) => ownExtra(extra)['type'] !== undefined)
  return {
    type: 'output_text',
    text: part.text,
    ...(annotations.length > 0 && { annotations: annotationsOf(annotations) }),
  }
}

function encodeAct(part: Part, context: InputContext): readonly JsonObject[] {
  switch (part.type) {
    case 'tool_call':
      return [encodeCall(part)]
    case 'reasoning':
      return encodeReasoning(part)
    case 'tool_result':
      return [encodeResult(part, context)]
    case 'opaque':
      if (part.format === formatName) return [part.value]
      context.warnings.push(`dropped content ${kindOfForeign(part.value)}`)
      return []
    case 'image':
    case 'audio':
    case 'file':
    case 'text':
    case 'refusal':
      context.warnings.push(`dropped content ${part.type}`)
      return []
  }
}

function encodeCall(call: ToolCallPart): JsonObject {
  const { id, name, custom, extra } = call
  const own = ownExtra(extra)
  const inner = isText(own['namespace']) ? name.replace(`${own['namespace']}__`, '') : name
  return custom === true
    ? { type: 'custom_tool_call', call_id: id, name: inner, input: call.arguments, ...own }
    : { type: 'function_call', call_id: id, name: inner, arguments: call.arguments || '{}', ...own }
}

/** A thought that cannot be proved to be the provider's own, or that it cannot read, is left out. */
function encodeReasoning(part: ReasoningPart): readonly JsonObject[] {
  if (part.origin !== formatName) return []
  const own = ownExtra(part.extra)
  if (own['type'] === 'reasoning') return isReadable(own) ? [own] : []
  if (part.encrypted === undefined) return []
  const summary = part.text === '' ? [] : [{ type: 'summary_text', text: part.text }]
  return [{ type: 'reasoning', summary, encrypted_content: part.encrypted }]
}

/** Without its content, an item is a mere reference to what the provider was asked not to keep. */
function isReadable({ encrypted_content: encrypted, content }: JsonObject): boolean {
  return isText(encrypted) || objectsOf(content).length > 0
}
