// The pieces of a message: texts, images, files. https://platform.openai.com/docs/api-reference/responses/create

import type { AudioPart, FilePart, ImagePart, MediaSource, Part, TextPart } from '../../conversation/parts.ts'
import { isObject, isText, type JsonObject } from '../../lib/json-value.ts'
import { refuse } from '../shared/checks.ts'
import { formatName, textOf } from './wire.ts'

const texts: ReadonlySet<string> = new Set(['input_text', 'output_text', 'text', 'summary_text'])

/** A content piece that a client sent, in a message or as the result of a tool. */
export function decodeContent(content: JsonObject, path: string): Part {
  const type = textOf(content['type'])
  if (texts.has(type)) return withMarker(content, { type: 'text', text: textOf(content['text']) })
  switch (type) {
    case 'input_image':
      return withMarker(content, decodeImage(content, path))
    case 'input_file':
      return withMarker(content, decodeFile(content, path))
    case 'input_audio':
      return decodeAudio(content, path)
    case 'refusal':
      return { type: 'refusal', text: textOf(content['refusal']) }
    default:
      return { type: 'opaque', format: formatName, value: content }
  }
}

/** The prompt is to be kept up to here: a wish that other formats know as well. */
function withMarker<Marked extends Part>(content: JsonObject, part: Marked): Marked {
  return isObject(content['prompt_cache_breakpoint']) ? { ...part, cache: {} } : part
}

function decodeImage(content: JsonObject, path: string): ImagePart {
  const { image_url: url, file_id: id, detail } = content
  // Clients that come from chat completions wrap the address in an object.
  const address = isObject(url) ? url['url'] : url
  const more = isText(detail) ? { detail } : {}
  if (isText(address)) return { type: 'image', source: sourceOfUrl(address), ...more }
  if (isText(id)) return { type: 'image', source: { kind: 'file', id }, ...more }
  return refuse(`${path}.image_url`, 'must be an address, or `file_id` the id of a file')
}

function decodeFile(content: JsonObject, path: string): FilePart {
  const { file_data: data, file_url: url, file_id: id, filename } = content
  const name = isText(filename) ? { name: filename } : {}
  if (isText(data)) return { type: 'file', source: sourceOfData(data, filename), ...name }
  if (isText(url)) return { type: 'file', source: sourceOfUrl(url), ...name }
  if (isText(id)) return { type: 'file', source: { kind: 'file', id }, ...name }
  return refuse(`${path}.file_data`, 'must be a data URL; `file_url` and `file_id` are its alternatives')
}

function decodeAudio(content: JsonObject, path: string): AudioPart {
  const audio = content['input_audio']
  if (!isObject(audio) || !isText(audio['data']))
    return refuse(`${path}.input_audio`, 'must be an object with data and format')
  const format = isText(audio['format']) ? audio['format'] : 'wav'
  const mediaType = format === 'mp3' ? 'audio/mpeg' : `audio/${format}`
  return { type: 'audio', source: { kind: 'base64', mediaType, data: audio['data'] } }
}

const dataUrl = /^data:([^;,]*)(?:;[^;,]*)*;base64,/i

/** A `data:` URL is taken apart; any other address stays one. */
function sourceOfUrl(url: string): MediaSource {
  const match = dataUrl.exec(url)
  if (match === null) return { kind: 'url', url }
  const mediaType = match[1] === undefined || match[1] === '' ? 'application/octet-stream' : match[1]
  return { kind: 'base64', mediaType, data: url.slice(match[0].length) }
}

/** The field asks for a data URL, but some send the bare bytes. */
function sourceOfData(data: string, filename: unknown): MediaSource {
  if (/^data:/i.test(data)) return sourceOfUrl(data)
  const mediaType = /\.pdf$/i.test(textOf(filename)) ? 'application/pdf' : 'application/octet-stream'
  return { kind: 'base64', mediaType, data }
}

/** A piece as an upstream of this format takes it; null for what it has no word for. */
export function encodeContent(part: Part): JsonObject | null {
  const marker =
    'cache' in part && part.cache !== undefined ? { prompt_cache_breakpoint: { mode: 'explicit' } } : {}
  switch (part.type) {
    case 'text':
      return { type: 'input_text', text: part.text, ...marker }
    case 'image':
      return { type: 'input_image', ...encodeImageSource(part.source), ...detailOf(part), ...marker }
    case 'file':
      return { type: 'input_file', ...nameOf(part), ...encodeFileSource(part.source), ...marker }
    case 'opaque':
      return part.format === formatName ? part.value : null
    case 'refusal':
      return { type: 'input_text', text: part.text }
    // The specification knows recordings, but no model of the API hears them.
    case 'audio':
    case 'reasoning':
    case 'tool_call':
    case 'tool_result':
      return null
  }
}

function detailOf({ detail }: ImagePart): JsonObject {
  return detail === undefined ? {} : { detail }
}

function nameOf({ name, source }: FilePart): JsonObject {
  if (name !== undefined) return { filename: name }
  // Bytes without a name are refused.
  return source.kind === 'base64'
    ? { filename: source.mediaType === 'application/pdf' ? 'file.pdf' : 'file' }
    : {}
}

function encodeImageSource(source: MediaSource): JsonObject {
  return source.kind === 'file' ? { file_id: source.id } : { image_url: addressOf(source) }
}

function encodeFileSource(source: MediaSource): JsonObject {
  if (source.kind === 'file') return { file_id: source.id }
  return source.kind === 'url' ? { file_url: source.url } : { file_data: addressOf(source) }
}

function addressOf(source: Exclude<MediaSource, { readonly kind: 'file' }>): string {
  return source.kind === 'url' ? source.url : `data:${source.mediaType};base64,${source.data}`
}

/** Whether a text says all that there is to say of a part. */
export function isPlainText(part: Part): part is TextPart {
  return part.type === 'text' && part.cache === undefined
}
