// JSON Schema cut down to the part of OpenAPI that Google's `parameters` and `responseSchema` take. What it has no
// word for goes into the description, where the model reads it. https://ai.google.dev/api/caching#Schema

import { GatewayError } from '../../errors.ts'
import { isObject, type JsonObject, type MutableJson } from '../../lib/json-value.ts'
import { isEmpty } from './wire.ts'

/** Fields that mean the same on both sides. */
const shared = new Set([
  'title',
  'minItems',
  'maxItems',
  'minLength',
  'maxLength',
  'minProperties',
  'maxProperties',
  'minimum',
  'maximum',
  'pattern',
  'nullable',
  'propertyOrdering',
])

/** Read here one by one, or without a meaning for the model. */
const handled = new Set([
  '$ref',
  'type',
  'description',
  'format',
  'enum',
  'const',
  'properties',
  'required',
  'items',
  'prefixItems',
  'anyOf',
  'oneOf',
  'allOf',
  '$schema',
  '$id',
  '$defs',
  '$comment',
  '$anchor',
  'definitions',
  'components',
])

const formats: Readonly<Record<string, ReadonlySet<unknown>>> = {
  string: new Set(['date-time', 'enum']),
  number: new Set(['float', 'double']),
  integer: new Set(['int32', 'int64']),
}

/**
 * How often a schema may be put inside itself before the rest is left open, how deep a schema may be, and from how many
 * parts on no more references are followed: types that refer to one another would make a schema of any size.
 */
const maxRepeats = 2
const maxDepth = 40
const maxParts = 10_000

interface Surroundings {
  readonly root: JsonObject
  /** The field of the client's request that holds the schema. */
  readonly param: string
  /** The references that lead here, in their order. */
  readonly trail: readonly string[]
  readonly depth: number
  /** Of the whole schema. */
  readonly parts: { count: number }
}

/** @throws GatewayError `invalid_request` for a reference that leads nowhere */
export function toOpenApiSchema(schema: JsonObject, param: string): JsonObject {
  return convert(schema, { root: schema, param, trail: [], depth: 0, parts: { count: 0 } })
}

function convert(value: unknown, around: Surroundings): JsonObject {
  if (!isObject(value) || around.depth > maxDepth) return {}
  around.parts.count++
  const { $ref: reference, allOf } = value
  if (typeof reference === 'string') return convertReference(value, reference, around)
  const inner = { ...around, depth: around.depth + 1 }
  if (Array.isArray(allOf)) return convert(mergeAll(value, allOf, around), inner)
  const variants = variantsOf(value)
  if (variants !== null) return convertVariants(value, variants, inner)
  const converted: MutableJson = {}
  const { type } = value
  if (typeof type === 'string') converted['type'] = type
  const notes: string[] = []
  copyShared(value, converted, notes)
  addValues(value, converted, notes)
  addMembers(value, converted, inner)
  const description = describe(value['description'], notes)
  return description === undefined ? converted : { ...converted, description }
}

function convertReference(value: JsonObject, reference: string, around: Surroundings): JsonObject {
  const { $ref: _reference, ...beside } = value
  const repeats = around.trail.filter(step => step === reference).length
  const target = resolve(reference, around)
  if (repeats >= maxRepeats || around.parts.count > maxParts) {
    const type = isObject(target) && typeof target['type'] === 'string' ? target['type'] : 'object'
    return { type, description: describe(beside['description'], [`nested ${nameOf(reference)}`]) }
  }
  const { trail, depth } = around
  const inner = { ...around, trail: [...trail, reference], depth: depth + 1 }
  return convert(isObject(target) ? { ...target, ...beside } : beside, inner)
}

/** `#/$defs/Name`: the part of the same schema at that path. */
function resolve(reference: string, { root, param }: Surroundings): unknown {
  let found: unknown = root
  if (reference !== '#' && !reference.startsWith('#/')) found = undefined
  for (const step of reference.split('/').slice(1)) {
    const key = unescapeStep(step)
    found = isObject(found) && Object.hasOwn(found, key) ? found[key] : undefined
  }
  if (found !== undefined) return found
  const message = `A schema in \`${param}\` refers to ${JSON.stringify(reference)}, which it does not hold.`
  throw new GatewayError('invalid_request', { message, param })
}

function unescapeStep(step: string): string {
  try {
    return decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')
  } catch {
    return step
  }
}

function nameOf(reference: string): string {
  return reference.split('/').at(-1) ?? reference
}

/** What must hold together, as one schema; where two say the same thing, the later one holds. */
function mergeAll(value: JsonObject, allOf: readonly unknown[], around: Surroundings): JsonObject {
  const { allOf: _all, ...own } = value
  const merged: MutableJson = {}
  for (const part of [...allOf, own]) {
    const schema = isObject(part) ? followOnce(part, around) : {}
    const properties = { ...objectOf(merged['properties']), ...objectOf(schema['properties']) }
    const required = [...new Set([...textsOf(merged['required']), ...textsOf(schema['required'])])]
    Object.assign(merged, schema)
    if (!isEmpty(properties)) merged['properties'] = properties
    if (required.length > 0) merged['required'] = required
  }
  return merged
}

function followOnce(schema: JsonObject, around: Surroundings): JsonObject {
  const { $ref: reference, ...beside } = schema
  if (typeof reference !== 'string') return schema
  const target = resolve(reference, around)
  return isObject(target) && target['$ref'] !== reference ? { ...target, ...beside } : beside
}

/** Null where the schema has one shape alone. */
function variantsOf(value: JsonObject): readonly unknown[] | null {
  const { type, anyOf, oneOf } = value
  if (Array.isArray(anyOf) && anyOf.length > 0) return anyOf
  if (Array.isArray(oneOf) && oneOf.length > 0) return oneOf
  if (!Array.isArray(type)) return null
  return type.map(one => ({ type: one as unknown }))
}

/** Google refuses any other field beside `anyOf`, so that all of them move into the variants. */
function convertVariants(value: JsonObject, variants: readonly unknown[], around: Surroundings): JsonObject {
  const { anyOf: _any, oneOf: _one, type, ...beside } = value
  const own = Array.isArray(type) || type === undefined ? beside : { ...beside, type }
  const real = variants.filter(variant => !isNull(variant))
  const nullable = real.length < variants.length ? { nullable: true } : {}
  const converted = real.map(variant => ({
    ...convert(isObject(variant) ? { ...own, ...variant } : own, around),
    ...nullable,
  }))
  const [only] = converted
  if (only === undefined) return { ...convert(own, around), ...nullable }
  return converted.length === 1 ? only : { anyOf: converted }
}

function isNull(schema: unknown): boolean {
  if (!isObject(schema)) return false
  return schema['type'] === 'null' || ('const' in schema && schema['const'] === null)
}

function copyShared(value: JsonObject, converted: MutableJson, notes: string[]): void {
  for (const field in value) {
    const said = value[field]
    if (said === undefined || handled.has(field)) continue
    if (shared.has(field)) converted[field] = said
    else if (field !== 'additionalProperties' || isObject(said))
      notes.push(`${field}: ${JSON.stringify(said)}`)
  }
}

/** A choice of values: Google has it for texts alone. */
function addValues(value: JsonObject, converted: MutableJson, notes: string[]): void {
  const { type, format } = value
  const values = 'const' in value ? [value['const']] : value['enum']
  if (Array.isArray(values)) {
    const texts = values.filter(one => typeof one === 'string')
    if (values.includes(null)) converted['nullable'] = true
    const others = values.length - texts.length - (values.includes(null) ? 1 : 0)
    if (others === 0 && texts.length > 0) Object.assign(converted, { type: type ?? 'string', enum: texts })
    else notes.push(`one of: ${JSON.stringify(values)}`)
  }
  if (format === undefined) return
  const known = typeof type === 'string' && Object.hasOwn(formats, type) ? formats[type] : undefined
  if (known?.has(format) === true) converted['format'] = format
  else notes.push(`format: ${JSON.stringify(format)}`)
}

function addMembers(value: JsonObject, converted: MutableJson, around: Surroundings): void {
  const { properties, items, prefixItems, type } = value
  if (isObject(properties) && !isEmpty(properties)) {
    const members: MutableJson = {}
    for (const name in properties) members[name] = convert(properties[name], around)
    converted['properties'] = members
    converted['type'] ??= 'object'
    const required = textsOf(value['required']).filter(name => Object.hasOwn(members, name))
    if (required.length > 0) converted['required'] = required
  }
  if (isObject(items)) converted['items'] = convert(items, around)
  else if (Array.isArray(prefixItems)) converted['items'] = convert({ anyOf: prefixItems }, around)
  // A list has to say what it is of.
  else if (type === 'array') converted['items'] = { type: 'string' }
}

function describe(description: unknown, notes: readonly string[]): string | undefined {
  const own = typeof description === 'string' ? description : ''
  if (notes.length === 0) return own === '' ? undefined : own
  return `${own} (${notes.join('; ')})`.trim()
}

function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {}
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter(item => typeof item === 'string') : []
}
