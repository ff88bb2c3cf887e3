import { expect, test } from 'vitest'
import type { Conversation, FunctionTool } from '../../conversation/conversation.ts'
import { GatewayError } from '../../errors.ts'
import { encode, plainConversation, targetOf } from './gemini.fixture.ts'
import { gemini } from './index.ts'

const functionTool: FunctionTool = {
  type: 'function',
  name: 'f',
  parameters: { type: 'object', properties: { a: { type: 'integer' } } },
}

function failureOf(action: () => unknown) {
  try {
    action()
  } catch (thrown) {
    if (thrown instanceof GatewayError) return { code: thrown.code, param: thrown.param }
    throw thrown
  }
  return null
}

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

test('every field of sampling has its name here', () => {
  const { body } = encode({
    sampling: {
      maxTokens: 5,
      temperature: 0,
      topP: 0.5,
      topK: 40,
      stop: ['a', ''],
      seed: 1,
      frequencyPenalty: 0.1,
      presencePenalty: -0.1,
      choices: 2,
      logprobs: 3,
    },
  })
  expect(body['generationConfig']).toEqual({
    maxOutputTokens: 5,
    temperature: 0,
    topP: 0.5,
    topK: 40,
    stopSequences: ['a'],
    seed: 1,
    presencePenalty: -0.1,
    frequencyPenalty: 0.1,
    candidateCount: 2,
    responseLogprobs: true,
    logprobs: 3,
  })
})

test('penalties are left out, and told, where newer models refuse them', () => {
  const target = targetOf('gemini-2.5-flash', { quirks: { gemini: { penalties: 'older_models' } } })
  const conversation = { ...plainConversation, sampling: { presencePenalty: 1 } }
  const { body, warnings } = gemini.chat.encodeRequest(conversation, target)
  expect(body).not.toHaveProperty('generationConfig')
  expect(warnings).toEqual(['dropped parameter presence_penalty'])
})

test('more stop sequences than Google takes are refused', () => {
  const stop = ['1', '2', '3', '4', '5', '6']
  expect(failureOf(() => encode({ sampling: { stop } }))).toEqual({
    code: 'unsupported_parameter',
    param: 'stop',
  })
})

test('a bias for tokens is refused: it would be another answer', () => {
  expect(failureOf(() => encode({ sampling: { logitBias: { 1: 1 } } }))).toEqual({
    code: 'unsupported_parameter',
    param: 'logit_bias',
  })
})

test('what Google has no word for is told', () => {
  const { warnings } = encode({
    messages: [{ role: 'user', name: 'Ann', parts: [{ type: 'text', text: 'x', cache: {} }] }],
    user: 'u',
    metadata: { a: 'b' },
    cacheKey: 'k',
    tools: [functionTool],
    parallelToolCalls: false,
    serviceTier: 'scale',
  })
  expect(warnings.toSorted()).toEqual(
    [
      'cache_control',
      'metadata',
      'name',
      'parallel_tool_calls',
      'prompt_cache_key',
      'service_tier',
      'user',
    ].map(name => `dropped parameter ${name}`),
  )
})

test('a schema of the answer is sent as it is, or as a part of OpenAPI; beside tools only to models that take both', () => {
  const schema = { type: 'object', properties: { a: { type: ['string', 'null'] } } }
  const output = { type: 'json_schema', schema } as const
  expect(encode({ output }).body['generationConfig']).toEqual({
    responseMimeType: 'application/json',
    responseJsonSchema: schema,
  })
  expect(encode({ output }, 'gemini-2.0-flash').body['generationConfig']).toEqual({
    responseMimeType: 'application/json',
    responseSchema: { type: 'object', properties: { a: { type: 'string', nullable: true } } },
  })
  expect(encode({ output: { type: 'json' } }).body['generationConfig']).toEqual({
    responseMimeType: 'application/json',
  })
  const besideTools = (model: string) => gemini.chat.abilities(targetOf(model)).jsonSchemaBesideTools
  expect(besideTools('gemini-2.5-flash')).toBe(false)
  expect(besideTools('gemini-3-flash-preview')).toBe(true)
})

test('a service tier is a field at one address and a header at the other', () => {
  expect(encode({ serviceTier: 'flex' }).body).toMatchObject({ serviceTier: 'flex' })
  expect(encode({ serviceTier: 'default' }).body).not.toHaveProperty('serviceTier')
  const target = targetOf('gemini-3-flash', { quirks: { gemini: { serviceTier: 'header' } } })
  const { body, headers } = gemini.chat.encodeRequest({ ...plainConversation, serviceTier: 'flex' }, target)
  expect(body).not.toHaveProperty('serviceTier')
  expect(headers).toEqual(['x-vertex-ai-llm-shared-request-type', 'flex'])
})

test('what only this format has comes back to it', () => {
  const own = {
    safetySettings: [{ category: 'c', threshold: 't' }],
    cachedContent: 'cachedContents/x',
    labels: { a: 'b' },
    generationConfig: { mediaResolution: 'MEDIA_RESOLUTION_LOW', responseModalities: ['IMAGE'] },
    toolConfig: { retrievalConfig: {}, functionCallingConfig: { streamFunctionCallArguments: true } },
  }
  const { body } = encode({ tools: [functionTool], toolChoice: { mode: 'auto' }, extra: { gemini: own } })
  expect(body).toMatchObject({
    ...own,
    toolConfig: {
      retrievalConfig: {},
      functionCallingConfig: { mode: 'AUTO', streamFunctionCallArguments: true },
    },
  })
})
