// For tests: contexts and targets, and what a stream of events is to a client of this format.

import type { Completion } from '../../conversation/completion.ts'
import type { CompletionEvent } from '../../conversation/completion-event.ts'
import type { Conversation, FunctionTool } from '../../conversation/conversation.ts'
import { EventFolder } from '../../conversation/fold-events.ts'
import { GatewayError } from '../../errors.ts'
import type { DecodeContext, EncodeContext, EncodeTarget, JsonObject, WireEvent } from '../format.ts'
import { EventReader } from '../streams/event-reader.ts'
import { gemini } from './index.ts'

export const plainConversation: Conversation = {
  model: 'asked-model',
  streaming: false,
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hello' }] }],
  tools: [],
  sampling: {},
}

export const functionTool: FunctionTool = {
  type: 'function',
  name: 'f',
  parameters: { type: 'object', properties: { a: { type: 'integer' } } },
}

export function targetOf(model: string, more: Partial<EncodeTarget> = {}): EncodeTarget {
  return { model, maxOutputTokens: null, streamUsage: 'reject', quirks: {}, ...more }
}

function decodeContext(): DecodeContext {
  let ids = 0
  return { createId: () => String(ids++) }
}

export function encodeContext(asked: Conversation = plainConversation): EncodeContext<Conversation> {
  return { asked, id: 'exchange1', created: 1_700_000_000, inputTokens: 7, ...decodeContext() }
}

/** A request in this format, decoded. */
export function decode(body: JsonObject): Conversation {
  return gemini.chat.decodeRequest(body, { model: 'gemini-2.5-flash', streaming: false })
}

export function encode(changes: Partial<Conversation>, model = 'gemini-3-flash-preview') {
  return gemini.chat.encodeRequest({ ...plainConversation, ...changes }, targetOf(model))
}

/** What a request is refused with; null where it is not. */
export function failureOf(action: () => unknown) {
  try {
    action()
  } catch (thrown) {
    if (thrown instanceof GatewayError) return { code: thrown.code, param: thrown.param }
    throw thrown
  }
  return null
}

export function read(body: unknown): Completion {
  return gemini.chat.decodeResponse(body, decodeContext())
}

/** The chunks that a client of this format gets. */
export function writeStream(events: Iterable<CompletionEvent>): readonly JsonObject[] {
  const written: WireEvent[] = []
  const encoder = gemini.chat.openEncoder(encodeContext(), event => written.push(event))
  for (const event of events) encoder.push(event)
  return written.map(({ data }) => JSON.parse(data) as JsonObject)
}

/** The events that chunks of an upstream make. */
export function readChunks(chunks: readonly unknown[]): readonly CompletionEvent[] {
  const events: CompletionEvent[] = []
  const decoder = gemini.chat.openDecoder(decodeContext(), event => events.push(event))
  for (const chunk of chunks) decoder.push({ name: '', data: JSON.stringify(chunk) })
  decoder.finish()
  return events
}

/** The answer that the bytes of a stream make, cut as they are. */
export function foldStream(chunks: readonly Buffer[]): Completion {
  const folder = new EventFolder()
  const decoder = gemini.chat.openDecoder(decodeContext(), event => folder.push(event))
  const reader = new EventReader(gemini.framing, event => {
    decoder.push(event)
    return true
  })
  for (const chunk of chunks) {
    const block = reader.split(chunk)
    if (block !== null) reader.read(block)
  }
  const rest = reader.rest()
  if (rest !== null) reader.read(rest)
  decoder.finish()
  return folder.completion()
}

/** Bytes in pieces of a size. */
export function cut(bytes: Buffer, size: number): Buffer[] {
  const chunks: Buffer[] = []
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size))
  return chunks
}
