// The chunks of a content as Mistral writes them, and its tool calls, which are always whole.
// https://docs.mistral.ai/api/endpoint/chat

import type { AnswerPart } from '../../conversation/completion.ts'
import type { ReasoningPart, ToolCallPart } from '../../conversation/parts.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import { addressOf } from '../openai-chat/encode-content.ts'
import { formatName as openAiName } from '../openai-chat/name.ts'
import { seal } from '../shared/sealed.ts'
import { formatName } from './name.ts'

/** What a content holds beside text: null for what has no chunk. */
export function encodeChunk(part: AnswerPart): JsonObject | null {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return { type: 'text', text: part.text }
    case 'reasoning':
      return { ...thinkingChunk(part.text), ...signatureOf(part) }
    case 'image':
      return { type: 'image_url', image_url: addressOf(part.source, 'choices') }
    case 'audio':
      return { type: 'input_audio', input_audio: addressOf(part.source, 'choices') }
    case 'file':
      return {
        type: 'document_url',
        document_url: addressOf(part.source, 'choices'),
        ...(part.name === undefined ? {} : { document_name: part.name }),
      }
    case 'opaque':
      return part.format === openAiName || part.format === formatName ? part.value : null
    case 'tool_call':
      return null
  }
}

export function thinkingChunk(text: string): JsonObject {
  return { type: 'thinking', thinking: text === '' ? [] : [{ type: 'text', text }] }
}

/**
 * A thought that its maker wants back, whole, in the one field that clients keep as it is. Plain text of servers of
 * OpenAI's format needs no more than its text.
 */
export function signatureOf(thought: ReasoningPart): JsonObject {
  const { origin = openAiName, signature, encrypted, extra } = thought
  const plain = signature === undefined && encrypted === undefined && extra === undefined
  if (plain && origin === openAiName) return {}
  return { signature: seal({ kind: 'reasoning', part: thought }) }
}

export function encodeCall({ id, name, arguments: text }: ToolCallPart, index: number): JsonObject {
  return { id, type: 'function', function: { name, arguments: text }, index }
}
