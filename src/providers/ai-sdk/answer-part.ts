// Pieces of an answer of the AI SDK in the neutral form: calls, files, sources.

import type { AnswerPart } from '../../conversation/completion.ts'
import type { Citation, MediaSource } from '../../conversation/parts.ts'
import { isObject, isText } from '../../lib/json-value.ts'
import { readSignature } from './metadata.ts'
import type { SdkPart } from './model.ts'

/** Null for what is nobody's business but the vendor's: its own tools and their results. */
export function decodePart(part: SdkPart): AnswerPart | null {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: textOf(part['text']) }
    case 'reasoning':
      return {
        type: 'reasoning',
        text: textOf(part['text']),
        ...readSignature(part['providerMetadata']),
      }
    case 'tool-call':
      return part['providerExecuted'] === true ? null : decodeCall(part)
    case 'file':
      return decodeFile(part)
    default:
      return null
  }
}

function decodeCall(part: SdkPart): AnswerPart {
  const { input } = part
  const signature = readSignature(part['providerMetadata'])?.signature
  return {
    type: 'tool_call',
    id: textOf(part['toolCallId']),
    name: textOf(part['toolName']),
    arguments: typeof input === 'string' ? input : JSON.stringify(input ?? {}),
    ...(signature === undefined ? {} : { signature }),
  }
}

function decodeFile(part: SdkPart): AnswerPart {
  const mediaType = textOf(part['mediaType'])
  const source = decodeSource(part['data'], mediaType)
  if (mediaType.startsWith('image/')) return { type: 'image', source }
  return mediaType.startsWith('audio/') ? { type: 'audio', source } : { type: 'file', source }
}

function decodeSource(data: unknown, mediaType: string): MediaSource {
  if (isObject(data) && data['type'] === 'url') return { kind: 'url', url: String(data['url']), mediaType }
  const bytes = isObject(data) && data['type'] === 'data' ? data['data'] : data
  if (bytes instanceof Uint8Array) {
    const { buffer, byteOffset, byteLength } = bytes
    return { kind: 'base64', mediaType, data: Buffer.from(buffer, byteOffset, byteLength).toString('base64') }
  }
  return { kind: 'base64', mediaType, data: textOf(bytes) }
}

/** Null for a source that is not on the web. */
export function decodeSourcePart(part: SdkPart): Citation | null {
  const { url, title } = part
  return isText(url) ? { url, ...(isText(title) ? { title } : {}) } : null
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
