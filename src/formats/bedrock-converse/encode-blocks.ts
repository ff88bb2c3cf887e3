// What was said, as blocks of messages.

import { hash } from 'node:crypto'
import { droppedMarker, isMarked } from '../../conversation/cache-markers.ts'
import type {
  AudioPart,
  CacheMarker,
  FilePart,
  ImagePart,
  Part,
  ReasoningPart,
  TextPart,
  ToolResultContent,
  ToolResultPart,
} from '../../conversation/parts.ts'
import { parseToolArguments } from '../../conversation/tool-arguments.ts'
import { GatewayError } from '../../errors.ts'
import { isObject, isText, type JsonObject } from '../../lib/json-value.ts'
import type { CachePlace, ModelFamily } from './families.ts'
import { describeMedia } from './media.ts'
import { formatName } from './name.ts'

/** What is the same for all messages of a request, and what they have to share. */
export interface EncodeWork {
  readonly family: ModelFamily
  /** What was left out. */
  readonly warnings: Set<string>
  /** Two documents of one name are refused. */
  readonly documentNames: Set<string>
}

/** The block that a part was decoded from, where it says more than the part. */
function keptBlock({ extra }: TextPart | ImagePart | AudioPart | FilePart): JsonObject | null {
  const block = extra?.[formatName]?.['block']
  return isObject(block) ? block : null
}

/** Whether a part of an assistant or user can be said at all: what cannot must not leave an empty turn behind. */
export function canSay(part: Part, work: EncodeWork): boolean {
  switch (part.type) {
    case 'text':
      // A blank one is refused by most; but it may stand for nothing else than a place in the cache.
      return (
        part.text.trim() !== '' || (part.text !== '' && part.cache !== undefined) || keptBlock(part) !== null
      )
    case 'refusal':
      return part.text.trim() !== ''
    case 'reasoning':
      return isOwnProof(part)
    case 'opaque':
      if (part.format === formatName) return true
      work.warnings.add(`dropped content ${nameOpaque(part.value)}`)
      return false
    case 'image':
    case 'audio':
    case 'file':
    case 'tool_call':
    case 'tool_result':
      return true
  }
}

/** Thoughts that nobody signed, or somebody else, are not taken back. */
export function isOwnProof({ origin, signature, encrypted }: ReasoningPart): boolean {
  return origin === formatName && (signature !== undefined || encrypted !== undefined)
}

function nameOpaque(value: JsonObject): string {
  return isText(value['type']) ? value['type'] : (Object.keys(value)[0] ?? 'opaque')
}

/** The blocks of one turn. */
export function encodeParts(parts: readonly Part[], work: EncodeWork): JsonObject[] {
  const blocks: JsonObject[] = []
  for (const part of parts) {
    blocks.push(encodePart(part, work))
    if (!('cache' in part) || part.cache === undefined) continue
    const marker = encodeMarker(part.cache, 'messages', work)
    // Directly behind a document or a film it is refused.
    if (part.type === 'file' && marker.length > 0) blocks.push({ text: '\n' })
    blocks.push(...marker)
  }
  return withTextBesideDocuments(blocks)
}

/** A cache point stands behind what is kept, as a block of its own. */
export function encodeMarker({ ttl }: CacheMarker, place: CachePlace, work: EncodeWork): JsonObject[] {
  const { cachePlaces, cacheTtl } = work.family
  if (!cachePlaces.includes(place)) {
    work.warnings.add(droppedMarker)
    return []
  }
  if (ttl !== undefined && ttl !== '5m' && !cacheTtl) work.warnings.add('dropped parameter cache_control.ttl')
  return [{ cachePoint: { type: 'default', ...(ttl !== undefined && cacheTtl && { ttl }) } }]
}

function encodePart(part: Part, work: EncodeWork): JsonObject {
  switch (part.type) {
    case 'text':
      return keptBlock(part) ?? encodeText(part, work)
    case 'refusal':
      return { text: part.text }
    case 'image':
    case 'audio':
    case 'file':
      return keptBlock(part) ?? encodeMedia(part, work)
    case 'reasoning':
      return { reasoningContent: encodeThought(part) }
    case 'tool_call':
      return {
        toolUse: {
          toolUseId: fittingId(part.id, work),
          name: part.name,
          input: parseToolArguments(part.arguments),
        },
      }
    case 'tool_result':
      return { toolResult: encodeResult(part, work) }
    case 'opaque':
      return part.value
  }
}

function encodeText({ text, citations = [] }: TextPart, work: EncodeWork): JsonObject {
  const own = citations.flatMap(({ extra }) => extra?.[formatName] ?? [])
  if (own.length < citations.length) work.warnings.add('dropped content citation')
  return own.length === 0 ? { text } : { citationsContent: { content: [{ text }], citations: own } }
}

function encodeThought({ text, signature, encrypted }: ReasoningPart): JsonObject {
  if (signature === undefined) return { redactedContent: encrypted }
  return { reasoningText: { text, signature } }
}

function encodeMedia(part: ImagePart | AudioPart | FilePart, work: EncodeWork): JsonObject {
  const { kind, format, source } = describeMedia(part)
  if (format === null || source === null) {
    const what = source === null ? 'this address' : 'this type of file'
    throw new GatewayError('unsupported_parameter', {
      message: `A part of type ${part.type} cannot be sent to this provider: it does not take ${what}.`,
      param: 'messages',
    })
  }
  if (kind !== 'document') return { [kind]: { format, source } }
  const { name } = part as FilePart
  return { document: { format, name: documentName(name, work.documentNames), source } }
}

/**
 * Letters, digits, single blanks, hyphens, parentheses and brackets, and no name twice.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html
 */
function documentName(name: string | undefined, taken: Set<string>): string {
  const plain = (name ?? '')
    .replace(/\.[a-z0-9]{1,5}$/i, '')
    .replace(/[^a-zA-Z0-9\s\-()[\]]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 190)
  const wanted = plain === '' ? 'document' : plain
  let free = wanted
  for (let number = 2; taken.has(free); number++) free = `${wanted} (${number})`
  taken.add(free)
  return free
}

/** A document alone is refused. */
function withTextBesideDocuments(blocks: JsonObject[]): JsonObject[] {
  const document = blocks.find(block => isObject(block['document']))
  if (document === undefined || blocks.some(block => block['text'] !== undefined)) return blocks
  const { name } = document['document'] as { name?: unknown }
  return [...blocks, { text: `The document: ${String(name)}` }]
}

function encodeResult({ callId, content, isError }: ToolResultPart, work: EncodeWork): JsonObject {
  // A place in the cache stands behind the whole result.
  if (content.some(isMarked)) work.warnings.add(droppedMarker)
  const blocks = content.filter(part => canSay(part, work)).map(part => encodeResultContent(part, work))
  return {
    toolUseId: fittingId(callId, work),
    // Something must stand there, and it must not be blank.
    content: blocks.length === 0 ? [{ json: {} }] : blocks,
    ...(isError === true && { status: 'error' }),
  }
}

function encodeResultContent(part: ToolResultContent, work: EncodeWork): JsonObject {
  return part.type === 'text' ? (keptBlock(part) ?? { text: part.text }) : encodePart(part, work)
}

/** Ids of other vendors may be longer, or hold other characters. The same id always becomes the same. */
function fittingId(id: string, { family }: EncodeWork): string {
  if (family.callId.test(id)) return id
  return `${id.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 40)}_${hash('sha256', id).slice(0, 16)}`
}
