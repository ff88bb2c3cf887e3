import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { makeInstance } from './schema-instance.ts'

/** Another implementation's opinion on whether the value satisfies the schema. */
function expectInstance(schema: Record<string, unknown>) {
  const instance = makeInstance(schema)
  const verdict = z.fromJSONSchema(schema as never).safeParse(instance)
  expect(verdict.success, `${JSON.stringify(schema)} -> ${JSON.stringify(instance)}`).toBe(true)
  return instance
}

test.each<Record<string, unknown>>([
  { const: 3 },
  { enum: ['b', 'a'] },
  { type: 'string', minLength: 12 },
  { type: 'string', maxLength: 3 },
  { type: 'string', format: 'date-time' },
  { type: 'string', format: 'email' },
  { type: 'string', pattern: '^[A-Z]{3}-\\d{3}$' },
  { type: 'integer', minimum: 18, maximum: 18 },
  { type: 'integer', exclusiveMinimum: 1, exclusiveMaximum: 3 },
  { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 0.5 },
  { type: 'integer', multipleOf: 7, minimum: 10 },
  { type: 'integer', maximum: -5 },
  { type: 'array', items: { type: 'integer' }, minItems: 3, maxItems: 3 },
  { type: 'array', items: { type: 'string' }, minItems: 2, uniqueItems: true },
  { type: 'array', items: { type: 'string' }, maxItems: 0 },
  { type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }], items: false },
  { type: ['string', 'null'] },
  { anyOf: [{ type: 'null' }, { type: 'integer' }] },
  {
    allOf: [
      { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
      { type: 'object', properties: { b: { const: 1 } }, required: ['b'] },
    ],
  },
  { type: 'object', additionalProperties: { type: 'integer' }, required: ['x'] },
  {
    type: 'object',
    properties: { a: { $ref: '#/$defs/n' } },
    required: ['a'],
    $defs: { n: { type: 'integer', minimum: 4 } },
  },
  { type: 'boolean' },
  { type: 'null' },
])('an instance of %j satisfies it', schema => {
  expectInstance(schema)
})

test('a schema that refers to itself has a finite instance', () => {
  const tree = {
    $defs: {
      node: {
        type: 'object',
        properties: {
          label: { type: 'string' },
          children: { type: 'array', items: { $ref: '#/$defs/node' } },
          parent: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] },
        },
        required: ['label', 'children', 'parent'],
        additionalProperties: false,
      },
    },
    $ref: '#/$defs/node',
  }
  expect(JSON.stringify(makeInstance(tree)).length).toBeLessThan(100_000)
  const endless = { type: 'object', properties: { self: { $ref: '#' } }, required: ['self'] }
  expect(makeInstance(endless)).toBeTypeOf('object')
  const circular = { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } }
  expect(() => makeInstance(circular)).not.toThrow()
})

const leaf = fc.oneof(
  fc.record({ type: fc.constant('string'), minLength: fc.nat(20) }),
  fc.constant({ type: 'string', format: 'uuid' }),
  fc
    .tuple(fc.integer({ min: -50, max: 50 }), fc.nat(9))
    .map(([minimum, span]) => ({ type: 'integer', minimum, maximum: minimum + span })),
  fc
    .tuple(fc.integer({ min: -50, max: 50 }), fc.nat(9))
    .map(([minimum, span]) => ({ type: 'number', minimum, maximum: minimum + span })),
  fc.constant({ type: 'boolean' }),
  fc.constant({ type: 'null' }),
  fc.record({ enum: fc.array(fc.string(), { minLength: 1, maxLength: 3 }) }),
)

const { schema: anySchema } = fc.letrec<{ schema: Record<string, unknown> }>(tie => ({
  schema: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc
      .tuple(tie('schema'), fc.nat(3), fc.nat(2))
      .map(([items, minItems, more]) => ({ type: 'array', items, minItems, maxItems: minItems + more })),
    fc
      .dictionary(fc.stringMatching(/^[a-z]{1,8}$/), tie('schema'), { maxKeys: 4 })
      .chain(properties =>
        fc
          .subarray(Object.keys(properties))
          .map(required => ({ type: 'object', properties, required, additionalProperties: false })),
      ),
    fc.array(tie('schema'), { minLength: 1, maxLength: 3 }).map(anyOf => ({ anyOf })),
  ),
}))

test('an instance satisfies any schema of types, bounds, lists, objects and alternatives', () => {
  fc.assert(
    fc.property(anySchema, schema => {
      expectInstance(schema)
    }),
    { numRuns: 300 },
  )
})

test('whatever stands where a schema is expected, something is made', () => {
  fc.assert(
    fc.property(fc.jsonValue(), value => {
      expect(() =>
        makeInstance({ type: 'object', properties: value, required: value, items: value, anyOf: value }),
      ).not.toThrow()
      expect(() => makeInstance(value)).not.toThrow()
    }),
  )
})

test('hints fill the properties that they know', () => {
  const schema = {
    type: 'object',
    properties: { city: { type: 'string' }, unit: { enum: ['c'] }, other: { type: 'string' } },
  }
  expect(makeInstance(schema, property => (property === 'city' ? 'Rio' : null))).toEqual({
    city: 'Rio',
    unit: 'c',
    other: 'example',
  })
})
