// Anthropic's Messages API on the wire: its name here, and small readers that all its translators share.
// https://platform.claude.com/docs/en/api/messages

import type { CacheMarker, Extra } from '../../conversation/parts.ts'
import { isObject, isSet, isText, type JsonObject, type MutableJson } from '../../lib/json-value.ts'

export const formatName = 'anthropic-messages'

/** What this format had put aside. */
export function ownExtra(extra: Extra | undefined): JsonObject {
  return extra?.[formatName] ?? nothing
}

const nothing: JsonObject = {}

/** Fields for which the neutral form has no word, put aside for this format alone. */
export function asideFields(block: JsonObject, known: ReadonlySet<string>): { readonly extra?: Extra } {
  let aside: MutableJson | null = null
  for (const field in block) {
    if (known.has(field) || !isSet(block[field])) continue
    aside ??= {}
    aside[field] = block[field]
  }
  return aside === null ? nothing : { extra: { [formatName]: aside } }
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
