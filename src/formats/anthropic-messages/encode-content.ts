// Parts of a conversation as content blocks.

import type {
  FilePart,
  ImagePart,
  MediaSource,
  OpaquePart,
  Part,
  ToolResultContent,
} from '../../conversation/parts.ts'
import { GatewayError } from '../../errors.ts'
import { isObject, isText, type JsonObject } from '../../lib/json-value.ts'
import { sniffBase64 } from '../../lib/media-type.ts'
import { objectOf } from '../shared/object-pieces.ts'
import { ownCitations } from './citations.ts'
import { formatName, ownExtra, writeMarker } from './wire.ts'

export interface ContentContext {
  /** Of the message, for errors: `messages[3]`. */
  readonly path: string
  readonly role: 'user' | 'assistant'
  /** Grows. */
  readonly warnings: string[]
  /** The form of a call's id that the format takes. */
  callId(id: string): string
}

/** Null for what leaves no trace. @throws GatewayError `unsupported_parameter` */
export function encodePart(part: Part, context: ContentContext): JsonObject | null {
  switch (part.type) {
    case 'reasoning':
      return encodeThought(part)
    case 'refusal':
      return part.text.trim() === '' ? null : { type: 'text', text: part.text }
    case 'tool_call':
      return {
        type: 'tool_use',
        id: context.callId(part.id),
        name: part.name,
        input: objectOf(part),
        ...ownExtra(part.extra),
        ...writeMarker(part.cache),
      }
    case 'tool_result': {
      const content = part.content.map(inner => encodeMaterial(inner, { ...context, role: 'user' }))
      const said = content.filter(block => block !== null)
      return {
        type: 'tool_result',
        tool_use_id: context.callId(part.callId),
        ...(said.length > 0 && { content: said }),
        ...(part.isError === true && { is_error: true }),
        ...ownExtra(part.extra),
        ...writeMarker(part.cache),
      }
    }
    case 'text':
    case 'image':
    case 'audio':
    case 'file':
    case 'opaque':
      return encodeMaterial(part, context)
  }
}

/** A thought goes back only to whom it came from, with the proof that it came. */
function encodeThought(part: Part & { readonly type: 'reasoning' }): JsonObject | null {
  const { text, signature, encrypted, origin } = part
  if (origin !== formatName) return null
  if (encrypted !== undefined) return { type: 'redacted_thinking', data: encrypted }
  return signature === undefined ? null : { type: 'thinking', thinking: text, signature }
}

function encodeMaterial(part: ToolResultContent, context: ContentContext): JsonObject | null {
  switch (part.type) {
    case 'text': {
      const own = ownExtra(part.extra)['block']
      if (isObject(own)) return own
      // Blocks without a visible character are refused.
      if (part.text.trim() === '') return null
      const citations = ownCitations(part.citations)
      return {
        type: 'text',
        text: part.text,
        ...(citations.length > 0 && { citations }),
        ...writeMarker(part.cache),
      }
    }
    case 'image':
      if (context.role === 'assistant') return drop('image', context)
      return encodeImage(part, context)
    case 'file':
      if (context.role === 'assistant') return drop('file', context)
      return encodeFile(part, context)
    case 'audio':
      if (context.role === 'assistant')
        return part.transcript === undefined
          ? drop('audio', context)
          : { type: 'text', text: part.transcript }
      throw refuse('audio', context)
    case 'opaque':
      return part.format === formatName ? part.value : drop(opaqueType(part), context)
  }
}

/** What to call an opaque part in a message. */
export function opaqueType({ value, format }: OpaquePart): string {
  return isText(value['type']) ? value['type'] : format
}

function drop(type: string, { warnings }: ContentContext): null {
  warnings.push(`dropped content ${type}`)
  return null
}

function refuse(what: string, { path }: ContentContext): GatewayError {
  return new GatewayError('unsupported_parameter', {
    message: `\`${path}\` holds ${what}, which this provider does not take.`,
    param: path,
  })
}

const imageTypes: ReadonlySet<string> = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp'])

function encodeImage(part: ImagePart, context: ContentContext): JsonObject {
  if (part.detail === 'low' || part.detail === 'high') context.warnings.push('dropped parameter detail')
  return {
    type: 'image',
    source: encodeSource(part.source, data => {
      const mediaType = sniffBase64(data.data, data.mediaType)
      if (!imageTypes.has(mediaType)) throw refuse(`an image of type ${mediaType}`, context)
      return { type: 'base64', media_type: mediaType, data: data.data }
    }),
    ...ownExtra(part.extra),
    ...writeMarker(part.cache),
  }
}

/** Documents are PDF or text; a picture that came as a file is a picture. */
function encodeFile(part: FilePart, context: ContentContext): JsonObject {
  const { source, name, extra, cache } = part
  if (source.kind === 'base64' && imageTypes.has(sniffBase64(source.data, source.mediaType)))
    return encodeImage({ type: 'image', source, ...(cache !== undefined && { cache }) }, context)
  return {
    type: 'document',
    source: encodeSource(source, ({ data, mediaType }) => {
      const kind = sniffBase64(data, mediaType)
      if (kind === 'application/pdf') return { type: 'base64', media_type: kind, data }
      if (!isTextType(kind)) throw refuse(`a file of type ${kind}`, context)
      return { type: 'text', media_type: 'text/plain', data: Buffer.from(data, 'base64').toString() }
    }),
    ...(name !== undefined && name !== '' && { title: name }),
    ...ownExtra(extra),
    ...writeMarker(cache),
  }
}

function isTextType(mediaType: string): boolean {
  return mediaType.startsWith('text/') || /^application\/(?:json|xml|x?yaml|javascript|x-sh)$/.test(mediaType)
}

type Inline = Extract<MediaSource, { readonly kind: 'base64' }>

function encodeSource(source: MediaSource, inline: (source: Inline) => JsonObject): JsonObject {
  switch (source.kind) {
    case 'base64':
      return inline(source)
    case 'url':
      return { type: 'url', url: source.url }
    case 'file':
      return { type: 'file', file_id: source.id }
  }
}
