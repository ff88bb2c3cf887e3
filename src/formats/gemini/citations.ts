// What an answer rests on: grounding in searches and maps, and passages that repeat a known source. Google counts in
// UTF-8 bytes of the text. https://ai.google.dev/api/generate-content#GroundingMetadata

import type { AnswerPart } from '../../conversation/completion.ts'
import type { Citation } from '../../conversation/parts.ts'
import { isObject, type JsonObject } from '../../lib/json-value.ts'
import { otherFields, putAside } from '../shared/aside.ts'
import { defined, formatName, numberIn, objectIn, objectsIn, textIn } from './wire.ts'

interface Place {
  /** Index of the text. */
  readonly text: number
  readonly start: number
  readonly end: number
}

/**
 * The citations of each text of a candidate.
 * @returns null where there are none
 */
export function citeTexts(candidate: JsonObject, texts: readonly string[]): readonly Citation[][] | null {
  if (texts.length === 0) return null
  if (!isObject(candidate['groundingMetadata']) && !isObject(candidate['citationMetadata'])) return null
  const cited: Citation[][] = texts.map(() => [])
  const bytes = texts.map(text => Buffer.from(text))
  const add = (citation: Citation, place: Place | null): void => {
    const { start, end } = place ?? {}
    const placed = start === undefined || end === undefined ? citation : { ...citation, start, end }
    cited[place?.text ?? texts.length - 1]?.push(placed)
  }
  addGrounding(objectIn(candidate, 'groundingMetadata'), { texts, bytes, add })
  addPassages(objectIn(candidate, 'citationMetadata'), { texts, bytes, add })
  return cited
}

interface Texts {
  readonly texts: readonly string[]
  readonly bytes: readonly Buffer[]
  add(citation: Citation, place: Place | null): void
}

function addGrounding(metadata: JsonObject, { texts, bytes, add }: Texts): void {
  const sources = objectsIn(metadata, 'groundingChunks').map(sourceOf)
  const used = new Set<number>()
  for (const support of objectsIn(metadata, 'groundingSupports')) {
    const place = locate(objectIn(support, 'segment'), texts, bytes)
    for (const index of Array.isArray(support['groundingChunkIndices'])
      ? support['groundingChunkIndices']
      : []) {
      const source = sources[Number(index)]
      if (source === undefined || source === null) continue
      used.add(Number(index))
      add(source, place)
    }
  }
  sources.forEach((source, index) => {
    if (source !== null && !used.has(index)) add(source, null)
  })
}

/** A page, a place, a document of a store, an image. */
function sourceOf(chunk: JsonObject): Citation | null {
  for (const kind of ['web', 'maps', 'retrievedContext', 'image']) {
    if (!isObject(chunk[kind])) continue
    const source = objectIn(chunk, kind)
    return defined({
      url: textIn(source, 'uri') ?? textIn(source, 'sourceUri'),
      title: textIn(source, 'title'),
      quote: textIn(source, 'text'),
    })
  }
  return null
}

/** Where a segment stands; its own words decide, because not every offset is relative to the same text. */
function locate(segment: JsonObject, texts: readonly string[], bytes: readonly Buffer[]): Place | null {
  const words = textIn(segment, 'text')
  const from = numberIn(segment, 'startIndex') ?? 0
  const to = numberIn(segment, 'endIndex') ?? 0
  if (words === undefined || words === '') return null
  for (const [text, whole] of bytes.entries()) {
    if (whole.subarray(from, to).toString() !== words) continue
    const start = whole.subarray(0, from).toString().length
    return { text, start, end: start + words.length }
  }
  for (const [text, whole] of texts.entries()) {
    const start = whole.indexOf(words)
    if (start !== -1) return { text, start, end: start + words.length }
  }
  return null
}

const passageFields = new Set(['startIndex', 'endIndex', 'uri', 'title'])

/** `citations` at Vertex AI, `citationSources` at the Gemini API. */
function addPassages(metadata: JsonObject, { bytes, add }: Texts): void {
  const passages = [...objectsIn(metadata, 'citations'), ...objectsIn(metadata, 'citationSources')]
  for (const passage of passages) {
    const citation = defined({
      url: textIn(passage, 'uri'),
      title: textIn(passage, 'title'),
      ...putAside(formatName, otherFields(passage, passageFields)),
    })
    const whole = bytes.length === 1 ? bytes[0] : undefined
    const from = numberIn(passage, 'startIndex') ?? 0
    const to = numberIn(passage, 'endIndex') ?? 0
    const known = whole !== undefined && to > from && to <= whole.length
    if (!known && citation['url'] === undefined && citation['title'] === undefined) continue
    add(citation, known ? placeOf(whole, from, to) : null)
  }
}

function placeOf(whole: Buffer, from: number, to: number): Place {
  return {
    text: 0,
    start: whole.subarray(0, from).toString().length,
    end: whole.subarray(0, to).toString().length,
  }
}

/** The reverse: one chunk for each source, one support for each citation with a place. */
export function encodeGrounding(parts: readonly AnswerPart[]): JsonObject | undefined {
  const chunks: JsonObject[] = []
  const supports: JsonObject[] = []
  const indexes = new Map<string, number>()
  parts.forEach((part, partIndex) => {
    if (part.type !== 'text') return
    for (const citation of part.citations ?? []) {
      const web = defined({ uri: citation.url, title: citation.title })
      const key = JSON.stringify(web)
      const index = indexes.get(key) ?? chunks.push({ web }) - 1
      indexes.set(key, index)
      const segment = segmentOf(part.text, citation, partIndex)
      if (segment !== null) supports.push({ segment, groundingChunkIndices: [index] })
    }
  })
  if (chunks.length === 0) return undefined
  return { groundingChunks: chunks, ...(supports.length === 0 ? {} : { groundingSupports: supports }) }
}

function segmentOf(text: string, { start, end }: Citation, partIndex: number): JsonObject | null {
  if (start === undefined || end === undefined || start < 0 || end <= start || end > text.length) return null
  return {
    ...(partIndex === 0 ? {} : { partIndex }),
    startIndex: Buffer.byteLength(text.slice(0, start)),
    endIndex: Buffer.byteLength(text.slice(0, end)),
    text: text.slice(start, end),
  }
}
