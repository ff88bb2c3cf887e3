import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GatewayError } from '../../errors.ts'
import { toOpenApiSchema } from './openapi-schema.ts'

const convert = (schema: Record<string, unknown>) => toOpenApiSchema(schema, 'tools')

test('what both know stays, and what Google does not know is told to the model', () => {
  expect(
    convert({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      description: 'A plan.',
      properties: {
        count: { type: 'integer', minimum: 0, exclusiveMaximum: 10, default: 1 },
        when: { type: 'string', format: 'date-time' },
        mail: { type: 'string', format: 'email', pattern: '@' },
      },
      required: ['count', 'missing'],
      additionalProperties: false,
    }),
  ).toEqual({
    type: 'object',
    description: 'A plan.',
    properties: {
      count: { type: 'integer', minimum: 0, description: '(exclusiveMaximum: 10; default: 1)' },
      when: { type: 'string', format: 'date-time' },
      mail: { type: 'string', pattern: '@', description: '(format: "email")' },
    },
    required: ['count'],
  })
})

test.each([
  [{ type: ['string', 'null'] }, { type: 'string', nullable: true }],
  [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, { type: 'string', nullable: true }],
  [{ type: ['string', 'number'] }, { anyOf: [{ type: 'string' }, { type: 'number' }] }],
  [
    { type: ['string', 'number', 'null'] },
    {
      anyOf: [
        { type: 'string', nullable: true },
        { type: 'number', nullable: true },
      ],
    },
  ],
  [{ enum: ['a', null] }, { type: 'string', enum: ['a'], nullable: true }],
])('%j may be null as %j', (schema, expected) => {
  expect(convert(schema)).toEqual(expected)
})

test('a constant is a choice of one, and a choice of numbers is told', () => {
  expect(convert({ const: 'a' })).toEqual({ type: 'string', enum: ['a'] })
  expect(convert({ type: 'integer', enum: [1, 2] })).toEqual({
    type: 'integer',
    description: '(one of: [1,2])',
  })
})

test('beside variants nothing else may stand: it moves into each of them', () => {
  expect(
    convert({
      description: 'Either.',
      oneOf: [{ type: 'string' }, { type: 'number', description: 'A number.' }],
    }),
  ).toEqual({
    anyOf: [
      { type: 'string', description: 'Either.' },
      { type: 'number', description: 'A number.' },
    ],
  })
})

test('what must hold together becomes one schema', () => {
  expect(
    convert({
      $defs: { Base: { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] } },
      allOf: [{ $ref: '#/$defs/Base' }, { properties: { b: { type: 'number' } }, required: ['b'] }],
    }),
  ).toEqual({
    type: 'object',
    properties: { a: { type: 'string' }, b: { type: 'number' } },
    required: ['a', 'b'],
  })
})

test('references are put in place, with what stands beside them', () => {
  expect(
    convert({
      type: 'object',
      properties: { who: { $ref: '#/$defs/a~1b', description: 'Who.' } },
      $defs: { 'a/b': { type: 'string', description: 'A name.' } },
    }),
  ).toEqual({ type: 'object', properties: { who: { type: 'string', description: 'Who.' } } })
})

test('a schema that holds itself ends somewhere', () => {
  const converted = convert({
    $ref: '#/$defs/Node',
    $defs: {
      Node: {
        type: 'object',
        properties: {
          next: { $ref: '#/$defs/Node' },
          list: { type: 'array', items: { $ref: '#/$defs/Node' } },
        },
      },
    },
  })
  expect(converted).toMatchObject({
    properties: { next: { properties: { next: { type: 'object', description: '(nested Node)' } } } },
  })
  expect(JSON.stringify(converted).length).toBeLessThan(2000)
})

test.each(['#/$defs/Missing', 'https://example.com/schema', '#/%zz'])(
  'a reference that leads nowhere is refused: %s',
  reference => {
    expect(() => convert({ $ref: reference })).toThrow(GatewayError)
  },
)

test('a reference to itself does not go round for ever', () => {
  expect(() => convert({ $ref: '#' })).not.toThrow()
  expect(() => convert({ allOf: [{ $ref: '#' }] })).not.toThrow()
})

test('types that all refer to one another do not make a schema without end', () => {
  const names = Array.from({ length: 12 }, (_, index) => `T${index}`)
  const properties = Object.fromEntries(names.map(name => [name, { $ref: `#/$defs/${name}` }]))
  const definitions = Object.fromEntries(names.map(name => [name, { type: 'object', properties }]))
  expect(JSON.stringify(convert({ $ref: '#/$defs/T0', $defs: definitions })).length).toBeLessThan(5_000_000)
})

test('a list says what it is of, and a tuple of what kinds', () => {
  expect(convert({ type: 'array' })).toEqual({ type: 'array', items: { type: 'string' } })
  expect(convert({ type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }] })).toEqual({
    type: 'array',
    items: { anyOf: [{ type: 'string' }, { type: 'number' }] },
  })
})

test('no schema whatever makes it throw anything but a refusal, nor run for ever', () => {
  const fields = ['type', 'anyOf', 'allOf', 'properties', 'items', '$ref', 'enum', 'required', 'const']
  const value: fc.Arbitrary<unknown> = fc.letrec(tie => ({
    node: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom('object', 'array', '#', '#/properties/a', null, 1, true),
      fc.dictionary(fc.constantFrom(...fields, 'a'), tie('node'), { maxKeys: 3 }),
      fc.array(tie('node'), { maxLength: 3 }),
    ),
  })).node
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...fields), value, { maxKeys: 4 }), schema => {
      try {
        convert(schema)
      } catch (thrown) {
        if (!(thrown instanceof GatewayError)) throw thrown
      }
    }),
  )
})
