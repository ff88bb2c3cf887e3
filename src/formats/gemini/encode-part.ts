// One part in Google's shape.

import type { AnswerPart } from '../../conversation/completion.ts'
import type { MediaSource, ToolCallPart } from '../../conversation/parts.ts'
import { parseToolArguments } from '../../conversation/tool-arguments.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import type { MediaPart } from './decode-part.ts'
import { defined, formatName, ownExtra } from './wire.ts'

/** Null for what cannot be said: opaque parts of others, and parts without content. */
export function encodePart(part: AnswerPart): JsonObject | null {
  switch (part.type) {
    case 'text': {
      const own = ownExtra(part.extra)
      return part.text === '' && own === undefined ? null : { text: part.text, ...own }
    }
    case 'refusal':
      return part.text === '' ? null : { text: part.text }
    case 'reasoning': {
      const signature = part.origin === formatName ? part.signature : undefined
      if (part.text === '' && signature === undefined) return null
      return {
        text: part.text,
        thought: true,
        ...(signature === undefined ? {} : { thoughtSignature: signature }),
        ...ownExtra(part.extra),
      }
    }
    case 'tool_call':
      return encodeCall(part, parseToolArguments(part.arguments))
    case 'image':
    case 'audio':
    case 'file':
      return encodeMedia(part)
    case 'opaque':
      return part.format === formatName ? part.value : null
  }
}

function encodeCall(call: Omit<ToolCallPart, 'type' | 'arguments'>, args: JsonObject): JsonObject {
  const { functionCall: inner, ...own } = ownExtra(call.extra) ?? {}
  return {
    functionCall: { id: call.id, name: call.name, args, ...(inner as JsonObject | undefined) },
    ...(call.signature === undefined ? {} : { thoughtSignature: call.signature }),
    ...own,
  }
}

/** Names of files are known at one of Google's two addresses alone, so that they are not sent. */
export function encodeMedia(part: MediaPart): JsonObject {
  return { ...encodeSource(part.source), ...ownExtra(part.extra) }
}

function encodeSource(source: MediaSource): JsonObject {
  switch (source.kind) {
    case 'base64':
      return { inlineData: { mimeType: source.mediaType, data: source.data } }
    case 'url':
      return {
        fileData: defined({ mimeType: source.mediaType ?? guessMediaType(source.url), fileUri: source.url }),
      }
    case 'file':
      return { fileData: defined({ mimeType: source.mediaType, fileUri: source.id }) }
  }
}

const mediaTypes: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  heic: 'image/heic',
  heif: 'image/heif',
  pdf: 'application/pdf',
  txt: 'text/plain',
  mp3: 'audio/mp3',
  wav: 'audio/wav',
  flac: 'audio/flac',
  ogg: 'audio/ogg',
  mp4: 'video/mp4',
  mov: 'video/mov',
  webm: 'video/webm',
  mpeg: 'video/mpeg',
}

/** By the ending of the path: Google asks for the type of files in a bucket. */
function guessMediaType(url: string): string | undefined {
  const ending = /\.([a-z0-9]+)(?:[?#]|$)/i.exec(url)?.[1]?.toLowerCase() ?? ''
  return Object.hasOwn(mediaTypes, ending) ? mediaTypes[ending] : undefined
}
