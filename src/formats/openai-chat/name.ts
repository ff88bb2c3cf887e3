// The name of the format, under which it finds its own in what others keep for it.

import type { Extra } from '../../conversation/parts.ts'
import type { JsonObject } from '../../lib/json-value.ts'

export const formatName = 'openai-chat'

const nothing: JsonObject = {}

export function ownExtra({ extra }: { readonly extra?: Extra }): JsonObject {
  return extra?.[formatName] ?? nothing
}
