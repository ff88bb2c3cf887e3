// The published schemas of OpenAI and Anthropic, compiled on first use.

import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { type Json, objectAt } from '../support/json.ts'
import { readSharedJson } from '../support/shared.ts'

export type Check = (value: unknown) => string[]

const applyFormats = addFormats.default

/** One of the schemas of OpenAI's specification, by its name. */
export function openAiSchema(name: string): Check {
  return remember(`openai ${name}`, () => openAi().getSchema(`openai#/components/schemas/${name}`))
}

/** The schema of a request, as OpenAI takes it. */
export function openAiRequestSchema(name: string): Check {
  return remember(`openai request ${name}`, () => {
    requestCompiler ??= compilerOf(asTaken(openAiSpecification()))
    return requestCompiler.getSchema(`openai#/components/schemas/${name}`)
  })
}

/**
 * Fields that the specification demands in an input because it takes the same schema for the output. Recorded requests
 * without them were answered.
 */
const notDemanded: Readonly<Record<string, readonly string[]>> = {
  OutputMessage: ['id', 'status', 'type'],
  OutputTextContent: ['annotations', 'logprobs'],
  InputImageContent: ['detail'],
}

function asTaken(specification: Json): Json {
  const schemas = objectAt(specification, 'components', 'schemas')
  const taken = Object.entries(notDemanded).map(([name, fields]) => {
    const schema = objectAt(schemas, name)
    const required = schema['required'] as string[]
    return [name, { ...schema, required: required.filter(field => !fields.includes(field)) }]
  })
  return { ...specification, components: { schemas: { ...schemas, ...Object.fromEntries(taken) } } }
}

export type AnthropicSchema = 'request' | 'message' | 'event'

export function anthropicSchema(name: AnthropicSchema): Check {
  return remember(`anthropic ${name}`, () => {
    const ajv = new Ajv({ strict: false, allErrors: false })
    applyFormats(ajv)
    const schema = readSharedJson('specs', `anthropic-${name}.schema.json`) as Json
    return ajv.compile(closeObjects(name === 'request' ? withSampling(schema) : asAnswered(schema)))
  })
}

/** The names of the schemas of the events of a Responses stream, by their `type`. */
export function responseEventSchemas(): ReadonlyMap<string, string> {
  responseEvents ??= readResponseEvents()
  return responseEvents
}

const checks = new Map<string, Check>()
let specification: Json | null = null
let compiler: Ajv2020 | null = null
let requestCompiler: Ajv2020 | null = null
let responseEvents: ReadonlyMap<string, string> | null = null

function remember(name: string, compile: () => ValidateFunction | undefined): Check {
  let check = checks.get(name)
  if (check === undefined) {
    const validate = compile()
    if (validate === undefined) throw new Error(`There is no schema ${name}.`)
    check = value => (validate(value) ? [] : [describe(validate.errors ?? [])])
    checks.set(name, check)
  }
  return check
}

/** The deepest error says most: those above it follow from it. */
function describe(errors: readonly ErrorObject[]): string {
  const [first] = [...errors].sort(
    (left, right) => right.instancePath.split('/').length - left.instancePath.split('/').length,
  )
  if (first === undefined) return 'not valid'
  const { instancePath, message = '', params } = first
  return `${instancePath.replaceAll(/\d+/g, '*') || '(whole)'} ${message} ${JSON.stringify(params)}`
}

function openAiSpecification(): Json {
  specification ??= rewriteNullable(readSharedJson('specs', 'openai.openapi.json')) as Json
  return specification
}

function openAi(): Ajv2020 {
  compiler ??= compilerOf(openAiSpecification())
  return compiler
}

function compilerOf(schemas: Json): Ajv2020 {
  const ajv = new Ajv2020({ strict: false, allErrors: false })
  applyFormats(ajv)
  ajv.addFormat('unixtime', true)
  ajv.addSchema({ ...schemas, $id: 'openai' })
  return ajv
}

function readResponseEvents(): ReadonlyMap<string, string> {
  const schemas = objectAt(openAiSpecification(), 'components', 'schemas')
  const union = objectAt(schemas, 'ResponseStreamEvent')['anyOf'] as { $ref: string }[]
  return new Map(
    union.map(({ $ref }) => {
      const name = $ref.split('/').at(-1) ?? ''
      const [type] = objectAt(schemas, name, 'properties', 'type')['enum'] as string[]
      return [type ?? '', name]
    }),
  )
}

/**
 * OpenAPI 3.0 said `nullable`; 3.1 does not know the word. The alternatives of a `oneOf` overlap in places (a message with
 * text alone is an easy one and a plain one), so that nothing could match exactly one.
 */
function rewriteNullable(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(rewriteNullable)
  if (typeof schema !== 'object' || schema === null) return schema
  const { nullable, oneOf, ...others } = schema as Json
  const rest = oneOf === undefined ? others : { ...others, anyOf: oneOf }
  const inner = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, rewriteNullable(value)]))
  return nullable === true ? { anyOf: [inner, { type: 'null' }] } : inner
}

/** The newest models take no sampling, and the newest types leave it out; the others take it as ever. */
function withSampling(schema: Json): Json {
  const definitions = objectAt(schema, 'definitions')
  const number = { type: 'number' }
  const widened = Object.entries(definitions).map(([name, definition]) => {
    if (!name.startsWith('MessageCreateParams') || !('properties' in (definition as Json)))
      return [name, definition]
    const properties = objectAt(definition, 'properties')
    const sampling = { temperature: number, top_p: number, top_k: { type: 'integer' } }
    return [name, { ...(definition as Json), properties: { ...properties, ...sampling } }]
  })
  return { ...schema, definitions: Object.fromEntries(widened) as Json }
}

/** What Anthropic leaves out of its answers, though the types that the schema was made of say null. */
function asAnswered(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(asAnswered)
  if (typeof schema !== 'object' || schema === null) return schema
  const { required, ...rest } = schema as Json
  const inner = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, asAnswered(value)]))
  if (!Array.isArray(required)) return required === undefined ? inner : { ...inner, required }
  const properties = objectAt(schema, 'properties')
  const always = new Set(['stop_reason', 'stop_sequence'])
  return { ...inner, required: required.filter(name => always.has(name) || !takesNull(properties[name])) }
}

function takesNull(property: unknown): boolean {
  const { type, anyOf } = objectAt({ property }, 'property')
  if (Array.isArray(type)) return type.includes('null')
  return Array.isArray(anyOf) && anyOf.some(option => (option as Json)['type'] === 'null')
}

/** No field that the schema does not name. */
function closeObjects(schema: unknown): Json {
  return close(schema) as Json
}

function close(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(close)
  if (typeof schema !== 'object' || schema === null) return schema
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, close(value)]))
  const open =
    inner['type'] === 'object' &&
    'properties' in inner &&
    !('additionalProperties' in inner) &&
    !('allOf' in inner)
  return open ? { ...inner, additionalProperties: false } : inner
}
