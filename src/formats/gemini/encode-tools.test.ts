import { expect, test } from 'vitest'
import type { Conversation, FunctionTool } from '../../conversation/conversation.ts'
import { encode, failureOf, functionTool } from './gemini.fixture.ts'

test('all functions stand in one entry; newer models get their schemas as they are, older ones a part of OpenAPI', () => {
  const tools: FunctionTool[] = [
    { ...functionTool, description: 'Does.' },
    { type: 'function', name: 'g' },
    { type: 'function', name: 'h', parameters: { type: 'object', properties: {} } },
  ]
  const { parameters } = functionTool
  expect(encode({ tools }).body['tools']).toEqual([
    {
      functionDeclarations: [
        { name: 'f', description: 'Does.', parametersJsonSchema: parameters },
        { name: 'g' },
        { name: 'h' },
      ],
    },
  ])
  expect(encode({ tools }, 'gemini-2.0-flash').body['tools']).toEqual([
    { functionDeclarations: [{ name: 'f', description: 'Does.', parameters }, { name: 'g' }, { name: 'h' }] },
  ])
})

test.each<[Partial<Conversation>, object | undefined]>([
  [{}, undefined],
  [{ toolChoice: { mode: 'auto' } }, { mode: 'AUTO' }],
  [{ toolChoice: { mode: 'none' } }, { mode: 'NONE' }],
  [{ toolChoice: { mode: 'required' } }, { mode: 'ANY' }],
  [{ toolChoice: { mode: 'required', names: ['f'] } }, { mode: 'ANY', allowedFunctionNames: ['f'] }],
  [{ toolChoice: { mode: 'auto', names: ['f'] } }, { mode: 'VALIDATED', allowedFunctionNames: ['f'] }],
  [{ tools: [{ ...functionTool, strict: true }] }, { mode: 'VALIDATED' }],
])('the choice of %j is said by the mode', (changes, calling) => {
  const { body } = encode({ tools: [functionTool], ...changes })
  expect(body['toolConfig']).toEqual(calling === undefined ? undefined : { functionCallingConfig: calling })
})

test('a choice without functions is not sent', () => {
  expect(encode({ toolChoice: { mode: 'auto' } }).body).not.toHaveProperty('toolConfig')
})

test("Google's own tools are sent as they are, or under the name that others give them", () => {
  const { body } = encode({
    tools: [
      { type: 'provider', format: 'gemini', name: 'code_execution', value: { codeExecution: {} } },
      {
        type: 'provider',
        format: 'another',
        name: 'google_search',
        value: { type: 'google_search', google_search: { exclude_domains: ['x'] } },
      },
    ],
  })
  expect(body['tools']).toEqual([{ codeExecution: {} }, { googleSearch: { excludeDomains: ['x'] } }])
})

test("another provider's tool is left out beside functions, and refused alone or where it is demanded", () => {
  const search = { type: 'provider', format: 'another', name: 'web_search', value: {} } as const
  expect(encode({ tools: [search, functionTool] }).warnings).toEqual(['dropped tool web_search'])
  const refused = { code: 'unsupported_parameter', param: 'tools' }
  expect(failureOf(() => encode({ tools: [search] }))).toEqual(refused)
  const toolChoice = { mode: 'required', names: ['web_search'] } as const
  expect(failureOf(() => encode({ tools: [search, functionTool], toolChoice }))).toEqual(refused)
})
