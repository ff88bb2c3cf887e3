// Google's JSON: the name of the format, and small readers and writers that all its translators share. Requests may spell every field in camelCase or snake_case, because Google's servers parse
// them as protocol buffers do; answers are always in camelCase.
// https://protobuf.dev/programming-guides/json/

import type { Extra } from '../../conversation/parts.ts'
import { isObject, type JsonObject, type MutableJson } from '../../lib/json-value.ts'

/** The name under which this format's own things travel in `extra`, `origin` and opaque parts. */
export const formatName = 'gemini'

/** What this format has put aside; undefined where that is nothing. */
export function ownExtra(extra: Extra | undefined): JsonObject | undefined {
  return extra?.[formatName]
}

/** The object with its own keys in camelCase; what lies deeper is untouched. The object itself where nothing changes. */
export function camelKeys(object: JsonObject): JsonObject {
  let renamed: MutableJson | null = null
  for (const key in object) {
    if (!key.includes('_') || key.startsWith('_')) continue
    renamed ??= { ...object }
    delete renamed[key]
    renamed[toCamelCase(key)] = object[key]
  }
  return renamed ?? object
}

/** The field as an object with keys in camelCase; empty where it is none. */
export function objectIn(object: JsonObject, field: string): JsonObject {
  const value = object[field]
  return isObject(value) ? camelKeys(value) : {}
}

/** The objects of a repeated field; Google takes a single one without its list as well. */
export function objectsIn(object: JsonObject, field: string): readonly JsonObject[] {
  return listIn(object, field).filter(isObject).map(camelKeys)
}

export function listIn(object: JsonObject, field: string): readonly unknown[] {
  const value = object[field]
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? (value as unknown[]) : [value]
}

export function isEmpty(object: JsonObject): boolean {
  for (const _ in object) return false
  return true
}

export function textIn(object: JsonObject, field: string): string | undefined {
  const value = object[field]
  return typeof value === 'string' ? value : undefined
}

/** 64-bit numbers are strings in the JSON of protocol buffers. */
export function numberIn(object: JsonObject, field: string): number | undefined {
  const value = object[field]
  if (typeof value === 'number') return value
  return typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value) ? Number(value) : undefined
}

/** Leaves out what is undefined, so that nothing absent is ever written. */
export function defined(fields: JsonObject): JsonObject {
  const present: MutableJson = {}
  for (const key in fields) if (fields[key] !== undefined) present[key] = fields[key]
  return present
}

export function toCamelCase(key: string): string {
  return key.replace(/_+([a-z0-9])/gi, (_match, letter: string) => letter.toUpperCase())
}
