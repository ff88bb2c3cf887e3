// Shortcuts for tests of the translation.

import { completion as anyCompletion } from '../../conversation/arbitrary.fixture.ts'
import type { Completion } from '../../conversation/completion.ts'
import type { CompletionEvent } from '../../conversation/completion-event.ts'
import type { Conversation, Message } from '../../conversation/conversation.ts'
import { foldEvents } from '../../conversation/fold-events.ts'
import { unfoldCompletion } from '../../conversation/unfold-completion.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import type { ChatTranslation, EncodeContext, EncodedRequest, WireEvent } from '../format.ts'
import { openAiChat } from './index.ts'
import { compatibleChat, type OpenAiChatQuirks } from './quirks.ts'

export { anyCompletion }

export const chat = openAiChat.chat as ChatTranslation

/** A request with one message of the user, and these fields. */
export function decode(fields: JsonObject): Conversation {
  const body = { model: 'm', messages: [{ role: 'user', content: 'Hi' }], ...fields }
  openAiChat.checkRequest(body, { model: null, streaming: null })
  return chat.decodeRequest(body, { model: null, streaming: null })
}

export function conversation(fields: Partial<Conversation> = {}): Conversation {
  const messages: readonly Message[] = [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }]
  return { model: 'm', streaming: false, messages, tools: [], sampling: {}, ...fields }
}

interface Sent {
  readonly model?: string
  /** What differs from compatible servers; `null` for OpenAI itself. */
  readonly quirks?: OpenAiChatQuirks | null
  readonly streamUsage?: 'ask' | 'reject'
}

export function encode(asked: Conversation, sent: Sent = {}): EncodedRequest {
  const { model = 'm', quirks = {}, streamUsage = 'ask' } = sent
  const dialect = quirks === null ? {} : { openAiChat: { ...compatibleChat, ...quirks } }
  return chat.encodeRequest(asked, { model, maxOutputTokens: null, streamUsage, quirks: dialect })
}

export function messagesOf({ body }: EncodedRequest): readonly JsonObject[] {
  return body['messages'] as readonly JsonObject[]
}

const context = { createId: () => 'made' }

export function decodeAnswer(
  message: JsonObject,
  choice: JsonObject = {},
  answer: JsonObject = {},
): Completion {
  const choices = [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: 'stop', ...choice }]
  return chat.decodeResponse({ id: 'a', object: 'chat.completion', model: 'm', choices, ...answer }, context)
}

/** The neutral events of a stream of chunks, of which strings are sent as they stand. */
export function decodeChunks(chunks: readonly (JsonObject | string)[]): CompletionEvent[] {
  const events: CompletionEvent[] = []
  const decoder = chat.openDecoder(context, event => events.push(event))
  for (const chunk of chunks)
    decoder.push({ name: '', data: typeof chunk === 'string' ? chunk : JSON.stringify(chunk) })
  decoder.finish()
  return events
}

/** Chunks of one choice with these deltas, its end among them. */
export function chunksOf(deltas: readonly JsonObject[], finish = 'stop'): JsonObject[] {
  const chunk = (choice: JsonObject): JsonObject => ({
    id: 'a',
    model: 'm',
    choices: [{ index: 0, ...choice }],
  })
  return [
    ...deltas.map(delta => chunk({ delta, finish_reason: null })),
    chunk({ delta: {}, finish_reason: finish }),
  ]
}

export function decodeDeltas(deltas: readonly JsonObject[], finish?: string): Completion {
  return foldEvents(decodeChunks([...chunksOf(deltas, finish), '[DONE]']))
}

export function encodeContext(asked: Conversation = conversation()): EncodeContext<Conversation> {
  return { asked, id: 'x', created: 7, inputTokens: 1, createId: () => 'made' }
}

export function encodeEvents(events: Iterable<CompletionEvent>, asked?: Conversation): readonly WireEvent[] {
  const written: WireEvent[] = []
  const encoder = chat.openEncoder(encodeContext(asked), event => written.push(event))
  for (const event of events) encoder.push(event)
  return written
}

/** The chunks that a client gets of an answer, without the mark of the end. */
export function encodeChunks(answer: Completion, asked?: Conversation): readonly JsonObject[] {
  const events = encodeEvents(unfoldCompletion(answer), asked)
  return events.slice(0, -1).map(({ data }) => JSON.parse(data) as JsonObject)
}

export function deltasOf(chunks: readonly JsonObject[]): readonly JsonObject[] {
  return chunks.flatMap(({ choices }) =>
    (choices as JsonObject[]).map(choice => choice['delta'] as JsonObject),
  )
}

/** An answer of one choice with these parts. */
export function answerOf(...parts: Completion['choices'][number]['parts']): Completion {
  const reason = parts.some(({ type }) => type === 'tool_call') ? 'tool_calls' : 'stop'
  return { id: 'a', model: 'm', choices: [{ parts, finish: { reason } }], usage: null }
}
