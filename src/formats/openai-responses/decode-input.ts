// From the items of a request to messages: what the assistant did in one turn is one message, whatever items it is in.

import type { Message } from '../../conversation/conversation.ts'
import type { Part, ToolResultContent, ToolResultPart } from '../../conversation/parts.ts'
import { isObject, isText, type JsonObject } from '../../lib/json-value.ts'
import { otherFields, putAside } from '../shared/aside.ts'
import { refuse } from '../shared/checks.ts'
import { unseal } from '../shared/sealed.ts'
import { decodeContent } from './content.ts'
import { decodeAssistantItem, decodeReasoning } from './decode-item.ts'
import { formatName, kindOf, textOf } from './wire.ts'

interface OpenMessage {
  readonly role: Message['role']
  readonly parts: Part[]
  /** What may still be added to it: the assistant goes on, or further results come. */
  readonly takes: 'assistant' | 'results' | 'nothing'
  readonly extra?: Message['extra']
}

/** @throws GatewayError `invalid_request` naming the item */
export function decodeInput(input: unknown): readonly Message[] {
  if (typeof input === 'string') return [{ role: 'user', parts: [{ type: 'text', text: input }] }]
  const messages: OpenMessage[] = []
  const list: readonly unknown[] = Array.isArray(input) ? input : []
  list.forEach((item, index) => {
    if (isObject(item)) addItem(messages, item, `input[${index}]`)
  })
  return messages.map(({ role, parts, extra }) => ({ role, parts, ...(extra !== undefined && { extra }) }))
}

function addItem(messages: OpenMessage[], item: JsonObject, path: string): void {
  const kind = kindOf(item)
  switch (kind) {
    case 'message':
      if (item['role'] === 'assistant') addTo(messages, 'assistant', decodeAssistantItem(item))
      else messages.push(decodeMessage(item, path))
      break
    case 'function_call_output':
    case 'custom_tool_call_output':
      addTo(messages, 'results', [decodeOutput(item, path)])
      break
    case 'item_reference':
      refuse(path, `refers to the item ${textOf(item['id'])}, which is not known here`)
      break
    case 'reasoning':
      addTo(messages, 'assistant', [decodeThought(item)])
      break
    case 'compaction':
      messages.push(decodeCompaction(item))
      break
    default:
      addTo(messages, isOfClient(kind) ? 'results' : 'assistant', decodeAssistantItem(item))
  }
}

/** Items of the newer kinds that answer the assistant: `computer_call_output`, `mcp_approval_response`. */
function isOfClient(kind: string): boolean {
  return /_(?:output|response)$|^additional_tools$/.test(kind)
}

function addTo(messages: OpenMessage[], takes: 'assistant' | 'results', parts: readonly Part[]): void {
  const last = messages.at(-1)
  if (last?.takes === takes) last.parts.push(...parts)
  else messages.push({ role: takes === 'assistant' ? 'assistant' : 'user', parts: [...parts], takes })
}

const messageFields = new Set(['type', 'role', 'content', 'id', 'status'])

function decodeMessage(item: JsonObject, path: string): OpenMessage {
  const { role } = item
  const rest = otherFields(item, messageFields)
  const own = role === 'developer' ? { ...rest, role } : rest
  return {
    role: role === 'user' ? 'user' : 'system',
    parts: decodePieces(item['content'], `${path}.content`),
    takes: 'nothing',
    ...putAside(formatName, own),
  }
}

function decodePieces(content: unknown, path: string): Part[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  const pieces: readonly unknown[] = Array.isArray(content) ? content : []
  return pieces.flatMap((piece, index) => (isObject(piece) ? decodeContent(piece, `${path}[${index}]`) : []))
}

function decodeOutput(item: JsonObject, path: string): ToolResultPart {
  const { call_id: callId, output, id } = item
  const own = {
    ...(isText(id) && { id }),
    ...(item['type'] === 'custom_tool_call_output' && { custom: true }),
  }
  return {
    type: 'tool_result',
    callId: textOf(callId),
    content: decodeResult(output, `${path}.output`),
    ...putAside(formatName, own),
  }
}

function decodeResult(output: unknown, path: string): readonly ToolResultContent[] {
  if (typeof output !== 'string' && !Array.isArray(output))
    return [{ type: 'text', text: JSON.stringify(output ?? null) }]
  return decodePieces(output, path).map(asResultContent)
}

/** A tool says nothing that only an assistant or a user can say. */
function asResultContent(part: Part): ToolResultContent {
  switch (part.type) {
    case 'text':
    case 'image':
    case 'audio':
    case 'file':
    case 'opaque':
      return part
    case 'refusal':
    case 'reasoning':
      return { type: 'text', text: part.text }
    case 'tool_call':
    case 'tool_result':
      return { type: 'text', text: '' }
  }
}

/** Thoughts of another provider come back as they were. */
function decodeThought(item: JsonObject): Part {
  const sealed = unseal(item['encrypted_content'])
  return sealed?.kind === 'reasoning' ? sealed.part : decodeReasoning(item)
}

/** A summary of ours is what the user has to say of the conversation so far; one of the provider's is its own. */
function decodeCompaction(item: JsonObject): OpenMessage {
  const sealed = unseal(item['encrypted_content'])
  const part: Part =
    sealed?.kind === 'summary'
      ? { type: 'text', text: introduceSummary(sealed.text) }
      : { type: 'opaque', format: formatName, value: item }
  return { role: 'user', parts: [part], takes: 'nothing' }
}

export function introduceSummary(summary: string): string {
  return `The conversation so far was summarised, to make room for what follows:\n\n${summary}`
}
