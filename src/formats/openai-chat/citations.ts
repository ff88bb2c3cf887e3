// Sources of an answer: `annotations` of a message, and lists beside the choices.

import type { Citation } from '../../conversation/parts.ts'
import { isObject, isText, type JsonObject, objectsOf } from '../../lib/json-value.ts'
import { listOf, present } from '../openai-shared/fields.ts'
import { webAddress } from '../openai-shared/web-address.ts'
import { otherFields } from '../shared/aside.ts'
import { formatName } from './name.ts'

const citationFields: ReadonlySet<string> = new Set(['url', 'title', 'content', 'start_index', 'end_index'])

export function citationsOf(annotations: unknown): readonly Citation[] {
  return listOf(annotations).flatMap(annotation => {
    if (!isObject(annotation)) return []
    const cited = annotation['url_citation']
    return isObject(cited) ? [decodeCitation(cited)] : [{ extra: { [formatName]: annotation } }]
  })
}

function decodeCitation(cited: JsonObject): Citation {
  const { url, title, content, start_index: start, end_index: end } = cited
  // Vendors that do not know the place write 0 and 0.
  const placed = typeof start === 'number' && typeof end === 'number' && end > start
  const others = otherFields(cited, citationFields)
  return {
    ...(isText(url) ? { url } : {}),
    ...(isText(title) ? { title } : {}),
    ...(isText(content) ? { quote: content } : {}),
    ...(placed ? { start, end } : {}),
    ...(others === undefined ? {} : { extra: { [formatName]: { url_citation: others } } }),
  }
}

/** Perplexity lists its sources beside the choices. https://docs.perplexity.ai/api-reference/chat-completions-post */
export function sourcesOf(answer: JsonObject): readonly Citation[] {
  const results = objectsOf(answer['search_results'])
  const listed = results.flatMap(({ url, title }) =>
    isText(url) ? [{ url, ...(isText(title) ? { title } : {}) }] : [],
  )
  const known = new Set(listed.map(({ url }) => url))
  const bare = listOf(answer['citations']).filter(isText)
  return [...listed, ...bare.filter(url => !known.has(url)).map(url => ({ url }))]
}

/**
 * Null for a source that is nowhere on the web: an annotation of this format is its address.
 * @param offset UTF-16 units of the content before the text that the citation belongs to
 */
export function encodeCitation(citation: Citation, offset: number): JsonObject | null {
  const { url, title, quote, start, end, extra } = citation
  const own = extra?.[formatName]
  if (own !== undefined && url === undefined && !('url_citation' in own)) return own
  const address = webAddress(url)
  if (address === null) return null
  const placed = start !== undefined && end !== undefined
  const cited = own?.['url_citation']
  return {
    type: 'url_citation',
    url_citation: {
      ...present({ url: address, title: title ?? '', content: quote }),
      start_index: placed ? start + offset : 0,
      end_index: placed ? end + offset : 0,
      ...(isObject(cited) ? cited : {}),
    },
  }
}
