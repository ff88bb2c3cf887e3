import { expect, test } from 'vitest'
import type { AnswerPart, FinishReason } from './completion.ts'
import type { Conversation } from './conversation.ts'
import { loadSchemaChecker } from './schema-check.ts'

const checker = await loadSchemaChecker()

function faultOf(schema: Record<string, unknown>, parts: AnswerPart[], reason: FinishReason = 'stop') {
  const conversation: Conversation = {
    model: 'm',
    streaming: false,
    messages: [],
    tools: [],
    sampling: {},
    output: { type: 'json_schema', schema },
  }
  const check = checker(conversation)
  return check?.({ id: '', model: '', choices: [{ parts, finish: { reason } }], usage: null })
}

const text = (value: string): AnswerPart => ({ type: 'text', text: value })
const city = {
  type: 'object',
  properties: { city: { type: 'string', pattern: '^(a+)+$' } },
  required: ['city'],
}

test.each([
  ['{"city":"Rio"}', null],
  ['{"city":1}', '/city must be string'],
  ['{}', "it must have required property 'city'"],
  ['{"city":', 'it is not JSON'],
  ['Rio', 'it is not JSON'],
])('the answer %s: %s', (answer, fault) => {
  expect(faultOf(city, [text(answer)])).toBe(fault)
})

test('references within the schema are followed', () => {
  const schema = { $defs: { n: { type: 'integer' } }, type: 'array', items: { $ref: '#/$defs/n' } }
  expect(faultOf(schema, [text('[1,'), text('2]')])).toBeNull()
  expect(faultOf(schema, [text('[1,"2"]')])).toBe('/1 must be integer')
})

test('an answer that was cut off, refused or that calls a tool is not judged', () => {
  expect(faultOf(city, [text('{"ci')], 'length')).toBeNull()
  expect(faultOf(city, [{ type: 'refusal', text: 'no' }])).toBeNull()
  expect(faultOf(city, [], 'tool_calls')).toBeNull()
})

test('a schema that is none is the affair of the provider', () => {
  expect(faultOf({ type: 'no such type' }, [text('1')])).toBeNull()
  expect(faultOf({ $ref: '#/nowhere' }, [text('1')])).toBeNull()
})
