// A schema that the model is held to may say less than JSON Schema can: no limits of numbers and lengths, and no object
// that is open. What has to go is put into the description, where the model reads it.
// https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html

import { isObject, isText, type JsonObject, type MutableJson } from '../../lib/json-value.ts'

/** What cannot be enforced. */
const limits: ReadonlySet<string> = new Set([
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'pattern',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
])

/** Fields that hold a schema, a list of schemas, or schemas by name. */
const inner: ReadonlySet<string> = new Set([
  'items',
  'anyOf',
  'allOf',
  'oneOf',
  'properties',
  '$defs',
  'definitions',
])
const byName: ReadonlySet<string> = new Set(['properties', '$defs', 'definitions'])

const maxDepth = 100

export function enforceableSchema(schema: JsonObject, depth = 0): JsonObject {
  if (depth > maxDepth) return {}
  const kept: MutableJson = {}
  const said = isText(schema['description']) ? [schema['description']] : []
  for (const [field, value] of Object.entries(schema)) {
    if (limits.has(field)) said.push(`${field}: ${JSON.stringify(value)}`)
    else if (inner.has(field))
      kept[field === 'oneOf' ? 'anyOf' : field] = mapInner(value, byName.has(field), depth + 1)
    else kept[field] = value
  }
  if (said.length > 0) kept['description'] = said.join('; ')
  if (isObject(kept['properties']) || kept['type'] === 'object') kept['additionalProperties'] = false
  return kept
}

function mapInner(value: unknown, named: boolean, depth: number): unknown {
  if (Array.isArray(value)) return value.map(item => mapInner(item, false, depth))
  if (!isObject(value)) return value
  if (!named) return enforceableSchema(value, depth)
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mapInner(item, false, depth)]))
}
