// Documents that answers are to rest on. Only this format has a place for them; all others are told them as text.

import type { TextPart } from '../../conversation/parts.ts'
import { isObject, isText, type JsonObject } from '../../lib/json-value.ts'
import { formatName } from './name.ts'

/** A document as a text that any model can read, and as it was for the format itself. */
export function documentAsText(document: unknown): TextPart {
  return { type: 'text', text: describe(document), extra: { [formatName]: { document } } }
}

/** The document that a text stands for; undefined for any other text. */
export function documentOf({ extra }: TextPart): unknown {
  return extra?.[formatName]?.['document']
}

function describe(document: unknown): string {
  if (typeof document === 'string') return document
  if (!isObject(document)) return JSON.stringify(document)
  const { id, data } = document
  const name = isText(id) ? `[${id}]\n` : ''
  return name + (isObject(data) ? describeFields(data) : String(data))
}

/** A document of one field is its text; others keep the names of their fields. */
function describeFields(data: JsonObject): string {
  const fields = Object.entries(data)
  const [only] = fields
  if (fields.length === 1 && typeof only?.[1] === 'string') return only[1]
  return fields
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('\n')
}
