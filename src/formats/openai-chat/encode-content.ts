// The parts of a message's content as the provider takes them.

import { droppedMarker } from '../../conversation/cache-markers.ts'
import type {
  AudioPart,
  CacheMarker,
  FilePart,
  ImagePart,
  MediaSource,
  Part,
  TextPart,
} from '../../conversation/parts.ts'
import { GatewayError } from '../../errors.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import { textOf } from '../openai-shared/fields.ts'
import { formatName, ownExtra } from './name.ts'
import type { ChatDialect, PrefillStyle } from './quirks.ts'

/** What the encoding of one request knows and tells. */
export interface Writing {
  readonly dialect: ChatDialect
  /** Whether this model takes back what it thought. */
  readonly remembers: boolean
  /** How the model is asked to go on from the last message of the assistant. */
  readonly prefill: PrefillStyle | undefined
  /** Told once, however often it happens. */
  readonly dropped: Set<string>
  mapId(id: string): string
}

export type MediaPart = ImagePart | AudioPart | FilePart

export function isMedia(part: Part): part is MediaPart {
  return part.type === 'image' || part.type === 'audio' || part.type === 'file'
}

/** A string where a string says it all. */
export function joinContent(
  parts: readonly JsonObject[],
  { dialect }: Writing,
): string | readonly JsonObject[] {
  const [first] = parts
  if (first === undefined) return ''
  if (parts.length === 1 && isBareText(first)) return first['text'] as string
  if (dialect.plainText && parts.every(isBareText)) return parts.map(part => part['text']).join('\n\n')
  return parts
}

function isBareText(part: JsonObject): boolean {
  return part['type'] === 'text' && Object.keys(part).length === 2
}

/** @param path of the message, for errors */
export function encodePart(part: Part, path: string, writing: Writing): readonly JsonObject[] {
  switch (part.type) {
    case 'text':
      return [encodeText(part, writing)]
    case 'image':
    case 'audio':
    case 'file':
      return [{ ...encodeMedia(part, path, writing), ...marksOf(part, writing) }]
    case 'opaque':
      if (part.format === formatName) return [part.value]
      writing.dropped.add(`dropped content ${textOf(part.value['type']) ?? part.format}`)
      return []
    case 'refusal':
      return [{ type: 'text', text: part.text }]
    case 'reasoning':
    case 'tool_call':
    case 'tool_result':
      return []
  }
}

function encodeText(part: TextPart, writing: Writing): JsonObject {
  return { type: 'text', text: part.text, ...marksOf(part, writing) }
}

function marksOf(part: TextPart | MediaPart, writing: Writing): JsonObject {
  return { ...cacheControl(part.cache, writing), ...ownExtra(part) }
}

export function cacheControl(cache: CacheMarker | undefined, { dialect, dropped }: Writing): JsonObject {
  if (cache === undefined) return {}
  if (dialect.cacheControl) return { cache_control: { type: 'ephemeral', ...cache } }
  dropped.add(droppedMarker)
  return {}
}

function encodeMedia(part: MediaPart, path: string, writing: Writing): JsonObject {
  if (part.type === 'image') {
    const { source, detail } = part
    const url = addressOf(source, path)
    return { type: 'image_url', image_url: { url, ...(detail === undefined ? {} : { detail }) } }
  }
  return part.type === 'audio' ? encodeAudio(part, path) : encodeFile(part, path, writing)
}

function encodeAudio({ source }: AudioPart, path: string): JsonObject {
  if (source.kind !== 'base64') throw unsupported(path, 'an audio recording that is not sent as base64')
  const subtype = source.mediaType.replace(/^audio\/(?:x-)?/, '').replace(/;.*$/, '')
  return { type: 'input_audio', input_audio: { data: source.data, format: audioFormats[subtype] ?? subtype } }
}

const audioFormats: Readonly<Record<string, string>> = { mpeg: 'mp3', wave: 'wav', 'vnd.wave': 'wav' }

function encodeFile(part: FilePart, path: string, { dialect }: Writing): JsonObject {
  const { source, name } = part
  if (source.mediaType?.startsWith('video/')) {
    if (!dialect.videos) throw unsupported(path, 'a film')
    return { type: 'video_url', video_url: { url: addressOf(source, path) } }
  }
  if (dialect.files === 'none') throw unsupported(path, 'a document')
  if (dialect.files === 'document_url')
    return {
      type: 'document_url',
      document_url: addressOf(source, path),
      ...(name === undefined ? {} : { document_name: name }),
    }
  if (source.kind === 'file') return { type: 'file', file: { file_id: source.id } }
  if (source.kind === 'url' && !dialect.fileUrls) throw unsupported(path, 'a document by its address')
  // The name is required beside the data.
  return { type: 'file', file: { filename: name ?? nameFor(source), file_data: addressOf(source, path) } }
}

function nameFor({ mediaType }: MediaSource): string {
  return mediaType === undefined || mediaType === 'application/pdf' ? 'document.pdf' : 'document'
}

export function addressOf(source: MediaSource, path: string): string {
  if (source.kind === 'base64') return `data:${source.mediaType};base64,${source.data}`
  if (source.kind === 'url') return source.url
  throw unsupported(path, 'a file that was uploaded to another provider')
}

function unsupported(path: string, what: string): GatewayError {
  return new GatewayError('unsupported_parameter', {
    message: `\`${path}\` holds ${what}, which this provider does not take.`,
    param: path,
  })
}
