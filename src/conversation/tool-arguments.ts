// The arguments of a tool call are text that a model wrote: mostly JSON, and not always.

import { isObject, type JsonObject } from '../lib/json-value.ts'

/**
 * The arguments as an object, for formats that carry them so. Nothing is lost: what is not a JSON object is wrapped.
 * @param text `''` and `null` count as no arguments
 */
export function parseToolArguments(text: string): JsonObject {
  const trimmed = text.trim()
  if (trimmed === '' || trimmed === 'null') return {}
  try {
    const value: unknown = JSON.parse(trimmed)
    return isObject(value) ? value : { _value: value }
  } catch {
    return { _raw: text }
  }
}

/** The reverse, for formats that carry an object. Text that `parseToolArguments` had wrapped comes out as it was. */
export function writeToolArguments(value: unknown): string {
  if (value === undefined || value === null) return '{}'
  if (typeof value === 'string') return value
  if (isObject(value) && Object.keys(value).length === 1) {
    if (typeof value['_raw'] === 'string') return value['_raw']
    if ('_value' in value) return JSON.stringify(value['_value'])
  }
  return JSON.stringify(value)
}
