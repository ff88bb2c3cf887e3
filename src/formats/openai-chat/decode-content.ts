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
import { refuse } from '../shared/checks.ts'
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

/**
 * An empty text is no part.
 * @param path of the message of a client; null in answers, whose readers are not to blame
 * @throws GatewayError `invalid_request` where a client sends media that are neither at an address nor base64
 */
export function decodeContent(content: unknown, path: string | null = null): ContentPart[] {
  if (isText(content)) return [{ type: 'text', text: content }]
  if (!Array.isArray(content)) return []
  const parts: ContentPart[] = []
  for (const [index, part] of content.entries())
    if (isObject(part)) parts.push(...decodePart(part, path === null ? null : `${path}.content[${index}]`))
    else if (isText(part)) parts.push({ type: 'text', text: part })
  return parts
}

function decodePart(part: MutableJson, path: string | null): readonly ContentPart[] {
  switch (part['type']) {
    case 'text':
    case 'input_text':
    case 'output_text':
      return decodeText(part)
    case 'image_url':
    case 'input_image':
      return [decodeImage(part, path)]
    case 'input_audio':
      return [decodeAudio(part, path)]
    case 'file':
    case 'document_url':
      return [decodeFile(part, path)]
    case 'video_url':
      return [decodeVideo(part, path)]
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

function decodeImage(part: MutableJson, path: string | null): ContentPart {
  const image = part['image_url']
  const url = isObject(image) ? image['url'] : image
  if (!isText(url)) return opaque(part)
  const detail = isObject(image) ? image['detail'] : part['detail']
  return {
    type: 'image',
    source: sourceOf(url, path),
    ...(isText(detail) ? { detail } : {}),
    ...marksOf(part, imageFields),
  }
}

const audioFields: ReadonlySet<string> = new Set(['type', 'input_audio', 'cache_control'])

function decodeAudio(part: MutableJson, path: string | null): ContentPart {
  const audio = part['input_audio']
  if (!isObject(audio) || !isText(audio['data'])) return opaque(part)
  const { data, format } = audio
  const source: MediaSource = /^(?:data|https?):/i.test(data)
    ? sourceOf(data, path)
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

function decodeFile(part: MutableJson, path: string | null): ContentPart {
  const { file, document_url: documentUrl, document_name: documentName } = part
  const name = isObject(file) ? file['filename'] : documentName
  const source = isObject(file) ? fileSource(file, path) : urlSource(documentUrl, path)
  if (source === null) return opaque(part)
  return { type: 'file', source, ...(isText(name) ? { name } : {}), ...marksOf(part, fileFields) }
}

function fileSource(file: MutableJson, path: string | null): MediaSource | null {
  if (isText(file['file_id'])) return { kind: 'file', id: file['file_id'] }
  return urlSource(file['file_data'], path)
}

function urlSource(address: unknown, path: string | null): MediaSource | null {
  const url = isObject(address) ? address['url'] : address
  return isText(url) ? sourceOf(url, path) : null
}

const videoFields: ReadonlySet<string> = new Set(['type', 'video_url', 'cache_control'])

function decodeVideo(part: MutableJson, path: string | null): ContentPart {
  const source = urlSource(part['video_url'], path)
  if (source === null) return opaque(part)
  const typed = source.mediaType === undefined ? { ...source, mediaType: 'video/mp4' } : source
  return { type: 'file', source: typed, ...marksOf(part, videoFields) }
}

const dataUrl = /^data:([^;,]*)[^,]*;base64,/i

/** Whether a text may be base64, by its beginning: the rest is long, and the provider judges itself. */
const base64 = /^[a-z0-9+/=\s]*$/i

/** @param address a URL, `data:` ones among them; what else may be base64 is taken for that, without a label */
function sourceOf(address: string, path: string | null): MediaSource {
  const match = dataUrl.exec(address.slice(0, 256))
  if (match !== null)
    return {
      kind: 'base64',
      mediaType: match[1] || 'application/octet-stream',
      data: address.slice(match[0].length),
    }
  if (/^[a-z][a-z0-9+.-]*:/i.test(address)) return { kind: 'url', url: address }
  if (path !== null && !base64.test(address.slice(0, 256)))
    refuse(path, 'holds neither an address nor base64')
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
