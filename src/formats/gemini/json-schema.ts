// The reverse of openapi-schema.ts: a schema in Google's words as JSON Schema.

import { isObject, type JsonObject, type MutableJson } from '../../lib/json-value.ts'
import { camelKeys } from './wire.ts'

/** Numbers that the JSON of protocol buffers writes as texts. */
const counts = new Set(['minItems', 'maxItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties'])
const maxDepth = 60

export function toJsonSchema(schema: unknown, depth = 0): JsonObject {
  if (!isObject(schema) || depth > maxDepth) return {}
  const own = camelKeys(schema)
  const converted: MutableJson = {}
  for (const field in own) {
    const value = own[field]
    if (value === undefined || value === null) continue
    addField(converted, { field, value, depth })
  }
  return own['nullable'] === true ? orNull(converted) : converted
}

function addField(
  converted: MutableJson,
  { field, value, depth }: { field: string; value: unknown; depth: number },
): void {
  if (field === 'type') converted['type'] = String(value).toLowerCase()
  else if (field === 'items') converted['items'] = toJsonSchema(value, depth + 1)
  else if (field === 'properties') converted['properties'] = convertEach(value, depth)
  else if (field === 'anyOf' && Array.isArray(value))
    converted['anyOf'] = value.map(variant => toJsonSchema(variant, depth + 1))
  else if (field === 'example') converted['examples'] = [value]
  else if (counts.has(field)) converted[field] = Number(value)
  else if (field !== 'nullable' && field !== 'propertyOrdering' && !(field === 'format' && value === 'enum'))
    converted[field] = value
}

function convertEach(properties: unknown, depth: number): JsonObject {
  const converted: MutableJson = {}
  if (isObject(properties))
    for (const name in properties) converted[name] = toJsonSchema(properties[name], depth + 1)
  return converted
}

function orNull(schema: MutableJson): JsonObject {
  const { type, enum: values, anyOf } = schema
  if (Array.isArray(anyOf)) return { ...schema, anyOf: [...(anyOf as unknown[]), { type: 'null' }] }
  if (type === undefined) return schema
  return {
    ...schema,
    type: [type, 'null'],
    ...(Array.isArray(values) ? { enum: [...(values as unknown[]), null] } : {}),
  }
}
