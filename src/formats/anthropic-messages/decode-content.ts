// Content blocks of a request, in the neutral form. https://platform.claude.com/docs/en/api/messages

import type {
  FilePart,
  ImagePart,
  MediaSource,
  Part,
  TextPart,
  ToolResultContent,
} from '../../conversation/parts.ts'
import { writeToolArguments } from '../../conversation/tool-arguments.ts'
import { isObject, isText, type JsonObject, objectsOf } from '../../lib/json-value.ts'
import { decodeCitations } from './citations.ts'
import { unpackSignature } from './foreign-reasoning.ts'
import { asideFields, formatName, readMarker, textIn } from './wire.ts'

/** @param content a string, or a list of blocks, checked */
export function decodeContent(content: unknown): readonly Part[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  if (!Array.isArray(content)) return []
  const parts: Part[] = []
  for (const block of content) {
    if (!isObject(block)) continue
    // Most blocks are texts: no list is made for each of them.
    if (block['type'] === 'text') parts.push(decodeText(block))
    else parts.push(...decodeBlock(block))
  }
  return parts
}

const callFields: ReadonlySet<string> = new Set(['type', 'id', 'name', 'input', 'cache_control'])
const resultFields: ReadonlySet<string> = new Set([
  'type',
  'tool_use_id',
  'content',
  'is_error',
  'cache_control',
])

/** Blocks other than texts. */
function decodeBlock(block: JsonObject): readonly Part[] {
  switch (block['type']) {
    case 'tool_use':
      return [
        {
          type: 'tool_call',
          id: textIn(block, 'id'),
          name: textIn(block, 'name'),
          arguments: writeToolArguments(block['input']),
          ...readMarker(block),
          ...asideFields(block, callFields),
        },
      ]
    case 'tool_result':
      return [
        {
          type: 'tool_result',
          callId: textIn(block, 'tool_use_id'),
          content: decodeResult(block['content']),
          ...(block['is_error'] === true && { isError: true }),
          ...readMarker(block),
          ...asideFields(block, resultFields),
        },
      ]
    case 'thinking':
      return [{ type: 'reasoning', text: textIn(block, 'thinking'), ...unpackSignature(block['signature']) }]
    case 'redacted_thinking':
      return [{ type: 'reasoning', text: '', encrypted: textIn(block, 'data'), origin: formatName }]
    default:
      return decodeMaterial(block)
  }
}

function decodeResult(content: unknown): readonly ToolResultContent[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  return objectsOf(content).flatMap(decodeMaterial)
}

/** What may stand in a message and in the result of a tool alike. */
function decodeMaterial(block: JsonObject): readonly ToolResultContent[] {
  switch (block['type']) {
    case 'text':
      return [decodeText(block)]
    case 'image':
      return [decodeImage(block)]
    case 'document':
      return decodeDocument(block)
    case 'search_result':
      return [asText(block, [block['title'], block['source'], textsOf(block['content'])])]
    // The summary stands for all that was said before it.
    case 'compaction':
      return isText(block['content']) ? [asText(block, [block['content']])] : [opaque(block)]
    default:
      return [opaque(block)]
  }
}

/** Most blocks of most requests are nothing but a text. */
function decodeText(block: JsonObject): TextPart {
  const text = textIn(block, 'text')
  if (block['cache_control'] === undefined && block['citations'] === undefined) return { type: 'text', text }
  return { type: 'text', text, ...readMarker(block), ...decodeCitations(block['citations']) }
}

function opaque(value: JsonObject): ToolResultContent {
  return { type: 'opaque', format: formatName, value }
}

/** A block that other formats get as its text, and this one as it was. */
function asText(block: JsonObject, pieces: readonly unknown[]): TextPart {
  return {
    type: 'text',
    text: pieces.filter(isText).join('\n'),
    ...readMarker(block),
    extra: { [formatName]: { block } },
  }
}

function textsOf(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content
    .flatMap(inner => (isObject(inner) && isText(inner['text']) ? [inner['text']] : []))
    .join('\n')
}

const imageFields: ReadonlySet<string> = new Set(['type', 'source', 'cache_control'])

function decodeImage(block: JsonObject): ImagePart | ToolResultContent {
  const source = decodeSource(block['source'])
  if (source === null) return opaque(block)
  return { type: 'image', source, ...readMarker(block), ...asideFields(block, imageFields) }
}

const documentFields: ReadonlySet<string> = new Set(['type', 'source', 'title', 'cache_control'])

function decodeDocument(block: JsonObject): readonly ToolResultContent[] {
  const { source } = block
  if (isObject(source) && source['type'] === 'content')
    return decodeDocumentOfBlocks(block, source['content'])
  const media = decodeSource(source)
  if (media === null) return [opaque(block)]
  const file: FilePart = {
    type: 'file',
    source: media,
    ...(isText(block['title']) && { name: block['title'] }),
    ...readMarker(block),
    ...asideFields(block, documentFields),
  }
  return [file]
}

/** A document that is a list of blocks: one text, unless there are images in it. */
function decodeDocumentOfBlocks(block: JsonObject, content: unknown): readonly ToolResultContent[] {
  const inner = objectsOf(content)
  const hasImages = inner.some(({ type }) => type === 'image')
  if (!hasImages) return [asText(block, [block['title'], block['context'], textsOf(content)])]
  return inner.flatMap(decodeMaterial)
}

function decodeSource(source: unknown): MediaSource | null {
  if (!isObject(source)) return null
  const { type, data, media_type: mediaType, url, file_id: id } = source
  if (type === 'base64' && isText(data))
    return { kind: 'base64', mediaType: isText(mediaType) ? mediaType : 'application/octet-stream', data }
  if (type === 'text' && typeof data === 'string')
    return { kind: 'base64', mediaType: 'text/plain', data: Buffer.from(data).toString('base64') }
  if (type === 'url' && isText(url)) return { kind: 'url', url }
  return type === 'file' && isText(id) ? { kind: 'file', id } : null
}
