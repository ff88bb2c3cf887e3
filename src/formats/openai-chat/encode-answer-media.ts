// Images, recordings and files in an answer. The format itself has only recordings: the others are as OpenRouter has
// its images. https://openrouter.ai/docs/features/multimodal/image-generation

import type { AudioPart, FilePart, ImagePart } from '../../conversation/parts.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import { addressOf } from './encode-content.ts'
import { ownExtra } from './name.ts'

export function encodeImage({ source }: ImagePart): JsonObject {
  return { type: 'image_url', image_url: { url: addressOf(source, 'choices') } }
}

export function encodeFile({ source, name = 'file' }: FilePart): JsonObject {
  return { type: 'file', file: { filename: name, file_data: addressOf(source, 'choices') } }
}

export function encodeSpeech(part: AudioPart): JsonObject {
  const { source, transcript = '' } = part
  const data = source.kind === 'base64' ? source.data : ''
  return { id: '', data, expires_at: 0, transcript, ...ownExtra(part) }
}
