// The messages of a conversation as Cohere wants them: what the assistant said before its tool calls is its plan, and
// each result is a message.

import type { Message } from '../../conversation/conversation.ts'
import type { ImagePart, MediaSource, Part, TextPart, ToolResultPart } from '../../conversation/parts.ts'
import { isObject, isText, type JsonObject } from '../../lib/json-value.ts'
import { readTextFile } from '../shared/text-file.ts'
import { nameOfOpaque, unsupported } from '../shared/unsayable.ts'
import { documentOf } from './documents.ts'
import { formatName } from './name.ts'

export interface EncodedMessages {
  readonly messages: readonly JsonObject[]
  /** What an earlier request of this format had beside its messages. */
  readonly documents: readonly unknown[]
}

/** A system message is only taken at the beginning: "system turn must be the first in the list". */
export function encodeMessages(messages: readonly Message[], warnings: string[]): EncodedMessages {
  const documents: unknown[] = []
  const said = (role: Message['role'] | null) => (message: Message) =>
    (message.role === 'system') === (role === 'system')
  const encoded = [...messages.filter(said('system')), ...messages.filter(said(null))].flatMap(message =>
    message.role === 'assistant'
      ? encodeAssistant(message, warnings)
      : encodeSpoken(message, { documents, warnings }),
  )
  return { messages: encoded, documents }
}

interface Collected {
  readonly documents: unknown[]
  readonly warnings: string[]
}

/** What the system or the user says, and the results of tools. */
function encodeSpoken({ role, parts }: Message, collected: Collected): readonly JsonObject[] {
  const results: JsonObject[] = []
  const content: JsonObject[] = []
  for (const part of parts) {
    if (part.type === 'tool_result') {
      results.push(encodeResult(part, collected))
      content.push(...imagesOf(part))
    } else content.push(...encodePart(part, collected))
  }
  const message = content.length === 0 ? [] : [{ role, content: simplified(content) }]
  return [...results, ...message]
}

function encodePart(part: Part, { documents, warnings }: Collected): readonly JsonObject[] {
  switch (part.type) {
    case 'text': {
      const document = documentOf(part)
      if (document === undefined) return part.text === '' ? [] : [textBlock(part.text)]
      documents.push(document)
      return []
    }
    case 'refusal':
      return [textBlock(part.text)]
    case 'image':
      return [imageBlock(part)]
    case 'file':
      return [textBlock(readTextFile(part))]
    case 'audio':
      if (part.transcript === undefined) throw unsupported('messages', 'it cannot listen to audio')
      return [textBlock(part.transcript)]
    case 'opaque':
      if (part.format === formatName) return [part.value]
      warnings.push(`dropped content ${nameOfOpaque(part)}`)
      return []
    case 'reasoning':
    case 'tool_call':
    case 'tool_result':
      return []
  }
}

function encodeResult(result: ToolResultPart, { warnings }: Collected): JsonObject {
  const content: JsonObject[] = []
  for (const part of result.content) {
    if (part.type === 'image') content.push(textBlock('[The image follows in the next message.]'))
    else if (part.type === 'text' && documentOf(part) !== undefined)
      content.push({ type: 'document', document: documentOf(part) as JsonObject })
    else content.push(...encodePart(part, { documents: [], warnings }))
  }
  if (result.isError === true) content.unshift(textBlock('Error:'))
  return { role: 'tool', tool_call_id: result.callId, content: simplified(content) }
}

/** A message of a tool holds no image: the user shows it, with a word of where it is from. */
function imagesOf({ content, name, callId }: ToolResultPart): readonly JsonObject[] {
  const images = content.filter(part => part.type === 'image')
  if (images.length === 0) return []
  return [textBlock(`Image in the result of the tool ${name ?? callId}:`), ...images.map(imageBlock)]
}

/** With tool calls, all text is their plan, and thoughts alone are content. */
function encodeAssistant({ parts }: Message, warnings: string[]): readonly JsonObject[] {
  const calls = parts.filter(part => part.type === 'tool_call')
  const blocks = parts.flatMap(part => encodeSaid(part, warnings))
  if (calls.length === 0)
    return blocks.length === 0 ? [] : [{ role: 'assistant', content: simplified(blocks) }]
  const content = blocks.filter(({ type }) => type !== 'text')
  const plan = blocks.map(({ type, text }) => (type === 'text' && isText(text) ? text : '')).join('')
  return [
    {
      role: 'assistant',
      ...(content.length === 0 ? {} : { content }),
      ...(plan === '' ? {} : { tool_plan: plan }),
      tool_calls: calls.map(encodeCall),
    },
  ]
}

function encodeSaid(part: Part, warnings: string[]): readonly JsonObject[] {
  if (part.type === 'reasoning' && isOwn(part))
    return part.text === '' ? [] : [{ type: 'thinking', thinking: part.text }]
  if (part.type !== 'reasoning' && part.type !== 'image' && part.type !== 'file')
    return encodePart(part, { documents: [], warnings })
  warnings.push(`dropped content ${part.type}`)
  return []
}

/** Thoughts are plain text here, so that those of nobody in particular can be given back as well. */
function isOwn({ origin, signature, encrypted }: Part & { readonly type: 'reasoning' }): boolean {
  return origin === formatName || (origin === undefined && signature === undefined && encrypted === undefined)
}

function encodeCall(call: Part & { readonly type: 'tool_call' }): JsonObject {
  const { id, name } = call
  return { id, type: 'function', function: { name, arguments: call.arguments || '{}' } }
}

function textBlock(text: TextPart['text']): JsonObject {
  return { type: 'text', text }
}

function imageBlock({ source, detail }: ImagePart): JsonObject {
  return {
    type: 'image_url',
    image_url: { url: addressOf(source), ...(detail === undefined ? {} : { detail }) },
  }
}

function addressOf(source: MediaSource): string {
  switch (source.kind) {
    case 'base64':
      return `data:${source.mediaType};base64,${source.data}`
    case 'url':
      return source.url
    case 'file':
      throw unsupported('messages', 'a file uploaded elsewhere cannot be read')
  }
}

/** A single text is written as one. */
function simplified(content: readonly JsonObject[]): string | readonly JsonObject[] {
  const [first] = content
  if (first === undefined) return ''
  return content.length === 1 && isObject(first) && first['type'] === 'text' ? String(first['text']) : content
}
