// The content of a message: text, or a list of parts of text, images, recordings, documents and thoughts.
// Clients write it and so do some providers; what is unknown is kept as it came.

import type {
  AudioPart,
  CacheMarker,
  Extra,
  FilePart,
  ImagePart,
  MediaSource,
  OpaquePart,
  ReasoningPart,
  RefusalPart,
  TextPart,
} from '../../conversation/parts.ts'
import { isObject, isText, type JsonObject, type MutableJson } from '../../lib/json-value.ts'
import { otherFields, putAside } from '../shared/aside.ts'
import { readThought } from './decode-reasoning.ts'
import { formatName } from './name.ts'

export type ContentPart =
  | TextPart
  | ImagePart
  | AudioPart
  | FilePart
  | ReasoningPart
  | RefusalPart
  | OpaquePart

/** An empty text is no part. */
export function decodeContent(content: unknown): ContentPart[] {
  if (isText(content)) return [{ type: 'text', text: content }]
  if (!Array.isArray(content)) return []
  const parts: ContentPart[] = []
  for (const part of content)
    if (isObject(part)) parts.push(...decodePart(part))
    else if (isText(part)) parts.push({ type: 'text', text: part })
  return parts
}

function decodePart(part: MutableJson): readonly ContentPart[] {
  switch (part['type']) {
    case 'text':
    case 'input_text':
    case 'output_text':
      return decodeText(part)
    case 'image_url':
    case 'input_image':
      return [decodeImage(part)]
    case 'input_audio':
      return [decodeAudio(part)]
    case 'file':
    case 'document_url':
      return [decodeFile(part)]
    case 'video_url':
      return [decodeVideo(part)]
    case 'thinking':
    case 'redacted_thinking':
      return readThought(part)
    case 'refusal':
      return isText(part['refusal']) ? [{ type: 'refusal', text: part['refusal'] }] : []
    default:
      return [opaque(part)]
  }
}

const textFields: ReadonlySet<string> = new Set(['type', 'text', 'cache_control'])

function decodeText(part: MutableJson): readonly ContentPart[] {
  const { text } = part
  if (typeof text !== 'string') return [opaque(part)]
  const marks = marksOf(part, textFields)
  return text === '' && marks.extra === undefined ? [] : [{ type: 'text', text, ...marks }]
}

const imageFields: ReadonlySet<string> = new Set(['type', 'image_url', 'cache_control', 'detail'])

function decodeImage(part: MutableJson): ContentPart {
  const image = part['image_url']
  const url = isObject(image) ? image['url'] : image
  if (!isText(url)) return opaque(part)
  const detail = isObject(image) ? image['detail'] : part['detail']
  return {
    type: 'image',
    source: sourceOf(url),
    ...(isText(detail) ? { detail } : {}),
    ...marksOf(part, imageFields),
  }
}

const audioFields: ReadonlySet<string> = new Set(['type', 'input_audio', 'cache_control'])

function decodeAudio(part: MutableJson): ContentPart {
  const audio = part['input_audio']
  if (!isObject(audio) || !isText(audio['data'])) return opaque(part)
  const { data, format } = audio
  const source: MediaSource = data.startsWith('data:')
    ? sourceOf(data)
    : { kind: 'base64', mediaType: audioType(format), data }
  return { type: 'audio', source, ...marksOf(part, audioFields) }
}

export function audioType(format: unknown): string {
  if (!isText(format)) return 'audio/wav'
  return format === 'mp3' ? 'audio/mpeg' : `audio/${format}`
}

const fileFields: ReadonlySet<string> = new Set([
  'type',
  'file',
  'document_url',
  'document_name',
  'cache_control',
])

function decodeFile(part: MutableJson): ContentPart {
  const { file, document_url: documentUrl, document_name: documentName } = part
  const name = isObject(file) ? file['filename'] : documentName
  const source = isObject(file) ? fileSource(file) : urlSource(documentUrl)
  if (source === null) return opaque(part)
  return { type: 'file', source, ...(isText(name) ? { name } : {}), ...marksOf(part, fileFields) }
}

function fileSource(file: MutableJson): MediaSource | null {
  if (isText(file['file_id'])) return { kind: 'file', id: file['file_id'] }
  return urlSource(file['file_data'])
}

function urlSource(address: unknown): MediaSource | null {
  const url = isObject(address) ? address['url'] : address
  return isText(url) ? sourceOf(url) : null
}

const videoFields: ReadonlySet<string> = new Set(['type', 'video_url', 'cache_control'])

function decodeVideo(part: MutableJson): ContentPart {
  const source = urlSource(part['video_url'])
  if (source === null) return opaque(part)
  const typed = source.mediaType === undefined ? { ...source, mediaType: 'video/mp4' } : source
  return { type: 'file', source: typed, ...marksOf(part, videoFields) }
}

const dataUrl = /^data:([^;,]*)[^,]*;base64,/i

/** @param address a URL, `data:` ones among them; anything else is taken for base64 without a label */
function sourceOf(address: string): MediaSource {
  const match = dataUrl.exec(address.slice(0, 256))
  if (match !== null)
    return {
      kind: 'base64',
      mediaType: match[1] || 'application/octet-stream',
      data: address.slice(match[0].length),
    }
  if (/^[a-z][a-z0-9+.-]*:/i.test(address)) return { kind: 'url', url: address }
  return { kind: 'base64', mediaType: 'application/octet-stream', data: address }
}

/** The cache marker of a part, a tool or a message, in the shape that routers took from Anthropic. */
export function cacheOf({ cache_control: marker }: JsonObject): { cache?: CacheMarker } {
  if (!isObject(marker)) return {}
  return { cache: isText(marker['ttl']) ? { ttl: marker['ttl'] } : {} }
}

function marksOf(part: JsonObject, known: ReadonlySet<string>): { cache?: CacheMarker; extra?: Extra } {
  return { ...cacheOf(part), ...putAside(formatName, otherFields(part, known)) }
}

function opaque(value: JsonObject): OpaquePart {
  return { type: 'opaque', format: formatName, value }
}
