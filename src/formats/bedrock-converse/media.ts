// Images, documents, films and recordings: the short names of their kinds, and where their bytes are.

import type { AudioPart, FilePart, ImagePart, MediaSource } from '../../conversation/parts.ts'
import { isObject, isText, type JsonObject, type MutableJson } from '../../lib/json-value.ts'
import { sniffBase64 } from '../../lib/media-type.ts'

const imageTypes: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
}

const documentTypes: Readonly<Record<string, string>> = {
  pdf: 'application/pdf',
  csv: 'text/csv',
  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xls: 'application/vnd.ms-excel',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  html: 'text/html',
  txt: 'text/plain',
  md: 'text/markdown',
}

const videoTypes: Readonly<Record<string, string>> = {
  mp4: 'video/mp4',
  mov: 'video/quicktime',
  mkv: 'video/x-matroska',
  webm: 'video/webm',
  flv: 'video/x-flv',
  mpeg: 'video/mpeg',
  mpg: 'video/mpg',
  wmv: 'video/x-ms-wmv',
  three_gp: 'video/3gpp',
}

const audioTypes: Readonly<Record<string, string>> = {
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  flac: 'audio/flac',
  ogg: 'audio/ogg',
  opus: 'audio/opus',
  aac: 'audio/aac',
  m4a: 'audio/mp4',
  webm: 'audio/webm',
  pcm: 'audio/pcm',
}

const types = { image: imageTypes, document: documentTypes, video: videoTypes, audio: audioTypes } as const

export type MediaKind = keyof typeof types

/** The kinds that a block may be of, with what stands in it. */
export interface MediaBlock {
  readonly kind: MediaKind
  /** `png`, `pdf`; null for a type that cannot be sent. */
  readonly format: string | null
  readonly source: JsonObject | null
}

/** How a part is written. The bytes know better than the client what they are. */
export function describeMedia(part: ImagePart | AudioPart | FilePart): MediaBlock {
  const { source } = part
  const mediaType = mediaTypeOf(part)
  const kind = kindOf(part, mediaType)
  return { kind, format: formatOf(kind, mediaType), source: writeSource(source) }
}

function mediaTypeOf({ source, type }: ImagePart | AudioPart | FilePart): string {
  // The same container may hold sound or pictures: of a recording the client knows more than its first bytes tell.
  if (source.kind === 'base64')
    return type === 'audio' ? source.mediaType : sniffBase64(source.data, source.mediaType)
  if (source.mediaType !== undefined) return source.mediaType
  const extension = source.kind === 'url' ? extensionOf(source.url) : ''
  const kinds: readonly MediaKind[] = type === 'file' ? ['document', 'video'] : [type]
  return kinds.map(kind => types[kind][extension]).find(found => found !== undefined) ?? ''
}

function extensionOf(url: string): string {
  const extension = /\.([a-z0-9]+)$/i.exec(url)?.[1]?.toLowerCase() ?? ''
  return extension === 'jpg' ? 'jpeg' : extension
}

function kindOf({ type }: ImagePart | AudioPart | FilePart, mediaType: string): MediaKind {
  if (type !== 'file') return type
  return mediaType.startsWith('video/') ? 'video' : 'document'
}

function formatOf(kind: MediaKind, mediaType: string): string | null {
  const plain = mediaType.split(';')[0]?.trim().toLowerCase()
  const wanted = aliases[plain ?? ''] ?? plain
  return Object.entries(types[kind]).find(([, type]) => type === wanted)?.[0] ?? null
}

const aliases: Readonly<Record<string, string>> = {
  'image/jpg': 'image/jpeg',
  'audio/mp3': 'audio/mpeg',
  'audio/x-wav': 'audio/wav',
  'audio/wave': 'audio/wav',
  'application/csv': 'text/csv',
  'text/x-markdown': 'text/markdown',
}

/** Bytes, or a bucket that the provider reads itself; null for what it cannot reach. */
function writeSource(source: MediaSource): JsonObject | null {
  if (source.kind === 'base64') return { bytes: source.data }
  if (source.kind === 'url' && isBucket(source.url)) return { s3Location: { uri: source.url } }
  return null
}

export function isBucket(url: string): boolean {
  return url.startsWith('s3://')
}

/** The reverse; null where the source is of a kind that is not known. */
export function readSource(kind: MediaKind, block: MutableJson): MediaSource | null {
  const { format, source } = block
  if (!isObject(source)) return null
  const mediaType = typeof format === 'string' ? types[kind][format] : undefined
  const { bytes, s3Location, text } = source
  if (typeof bytes === 'string')
    return { kind: 'base64', mediaType: sniffBase64(bytes, mediaType), data: bytes }
  if (isObject(s3Location) && isText(s3Location['uri']))
    return { kind: 'url', url: s3Location['uri'], ...(mediaType !== undefined && { mediaType }) }
  if (typeof text !== 'string') return null
  return { kind: 'base64', mediaType: mediaType ?? 'text/plain', data: Buffer.from(text).toString('base64') }
}
