// The blocks of a message, in requests and in answers, in the neutral form.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html

import type { AnswerPart } from '../../conversation/completion.ts'
import type {
  CacheMarker,
  Citation,
  Extra,
  Part,
  ReasoningPart,
  TextPart,
  ToolResultContent,
  ToolResultPart,
} from '../../conversation/parts.ts'
import { writeToolArguments } from '../../conversation/tool-arguments.ts'
import { isObject, isText, type JsonObject, type MutableJson, objectsOf } from '../../lib/json-value.ts'
import { readEncrypted, readSignature } from './foreign-thoughts.ts'
import { readSource } from './media.ts'
import { formatName } from './name.ts'

/** A block that says more than its part can: it goes back as it came. */
function keepBlock(block: JsonObject): { readonly extra: Extra } {
  return { extra: { [formatName]: { block } } }
}

/** What the user says, and what the assistant has said; markers of the cache go to the part before them. */
export function decodeBlocks(blocks: readonly unknown[], role: string): Part[] {
  const parts: Part[] = []
  for (const block of blocks) {
    if (!isObject(block)) continue
    const marker = cacheMarkerOf(block)
    if (marker !== null) mark(parts, marker)
    else parts.push(role === 'user' ? decodeUserBlock(block) : decodeAnswerBlock(block))
  }
  return parts
}

/** Null for a block that is no cache point. */
export function cacheMarkerOf({ cachePoint }: MutableJson): CacheMarker | null {
  if (!isObject(cachePoint)) return null
  return isText(cachePoint['ttl']) ? { ttl: cachePoint['ttl'] } : {}
}

/** Parts that cannot be marked pass the marker on to the one before them. */
function mark(parts: Part[], cache: CacheMarker): void {
  const index = parts.findLastIndex(
    ({ type }) => type !== 'reasoning' && type !== 'refusal' && type !== 'opaque',
  )
  const part = parts[index]
  if (part !== undefined) parts[index] = { ...part, cache } as Part
}

function decodeUserBlock(block: MutableJson): Part {
  return isObject(block['toolResult']) ? decodeToolResult(block['toolResult']) : decodeContent(block)
}

/** What an assistant says: its calls of the client's tools, but not those of the provider's own. */
export function decodeAnswerBlock(block: MutableJson): AnswerPart {
  const { toolUse, reasoningContent } = block
  if (isObject(reasoningContent)) return decodeReasoning(reasoningContent) ?? opaque(block)
  if (!isObject(toolUse) || isServerTool(toolUse)) return decodeContent(block)
  return {
    type: 'tool_call',
    id: textOr(toolUse['toolUseId'], ''),
    name: textOr(toolUse['name'], ''),
    arguments: writeToolArguments(toolUse['input']),
  }
}

/** A call that the provider answers itself. Some models write `tool_use` on those that it does not. */
export function isServerTool({ type }: MutableJson): boolean {
  return type === 'server_tool_use'
}

function decodeReasoning({ reasoningText, redactedContent }: MutableJson): ReasoningPart | null {
  if (typeof redactedContent === 'string') {
    const { origin, value } = readEncrypted(redactedContent)
    return { type: 'reasoning', text: '', encrypted: value, origin }
  }
  if (!isObject(reasoningText)) return null
  const text = textOr(reasoningText['text'], '')
  if (!isText(reasoningText['signature'])) return { type: 'reasoning', text, origin: formatName }
  const { origin, value } = readSignature(reasoningText['signature'])
  return { type: 'reasoning', text, signature: value, origin }
}

type Content = Exclude<ToolResultContent, { readonly type: 'tool_result' }>

/** What may stand in the messages of either side, and in the results of tools. */
function decodeContent(block: MutableJson): Content {
  const { text, image, video, document, audio, guardContent, searchResult, citationsContent } = block
  if (typeof text === 'string') return { type: 'text', text }
  if (isObject(image)) return decodeMedia(image, block, 'image')
  if (isObject(document)) return decodeDocument(document, block)
  if (isObject(video)) return decodeMedia(video, block, 'video')
  if (isObject(audio)) return decodeMedia(audio, block, 'audio')
  if (isObject(citationsContent)) return decodeCitations(citationsContent)
  if (isObject(guardContent)) return decodeGuarded(guardContent, block)
  if (isObject(searchResult)) return { type: 'text', text: textOfSearch(searchResult), ...keepBlock(block) }
  return opaque(block)
}

function decodeMedia(media: MutableJson, block: MutableJson, kind: 'image' | 'video' | 'audio'): Content {
  const source = readSource(kind, media)
  if (source === null) return opaque(block)
  const kept = namesOwner(media) ? keepBlock(block) : {}
  return { type: kind === 'video' ? 'file' : kind, source, ...kept }
}

function decodeDocument(document: MutableJson, block: MutableJson): Content {
  const source = readSource('document', withPlainText(document))
  if (source === null) return opaque(block)
  const plain =
    !namesOwner(document) && document['context'] === undefined && document['citations'] === undefined
  return {
    type: 'file',
    source,
    ...(isText(document['name']) && { name: document['name'] }),
    ...(plain && !isChunked(document) ? {} : keepBlock(block)),
  }
}

/** A document whose text came in chunks, as one text. */
function withPlainText(document: MutableJson): MutableJson {
  const { source } = document
  if (!isObject(source) || !Array.isArray(source['content'])) return document
  return { ...document, source: { text: joinTexts(source['content'], '\n') } }
}

function isChunked({ source }: MutableJson): boolean {
  return isObject(source) && Array.isArray(source['content'])
}

/** A bucket of somebody else's account cannot be told by its address alone. */
function namesOwner({ source }: MutableJson): boolean {
  return (
    isObject(source) && isObject(source['s3Location']) && source['s3Location']['bucketOwner'] !== undefined
  )
}

/** What the guardrail is to look at is what the user says, too. */
function decodeGuarded(guarded: MutableJson, block: MutableJson): Content {
  const { text, image } = guarded
  if (isObject(text) && typeof text['text'] === 'string')
    return { type: 'text', text: text['text'], ...keepBlock(block) }
  const source = isObject(image) ? readSource('image', image) : null
  return source === null ? opaque(block) : { type: 'image', source, ...keepBlock(block) }
}

function textOfSearch({ title, source, content }: MutableJson): string {
  const lines = [title, source, Array.isArray(content) ? joinTexts(content, '\n') : null]
  return lines.filter(isText).join('\n')
}

function decodeCitations({ content, citations }: MutableJson): TextPart {
  const found = Array.isArray(citations) ? citations.filter(isObject).map(decodeCitation) : []
  return {
    type: 'text',
    text: Array.isArray(content) ? joinTexts(content, '') : '',
    ...(found.length > 0 && { citations: found }),
  }
}

/** A citation of an answer, or one delta of a stream. */
export function decodeCitation(citation: MutableJson): Citation {
  const { title, sourceContent, location } = citation
  const web = isObject(location) && isObject(location['web']) ? location['web'] : {}
  const quote = Array.isArray(sourceContent) ? joinTexts(sourceContent, '') : ''
  return {
    ...(isText(web['url']) && { url: web['url'] }),
    ...(isText(title) && { title }),
    ...(quote !== '' && { quote }),
    extra: { [formatName]: citation },
  }
}

function decodeToolResult(result: MutableJson): ToolResultPart {
  const { toolUseId, content, status } = result
  const blocks = objectsOf(content)
  return {
    type: 'tool_result',
    callId: textOr(toolUseId, ''),
    content: blocks.map(decodeResultContent),
    ...(status === 'error' && { isError: true }),
  }
}

function decodeResultContent(block: MutableJson): ToolResultContent {
  if (!('json' in block)) return decodeContent(block)
  return { type: 'text', text: JSON.stringify(block['json'] ?? null), ...keepBlock(block) }
}

function opaque(block: MutableJson): { type: 'opaque'; format: string; value: JsonObject } {
  return { type: 'opaque', format: formatName, value: block }
}

function joinTexts(blocks: readonly unknown[], separator: string): string {
  return blocks
    .map(block => (isObject(block) && typeof block['text'] === 'string' ? block['text'] : ''))
    .join(separator)
}

function textOr(value: unknown, other: string): string {
  return typeof value === 'string' ? value : other
}
