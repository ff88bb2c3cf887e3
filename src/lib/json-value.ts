// Narrowing of parsed JSON whose shape nobody has promised.

/** A parsed object that nobody changes. */
export type JsonObject = { readonly [field: string]: unknown }

/** A parsed object that is ours to change. */
export type MutableJson = Record<string, unknown>

/** SDKs send null for what is not set. */
export function isSet(value: unknown): boolean {
  return value !== undefined && value !== null
}

export function isObject(value: unknown): value is MutableJson {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A string that says something. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/** The objects of a list; none where it is no list. */
export function objectsOf(list: unknown): readonly MutableJson[] {
  return Array.isArray(list) ? list.filter(isObject) : []
}
