// One part of a content, as the neutral form knows it.

import type { AnswerPart } from '../../conversation/completion.ts'
import type { AudioPart, FilePart, ImagePart, MediaSource } from '../../conversation/parts.ts'
import { writeToolArguments } from '../../conversation/tool-arguments.ts'
import { isObject, type JsonObject } from '../../lib/json-value.ts'
import { otherFields, putAside } from '../shared/aside.ts'
import { formatName, isEmpty, objectIn, textIn } from './wire.ts'

export type MediaPart = ImagePart | AudioPart | FilePart

/** Fields of a part that the neutral form has words for, by kind of part. */
const textFields = new Set(['text', 'thought'])
const thoughtFields = new Set(['text', 'thought', 'thoughtSignature'])
const callFields = new Set(['functionCall', 'thoughtSignature'])
const innerCallFields = new Set(['id', 'name', 'args', 'partialArgs', 'willContinue'])
const inlineFields = new Set(['inlineData'])
const noFields: ReadonlySet<string> = new Set()
const addressFields = new Set(['fileData'])

/**
 * @param part with keys in camelCase
 * @param nameCall gives the id of a call: many have none on the wire
 * @returns null for a part that says nothing
 */
export function decodePart(part: JsonObject, nameCall: (call: JsonObject) => string): AnswerPart | null {
  if (isEmpty(part)) return null
  if (typeof part['text'] === 'string') return decodeText(part, part['text'])
  if (part['thought'] === true) return { type: 'opaque', format: formatName, value: part }
  if (isObject(part['functionCall'])) {
    const call = objectIn(part, 'functionCall')
    return decodeCall(part, call, nameCall(call))
  }
  return decodeMedia(part) ?? { type: 'opaque', format: formatName, value: part }
}

function decodeText(part: JsonObject, text: string): AnswerPart {
  if (part['thought'] !== true)
    return { type: 'text', text, ...putAside(formatName, otherFields(part, textFields)) }
  const signature = textIn(part, 'thoughtSignature')
  return {
    type: 'reasoning',
    text,
    ...(signature === undefined ? {} : { signature }),
    origin: formatName,
    ...putAside(formatName, otherFields(part, thoughtFields)),
  }
}

function decodeCall(part: JsonObject, call: JsonObject, id: string): AnswerPart {
  const signature = textIn(part, 'thoughtSignature')
  const inner = otherFields(call, innerCallFields)
  const rest = otherFields(part, callFields)
  const own = { ...rest, ...(inner === undefined ? {} : { functionCall: inner }) }
  return {
    type: 'tool_call',
    id,
    name: textIn(call, 'name') ?? '',
    arguments: writeToolArguments(call['args']),
    ...(signature === undefined ? {} : { signature }),
    ...putAside(formatName, own),
  }
}

/** Null for a part without media. */
export function decodeMedia(part: JsonObject): MediaPart | null {
  if (isObject(part['inlineData'])) {
    const data = objectIn(part, 'inlineData')
    const mediaType = textIn(data, 'mimeType') ?? 'application/octet-stream'
    const written = textIn(data, 'data') ?? ''
    const source = { kind: 'base64', mediaType, data: plainBase64(written) } as const
    // What was written otherwise goes back as it was.
    const known = source.data === written ? inlineFields : noFields
    return {
      ...mediaOf(mediaType, source, textIn(data, 'displayName')),
      ...putAside(formatName, otherFields(part, known)),
    }
  }
  if (!isObject(part['fileData'])) return null
  const file = objectIn(part, 'fileData')
  const mediaType = textIn(file, 'mimeType')
  const source = sourceOf(textIn(file, 'fileUri') ?? '', mediaType)
  return {
    ...mediaOf(mediaType ?? '', source, textIn(file, 'displayName')),
    ...putAside(formatName, otherFields(part, addressFields)),
  }
}

/** Google takes the alphabet for addresses as well, with or without padding; others do not. */
function plainBase64(text: string): string {
  const plain =
    text.includes('-') || text.includes('_') ? text.replaceAll('-', '+').replaceAll('_', '/') : text
  return plain.length % 4 === 0 ? plain : plain.padEnd(plain.length + 4 - (plain.length % 4), '=')
}

/** Files that were uploaded to Google's Files API: nobody else can fetch them. */
const uploadedFile = /^(?:https:\/\/generativelanguage\.googleapis\.com\/|files\/)/

function sourceOf(uri: string, mediaType: string | undefined): MediaSource {
  const typed = mediaType === undefined ? {} : { mediaType }
  return uploadedFile.test(uri) ? { kind: 'file', id: uri, ...typed } : { kind: 'url', url: uri, ...typed }
}

function mediaOf(mediaType: string, source: MediaSource, name: string | undefined): MediaPart {
  if (mediaType.startsWith('image/')) return { type: 'image', source }
  if (mediaType.startsWith('audio/')) return { type: 'audio', source }
  return { type: 'file', source, ...(name === undefined ? {} : { name }) }
}
