// Anthropic's Messages API on the wire: its name here, and small readers that all its translators share.
// https://platform.claude.com/docs/en/api/messages

import type { CacheMarker, Extra } from '../../conversation/parts.ts'
import { isObject, isText, type JsonObject } from '../../lib/json-value.ts'
import { otherFields, putAside } from '../shared/aside.ts'

export const formatName = 'anthropic-messages'

/** What this format had put aside. */
export function ownExtra(extra: Extra | undefined): JsonObject {
  return extra?.[formatName] ?? nothing
}

const nothing: JsonObject = {}

/** Fields for which the neutral form has no word, put aside for this format alone. */
export function asideFields(block: JsonObject, known: ReadonlySet<string>): { readonly extra?: Extra } {
  return putAside(formatName, otherFields(block, known))
}

/** Empty where the field holds no text. */
export function textIn(block: JsonObject, field: string): string {
  const text = block[field]
  return typeof text === 'string' ? text : ''
}

export function readMarker(block: JsonObject): { readonly cache?: CacheMarker } {
  const control = block['cache_control']
  if (!isObject(control)) return nothing
  return { cache: isText(control['ttl']) ? { ttl: control['ttl'] } : {} }
}

export function writeMarker(cache: CacheMarker | undefined): JsonObject {
  if (cache === undefined) return nothing
  const { ttl } = cache
  const known = ttl === '5m' || ttl === '1h'
  return { cache_control: known ? { type: 'ephemeral', ttl } : { type: 'ephemeral' } }
}
