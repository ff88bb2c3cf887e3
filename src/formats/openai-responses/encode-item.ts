// The items of an output, whole: what the last event of each tells, and the response in the end.

import type { FinishReason } from '../../conversation/completion.ts'
import type { Conversation } from '../../conversation/conversation.ts'
import type { Citation, ReasoningPart, ToolCallPart } from '../../conversation/parts.ts'
import { isObject, isText, type JsonObject } from '../../lib/json-value.ts'
import { webAddress } from '../openai-shared/web-address.ts'
import { seal } from '../shared/sealed.ts'
import { formatName, ownExtra } from './wire.ts'

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete'

export function textContent(
  text: string,
  annotations: readonly JsonObject[],
  logprobs: readonly unknown[],
): JsonObject {
  return { type: 'output_text', text, annotations, logprobs }
}

export function refusalContent(refusal: string): JsonObject {
  return { type: 'refusal', refusal }
}

export function messageItem(id: string, status: ItemStatus, content: readonly JsonObject[]): JsonObject {
  return { id, type: 'message', status, role: 'assistant', content }
}

/**
 * Where a citation rests on the web it is told so; documents are told by their name. Null for a source that has neither
 * an address nor a name.
 */
export function annotationOf(citation: Citation): JsonObject | null {
  const own = ownExtra(citation.extra)
  if (isText(own['type'])) return own
  const { url, title = '', start = 0, end = start } = citation
  const address = webAddress(url)
  if (address !== null)
    return { type: 'url_citation', url: address, title, start_index: start, end_index: end }
  if (url !== undefined || title === '') return null
  return { type: 'file_citation', file_id: title, filename: title, index: start }
}

export function annotationsOf(citations: readonly Citation[] = []): JsonObject[] {
  return citations.map(annotationOf).filter(annotation => annotation !== null)
}

/** A call of a tool that the client declared; a namespace stands beside the name again. */
export function callItem(
  call: ToolCallPart,
  { id, status, asked }: { readonly id: string; readonly status: ItemStatus; readonly asked: Conversation },
): JsonObject {
  const said = call.custom === true ? { input: call.arguments } : { arguments: call.arguments || '{}' }
  return {
    id,
    type: call.custom === true ? 'custom_tool_call' : 'function_call',
    status,
    ...said,
    call_id: call.id,
    ...nameOfCall(call.name, asked),
    ...ownExtra(call.extra),
    ...(call.signature !== undefined && { signature: call.signature }),
  }
}

function nameOfCall(name: string, { tools }: Conversation): JsonObject {
  const tool = tools.find(each => each.type !== 'provider' && each.name === name)
  const { namespace, name: inner } = ownExtra(tool?.type === 'provider' ? undefined : tool?.extra)
  return isObject(namespace) ? { name: inner, namespace: namespace['name'] } : { name }
}

/** Thoughts of this format are its own item; those of others are shown, and kept whole for the way back. */
export function reasoningItem(part: ReasoningPart, id: string): JsonObject {
  const own = ownExtra(part.extra)
  if (part.origin === formatName && own['type'] === 'reasoning') return own
  const { text, summary, encrypted, origin } = part
  const kept = origin === formatName ? encrypted : keptThought(part)
  return {
    id,
    type: 'reasoning',
    summary: summary === true && text !== '' ? [{ type: 'summary_text', text }] : [],
    ...(summary !== true && text !== '' && { content: [{ type: 'reasoning_text', text }] }),
    ...(kept !== undefined && { encrypted_content: kept }),
  }
}

/** Nothing has to be kept of thoughts that nobody wants back. */
function keptThought(part: ReasoningPart): string | undefined {
  const { type, text, signature, encrypted, summary, origin, extra } = part
  if (origin === undefined && signature === undefined && encrypted === undefined) return undefined
  const inOrder = { type, text, signature, encrypted, summary, origin, extra } as ReasoningPart
  return seal({ kind: 'reasoning', part: inOrder })
}

export function imageItem(id: string, base64: string): JsonObject {
  return { id, type: 'image_generation_call', status: 'completed', result: base64 }
}

/** Why a response is incomplete; undefined for one that is not. */
export function incompleteReason(reason: FinishReason): string | undefined {
  if (reason === 'length') return 'max_output_tokens'
  return reason === 'content_filter' ? 'content_filter' : undefined
}
