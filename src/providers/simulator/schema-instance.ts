// Makes a value that satisfies a JSON Schema, always the same one: for structured answers and the arguments of tools.

import { isObject, type Json } from './request-problem.ts'

/** Text for a property of this name; null where there is nothing better than a filler. */
export type TextHint = (property: string) => string | null

interface Scope {
  readonly root: unknown
  readonly hint: TextHint
  /** Name of the property, or of the array, that is being filled. */
  readonly property: string
  readonly depth: number
}

/** From here on optional properties and items are left out, and alternatives are chosen by simplicity. */
const comfortableDepth = 6
/** A schema that requires itself has no finite instance: null ends it. */
const maximumDepth = 40

/** An instance of the schema. What it does not know of JSON Schema (`not`, `if`, `dependentSchemas`) it passes over. */
export function makeInstance(schema: unknown, hint: TextHint = () => null): unknown {
  return instanceOf(schema, { root: schema, hint, property: '', depth: 0 })
}

function instanceOf(written: unknown, scope: Scope): unknown {
  if (scope.depth > maximumDepth || !isObject(written)) return written === true ? 'example' : null
  const schema = resolve(written, scope)
  if ('const' in schema) return schema['const']
  const choices = schema['enum']
  if (Array.isArray(choices) && choices.length > 0) return choices[0]
  const alternatives = schema['anyOf'] ?? schema['oneOf']
  if (Array.isArray(alternatives) && alternatives.length > 0)
    return instanceOf(withAlternative(schema, alternatives, scope), { ...scope, depth: scope.depth + 1 })
  if ('default' in schema && typeOf(schema) !== 'object' && typeOf(schema) !== 'array')
    return schema['default']
  switch (typeOf(schema)) {
    case 'object':
      return makeObject(schema, scope)
    case 'array':
      return makeArray(schema, scope)
    case 'integer':
    case 'number':
      return makeNumber(schema, typeOf(schema) === 'integer')
    case 'boolean':
      return true
    case 'null':
      return null
    default:
      return makeText(schema, scope)
  }
}

/** The schema with what `$ref` and `allOf` add to it. */
function resolve(schema: Json, scope: Scope): Json {
  let resolved = schema
  for (let steps = 0; typeof resolved['$ref'] === 'string' && steps < maximumDepth; steps++) {
    const { $ref, ...beside } = resolved
    const target = lookUp(scope.root, String($ref))
    resolved = isObject(target) ? { ...target, ...beside } : beside
  }
  const parts = resolved['allOf']
  if (!Array.isArray(parts) || scope.depth > maximumDepth) return resolved
  const { allOf: _, ...own } = resolved
  const deeper = { ...scope, depth: scope.depth + 1 }
  return parts.filter(isObject).reduce<Json>((merged, part) => merge(merged, resolve(part, deeper)), own)
}

function merge(left: Json, right: Json): Json {
  return {
    ...left,
    ...right,
    ...(isObject(left['properties']) && isObject(right['properties'])
      ? { properties: { ...left['properties'], ...right['properties'] } }
      : {}),
    ...(Array.isArray(left['required']) && Array.isArray(right['required'])
      ? { required: [...left['required'], ...right['required']] }
      : {}),
  }
}

/** Follows `#/$defs/name`, and `#` for the root. */
function lookUp(root: unknown, reference: string): unknown {
  if (!reference.startsWith('#')) return undefined
  let found = root
  for (const step of reference.split('/').slice(1)) {
    const key = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')
    found =
      (isObject(found) || Array.isArray(found)) && Object.hasOwn(found, key)
        ? (found as Json)[key]
        : undefined
  }
  return found
}

/** The first alternative; deep inside a recursion the simplest one, which ends it. */
function withAlternative(schema: Json, alternatives: readonly unknown[], scope: Scope): Json {
  const { anyOf: _, oneOf: __, ...own } = schema
  const offered = alternatives.filter(isObject).map(alternative => resolve(alternative, scope))
  const simple = offered.find(alternative => !['object', 'array'].includes(typeOf(alternative)))
  const rich = offered.find(alternative => typeOf(alternative) !== 'null')
  return merge(own, (scope.depth > comfortableDepth ? simple : rich) ?? offered[0] ?? {})
}

function typeOf(schema: Json): string {
  const declared = schema['type']
  if (typeof declared === 'string') return declared
  if (Array.isArray(declared)) return String(declared.find(type => type !== 'null') ?? 'null')
  if ('properties' in schema || 'required' in schema || 'additionalProperties' in schema) return 'object'
  if ('items' in schema || 'prefixItems' in schema || 'minItems' in schema) return 'array'
  if ('minimum' in schema || 'maximum' in schema || 'multipleOf' in schema) return 'number'
  return 'string'
}

function makeObject(schema: Json, scope: Scope): Json {
  const properties = isObject(schema['properties']) ? schema['properties'] : {}
  const required = new Set(Array.isArray(schema['required']) ? schema['required'].map(String) : [])
  const made: Array<[string, unknown]> = []
  for (const [name, property] of Object.entries(properties)) {
    if (property === false || (scope.depth > comfortableDepth && !required.has(name))) continue
    made.push([name, instanceOf(property, { ...scope, property: name, depth: scope.depth + 1 })])
  }
  const additional = schema['additionalProperties'] ?? true
  const missing = [...required].filter(name => !Object.hasOwn(properties, name))
  const wanted = typeof schema['minProperties'] === 'number' ? schema['minProperties'] : 0
  for (let extra = 1; made.length + missing.length < wanted; extra++) missing.push(`property${extra}`)
  for (const name of missing)
    made.push([name, instanceOf(additional, { ...scope, property: name, depth: scope.depth + 1 })])
  return Object.fromEntries(made)
}

function makeArray(schema: Json, scope: Scope): readonly unknown[] {
  const first = Array.isArray(schema['prefixItems']) ? schema['prefixItems'] : []
  const minimum = typeof schema['minItems'] === 'number' ? schema['minItems'] : 0
  const maximum = typeof schema['maxItems'] === 'number' ? schema['maxItems'] : Number.POSITIVE_INFINITY
  const pleasant = scope.depth > comfortableDepth || schema['items'] === false ? 0 : 1
  const length = Math.min(Math.max(minimum, first.length, pleasant), maximum, 1_000)
  const items: unknown[] = []
  for (let index = 0; index < length; index++) {
    const item = instanceOf(first[index] ?? schema['items'] ?? true, { ...scope, depth: scope.depth + 1 })
    items.push(schema['uniqueItems'] === true && index > 0 ? distinct(item, schema['items'], index) : item)
  }
  return items
}

/** Another value than the ones before it, where the kind of value allows that. */
function distinct(item: unknown, schema: unknown, index: number): unknown {
  const choices = isObject(schema) ? schema['enum'] : undefined
  if (Array.isArray(choices)) return choices[index % choices.length]
  if (typeof item === 'number') return item + index
  if (typeof item === 'string') return `${item}${index + 1}`
  if (typeof item === 'boolean') return index % 2 === 0
  return item
}

function makeNumber(schema: Json, integer: boolean): number {
  const numeric = (name: string) => (typeof schema[name] === 'number' ? schema[name] : null)
  const step = numeric('multipleOf') ?? (integer ? 1 : null)
  const floor = numeric('exclusiveMinimum') ?? numeric('minimum')
  const ceiling = numeric('exclusiveMaximum') ?? numeric('maximum')
  const allowed = (value: number) =>
    value >= (numeric('minimum') ?? value) &&
    value <= (numeric('maximum') ?? value) &&
    value > (numeric('exclusiveMinimum') ?? Number.NEGATIVE_INFINITY) &&
    value < (numeric('exclusiveMaximum') ?? Number.POSITIVE_INFINITY)
  const onStep = (value: number) => (step === null ? value : Math.ceil(value / step) * step)
  const low = floor ?? (ceiling === null ? 1 : ceiling - (step ?? 1))
  const middle = floor !== null && ceiling !== null ? (floor + ceiling) / 2 : low
  const candidates = [1, onStep(low), onStep(low) + (step ?? 1), middle, low, onStep(low) - (step ?? 1)]
  const fits = (value: number) => allowed(value) && (step === null || Number.isInteger(value / step))
  return candidates.find(fits) ?? low
}

const formatExamples: Readonly<Record<string, string>> = {
  'date-time': '2025-01-31T12:00:00Z',
  date: '2025-01-31',
  time: '12:00:00Z',
  duration: 'P1D',
  email: 'person@example.com',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  uri: 'https://example.com/',
  url: 'https://example.com/',
  uuid: '123e4567-e89b-42d3-a456-426614174000',
}

/** Texts of many shapes: with some luck one of them fits a pattern. */
const patternExamples = [
  'example Example EXAMPLE a A ab AB abc ABC 1 12 123 1234 12345 12345678 a1 A1 abc-123 ABC-123 AB-1234 abc_123',
  '#00aaff 1.0.0 12.50 $1.00 2025-01-31 12:00 +15550100 555-0100 person@example.com https://example.com/',
  'example.com 192.0.2.1 /example @example example-1',
].flatMap(line => line.split(' '))

function makeText(schema: Json, scope: Scope): string {
  const format = formatExamples[String(schema['format'])]
  if (format !== undefined) return format
  const minimum = typeof schema['minLength'] === 'number' ? Math.min(schema['minLength'], 10_000) : 0
  const maximum = typeof schema['maxLength'] === 'number' ? schema['maxLength'] : Number.POSITIVE_INFINITY
  const pattern = typeof schema['pattern'] === 'string' ? compile(schema['pattern']) : null
  const text = scope.hint(scope.property) ?? 'example'
  if (pattern !== null)
    return (
      [text, ...patternExamples].find(
        candidate => candidate.length >= minimum && candidate.length <= maximum && pattern.test(candidate),
      ) ?? text
    )
  const characters = Array.from(text).slice(0, maximum)
  while (characters.length < minimum) characters.push('.')
  return characters.join('')
}

function compile(pattern: string): RegExp | null {
  try {
    return new RegExp(pattern, 'u')
  } catch {
    return null
  }
}
