// Narrowing of parsed JSON whose shape nobody has promised.

/** A parsed object that nobody changes. */
export type JsonObject = { readonly [field: string]: unknown }

/** A parsed object that is ours to change. */
export type MutableJson = Record<string, unknown>

export function isObject(value: unknown): value is MutableJson {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A string that says something. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
