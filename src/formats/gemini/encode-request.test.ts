import { expect, test } from 'vitest'
import { encode, failureOf, functionTool, plainConversation, targetOf } from './gemini.fixture.ts'
import { gemini } from './index.ts'

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
