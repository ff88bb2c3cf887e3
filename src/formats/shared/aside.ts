// Fields of a format for which the neutral form has no word: they are put aside under the format's name, for it alone.

import type { Extra } from '../../conversation/parts.ts'
import type { JsonObject, MutableJson } from '../../lib/json-value.ts'

/** The fields that are not among the known ones and say something; undefined where there are none. */
export function otherFields(value: JsonObject, known: ReadonlySet<string>): JsonObject | undefined {
  let others: MutableJson | undefined
  for (const name in value) {
    if (known.has(name) || value[name] === null || value[name] === undefined || name === '__proto__') continue
    others ??= {}
    others[name] = value[name]
  }
  return others
}

/** The fields as the neutral form carries them; nothing where there are none. */
export function putAside(format: string, fields: JsonObject | undefined): { readonly extra?: Extra } {
  for (const _ in fields) return { extra: { [format]: fields } }
  return nothing
}

const nothing = {}
