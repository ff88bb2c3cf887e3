// Schemas that are enforced know only a part of JSON Schema: what they refuse moves into the description, where the model
// reads it. https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations

import { isObject, isText, type JsonObject, type MutableJson } from '../../lib/json-value.ts'

const formats: ReadonlySet<unknown> = new Set([
  'date-time',
  'time',
  'date',
  'duration',
  'email',
  'hostname',
  'uri',
  'ipv4',
  'ipv6',
  'uuid',
])

/** Limits, with the words for them. */
const limits: Readonly<Record<string, string>> = {
  minimum: 'at least',
  maximum: 'at most',
  exclusiveMinimum: 'greater than',
  exclusiveMaximum: 'less than',
  multipleOf: 'a multiple of',
  minLength: 'shortest length',
  maxLength: 'longest length',
  pattern: 'matching',
  minItems: 'fewest items',
  maxItems: 'most items',
  uniqueItems: 'without repetition:',
  minProperties: 'fewest properties',
  maxProperties: 'most properties',
}

const lists: ReadonlySet<string> = new Set(['anyOf', 'allOf'])
const tables: ReadonlySet<string> = new Set(['properties', '$defs', 'definitions'])
const copied: ReadonlySet<string> = new Set(['type', 'title', 'enum', 'const', 'default', 'required', '$ref'])

/** @param depth levels above; what is deeper than any schema is let go */
export function enforceableSchema(schema: JsonObject, depth = 0): JsonObject {
  const kept: MutableJson = {}
  const said: string[] = isText(schema['description']) ? [schema['description']] : []
  if (depth > maxDepth) return kept
  for (const [field, value] of Object.entries(schema)) {
    const words = limits[field]
    if (copied.has(field)) kept[field] = value
    else if (words !== undefined && keepsLimit(field, value)) kept[field] = value
    else if (words !== undefined) said.push(`(${words} ${JSON.stringify(value)})`)
    else if (field === 'format' && formats.has(value)) kept[field] = value
    else if (field === 'format') said.push(`(format ${JSON.stringify(value)})`)
    else if (field === 'oneOf') kept['anyOf'] = mapList(value, depth)
    else if (lists.has(field)) kept[field] = mapList(value, depth)
    else if (tables.has(field)) kept[field] = mapTable(value, depth)
    else if (field === 'items' && isObject(value)) kept[field] = enforceableSchema(value, depth + 1)
    else if (field === 'not') said.push(`(not ${JSON.stringify(value)})`)
  }
  if (said.length > 0) kept['description'] = said.join(' ')
  if (kept['type'] === 'object' || 'properties' in kept) kept['additionalProperties'] = false
  return kept
}

const maxDepth = 100

/** An array may be required to hold something. */
function keepsLimit(field: string, value: unknown): boolean {
  return field === 'minItems' && (value === 0 || value === 1)
}

function mapList(value: unknown, depth: number): unknown {
  if (!Array.isArray(value)) return value
  return value.map(item => (isObject(item) ? enforceableSchema(item, depth + 1) : (item as unknown)))
}

function mapTable(value: unknown, depth: number): unknown {
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      isObject(item) ? enforceableSchema(item, depth + 1) : item,
    ]),
  )
}
