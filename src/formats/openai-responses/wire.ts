// The items of OpenAI's Responses, and what of them the neutral form has to remember to give them back unchanged.
// https://platform.openai.com/docs/api-reference/responses/object

import type { Extra } from '../../conversation/parts.ts'
import { isText, type JsonObject } from '../../lib/json-value.ts'

export const formatName = 'openai-responses'

/** What belongs to this format alone, as a part of the neutral form carries it. */
export function toExtra(value: JsonObject): Extra {
  return { [formatName]: value }
}

const nothing: JsonObject = {}

/** @returns what `toExtra` has put in; empty where there is nothing */
export function ownExtra(extra: Extra | undefined): JsonObject {
  return extra?.[formatName] ?? nothing
}

/**
 * Tools may stand in a namespace; a name in the neutral form is one word, that other formats can say too. A tool that
 * was found by search is called in a namespace of its own name, though it was declared without any.
 */
export function qualifyName(namespace: unknown, name: string): string {
  return isText(namespace) && namespace !== name ? `${namespace}__${name}` : name
}

/** The kind of an item. A message may leave it out, and so may a reference. */
export function kindOf(item: JsonObject): string {
  const { type } = item
  if (isText(type)) return type
  if (isText(item['role'])) return 'message'
  return isText(item['id']) ? 'item_reference' : ''
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
