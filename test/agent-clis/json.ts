// Values in JSON, as the scripted upstream looks at them and makes them.

import { isObject, type JsonObject } from '../../src/lib/json-value.ts'

export type { JsonObject } from '../../src/lib/json-value.ts'

/** Empty where there is none. */
export function objectAt(object: JsonObject, name: string): JsonObject {
  const found = object[name]
  return isObject(found) ? found : {}
}

/** A small value that a schema allows: for side questions, whose answers do not matter. */
export function sampleOf(schema: JsonObject): unknown {
  if ('const' in schema) return schema['const']
  const [choice] = listAt(schema, 'enum')
  if (choice !== undefined) return choice
  const [alternative] = [...listAt(schema, 'anyOf'), ...listAt(schema, 'oneOf')]
  if (isObject(alternative)) return sampleOf(alternative)
  const type = [schema['type']].flat()[0]
  switch (String(type).toLowerCase()) {
    case 'object':
      return Object.fromEntries(
        Object.entries(objectAt(schema, 'properties')).map(([name, inner]) => [
          name,
          sampleOf(isObject(inner) ? inner : {}),
        ]),
      )
    case 'array':
      return []
    case 'integer':
    case 'number':
      return typeof schema['minimum'] === 'number' ? schema['minimum'] : 1
    case 'boolean':
      return false
    default:
      return 'as asked'
  }
}

function listAt(object: JsonObject, name: string): readonly unknown[] {
  const found = object[name]
  return Array.isArray(found) ? found : []
}
