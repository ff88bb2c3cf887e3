// Citations: which words of an answer rest on which documents or tool results.

import type { Citation } from '../../conversation/parts.ts'
import { isObject, isText, type JsonObject } from '../../lib/json-value.ts'
import { formatName } from './name.ts'

/** @param text the text that is cited from, as far as it is known */
export function decodeCitation(value: JsonObject, text: string): Citation {
  const source = firstSource(value['sources'])
  const { url, title } = source
  const quote = source['text'] ?? source['snippet'] ?? source['content']
  return {
    ...(isText(url) ? { url } : {}),
    ...(isText(title) ? { title } : {}),
    ...(isText(quote) ? { quote } : {}),
    ...placeOf(value, text),
    extra: { [formatName]: value },
  }
}

/** The document or the tool's output of the first source that tells what it is. */
function firstSource(sources: unknown): JsonObject {
  if (!Array.isArray(sources)) return {}
  const told = sources.filter(isObject).map(source => source['document'] ?? source['tool_output'])
  return told.find(isObject) ?? {}
}

/** Offsets may count characters where ours count UTF-16 units: the cited words themselves tell. */
function placeOf({ start, end, text: words }: JsonObject, text: string): Pick<Citation, 'start' | 'end'> {
  if (typeof start !== 'number' || typeof end !== 'number') return {}
  if (!isText(words) || text.slice(start, end) === words) return { start, end }
  const characters = Array.from(text)
  if (characters.slice(start, end).join('') !== words) return { start, end }
  const from = characters.slice(0, start).join('').length
  return { start: from, end: from + words.length }
}

/** @param text the text that is cited from */
export function encodeCitation(citation: Citation, text: string, contentIndex: number): JsonObject {
  const own = citation.extra?.[formatName]
  if (own !== undefined) return own
  const { url, title, quote, start = 0, end = text.length } = citation
  const document = {
    ...(url === undefined ? {} : { url }),
    ...(title === undefined ? {} : { title }),
    ...(quote === undefined ? {} : { text: quote }),
  }
  return {
    start,
    end,
    text: text.slice(start, end),
    sources: [{ type: 'document', id: url ?? title ?? 'document', document }],
    content_index: contentIndex,
    type: 'TEXT_CONTENT',
  }
}
