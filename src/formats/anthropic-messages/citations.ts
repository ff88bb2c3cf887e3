// What a text rests on, in Anthropic's five shapes. https://platform.claude.com/docs/en/build-with-claude/citations

import type { Citation } from '../../conversation/parts.ts'
import { isObject, isText, type JsonObject } from '../../lib/json-value.ts'
import { formatName, ownExtra } from './wire.ts'

export function decodeCitation(citation: JsonObject): Citation {
  const { url, source, title, document_title: documentTitle, cited_text: quote } = citation
  const name = isText(title) ? title : documentTitle
  const address = isText(url) ? url : source
  return {
    ...(isText(address) && /^https?:/i.test(address) && { url: address }),
    ...(isText(name) && { title: name }),
    ...(isText(quote) && { quote }),
    extra: { [formatName]: citation },
  }
}

export function decodeCitations(citations: unknown): { readonly citations?: readonly Citation[] } {
  if (!Array.isArray(citations)) return {}
  const objects = citations.filter(isObject)
  return objects.length === 0 ? {} : { citations: objects.map(decodeCitation) }
}

/** As the answer of a model has it; null for a source that Anthropic has no shape for. */
export function encodeCitation({ url, title, quote, extra }: Citation): JsonObject | null {
  const own = ownExtra(extra)
  if (isText(own['type'])) return own
  if (url === undefined) return null
  return {
    type: 'web_search_result_location',
    cited_text: quote ?? '',
    encrypted_index: '',
    title: title ?? null,
    url,
  }
}

/** Those that came from this format: others have no place in a request, where each refers to a block of the prompt. */
export function ownCitations(citations: readonly Citation[] | undefined): readonly JsonObject[] {
  return (citations ?? []).map(({ extra }) => ownExtra(extra)).filter(isOwnCitation)
}

/** False for those that `encodeCitation` made up of another vendor's. */
export function isOwnCitation(citation: JsonObject): boolean {
  return isText(citation['type']) && citation['encrypted_index'] !== ''
}
