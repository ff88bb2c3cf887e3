import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { GatewayError } from '../../errors.ts'
import type { JsonObject } from '../../lib/json-value.ts'
import { claude, encode } from './conversations.fixture.ts'
import { markEncrypted, markSignature } from './foreign-thoughts.ts'
import { bedrockConverse } from './index.ts'

const address = { model: claude, streaming: false }
const { checkRequest, chat, editsForPassing } = bedrockConverse

function decode(body: JsonObject) {
  checkRequest(body, address)
  return chat.decodeRequest(body, address)
}

const said = (...content: readonly object[]) => ({ messages: [{ role: 'user', content }] })
const partsOf = (...content: readonly object[]) => decode(said(...content)).messages[0]?.parts

describe('a shape that is wrong is refused by its path', () => {
  test.each([
    [{}, 'messages'],
    [{ messages: {} }, 'messages'],
    [{ messages: [1] }, 'messages[0]'],
    [{ messages: [{ role: 'tool', content: [] }] }, 'messages[0].role'],
    [{ messages: [{ role: 'user' }] }, 'messages[0].content'],
    [{ messages: [{ role: 'user', content: 'hi' }] }, 'messages[0].content'],
    [said({ text: 1 }), 'messages[0].content[0].text'],
    [said({ toolUse: { name: 'a' } }), 'messages[0].content[0].toolUse.toolUseId'],
    [said({ toolResult: { content: [] } }), 'messages[0].content[0].toolResult.toolUseId'],
    [said({ toolResult: { toolUseId: 'a', content: 'x' } }), 'messages[0].content[0].toolResult.content'],
    [{ ...said(), system: 'be brief' }, 'system'],
    [{ ...said(), toolConfig: {} }, 'toolConfig.tools'],
    [{ ...said(), toolConfig: { tools: [{ toolSpec: {} }] } }, 'toolConfig.tools[0].toolSpec.name'],
    [{ ...said(), inferenceConfig: { maxTokens: 'a' } }, 'inferenceConfig.maxTokens'],
    [{ ...said(), inferenceConfig: { stopSequences: ['a', 1] } }, 'inferenceConfig.stopSequences[1]'],
    [{ ...said(), guardrailConfig: [] }, 'guardrailConfig'],
  ])('%o: %s', (body, param) => {
    let thrown: unknown
    try {
      checkRequest(body, address)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(GatewayError)
    expect((thrown as GatewayError).param).toBe(param)
  })

  test('so is a schema that is no JSON', () => {
    const structure = { jsonSchema: { schema: '{' } }
    expect(() =>
      decode({ ...said(), outputConfig: { textFormat: { type: 'json_schema', structure } } }),
    ).toThrow('must be a JSON Schema as text')
  })
})

test('the facts are read: text counts, bytes do not; model and streaming come from the path', () => {
  const bytes = 'A'.repeat(1000)
  const body = {
    ...said({ text: '12345' }, { image: { format: 'png', source: { bytes } } }),
    system: [{ text: '123' }],
  }
  expect(checkRequest(body, { model: 'a:0', streaming: true })).toEqual({
    model: 'a:0',
    streaming: true,
    wantsStreamUsage: true,
    inputCharacters: 8,
    fields: ['messages', 'system'],
  })
  expect(() => checkRequest(body, { model: null, streaming: null })).toThrow('`model` is missing')
})

describe('blocks', () => {
  test('results come first, and say whether they failed', () => {
    const result = {
      toolResult: { toolUseId: 't', status: 'error', content: [{ text: 'no' }, { json: { a: 1 } }] },
    }
    expect(partsOf({ text: 'a' }, result)).toMatchObject([
      {
        type: 'tool_result',
        callId: 't',
        isError: true,
        content: [{ text: 'no' }, { type: 'text', text: '{"a":1}' }],
      },
      { type: 'text', text: 'a' },
    ])
  })

  test('a cache point marks what stands before it', () => {
    const body = {
      ...said({ text: 'a' }, { cachePoint: { type: 'default', ttl: '1h' } }),
      system: [{ text: 's' }, { cachePoint: { type: 'default' } }],
      toolConfig: {
        tools: [{ toolSpec: { name: 't', inputSchema: { json: {} } } }, { cachePoint: { type: 'default' } }],
      },
    }
    const conversation = decode(body)
    expect(conversation.messages).toMatchObject([
      { role: 'system', parts: [{ text: 's', cache: {} }] },
      { role: 'user', parts: [{ text: 'a', cache: { ttl: '1h' } }] },
    ])
    expect(conversation.tools).toMatchObject([{ name: 't', cache: {} }])
  })

  test('what only this format can say is still said to others, and comes back whole', () => {
    const blocks = [
      { guardContent: { text: { text: 'guarded', qualifiers: ['query'] } } },
      { searchResult: { source: 'https://a', title: 'A', content: [{ text: 'found' }] } },
      { image: { format: 'png', source: { s3Location: { uri: 's3://b/a.png', bucketOwner: '1' } } } },
      { document: { format: 'txt', name: 'd', source: { text: 'inside' }, context: 'about' } },
      { toolAddition: { tool: { name: 'x' } } },
    ]
    const parts = partsOf(...blocks)
    expect(parts).toMatchObject([
      { type: 'text', text: 'guarded' },
      { type: 'text', text: 'A\nhttps://a\nfound' },
      { type: 'image', source: { kind: 'url', url: 's3://b/a.png', mediaType: 'image/png' } },
      {
        type: 'file',
        name: 'd',
        source: { mediaType: 'text/plain', data: Buffer.from('inside').toString('base64') },
      },
      { type: 'opaque', format: 'bedrock-converse' },
    ])
    const again = encode({ ...decode(said()), messages: [{ role: 'user', parts: parts ?? [] }] })
    expect(again['messages']).toEqual([{ role: 'user', content: [...blocks, { text: 'The document: d' }] }])
  })

  test('the calls of a tool of the provider are none of the client', () => {
    const content = [
      { toolUse: { toolUseId: 'a', name: 'web', input: {}, type: 'server_tool_use' } },
      { toolUse: { toolUseId: 'b', name: 'own', input: { x: 1 }, type: 'tool_use' } },
    ]
    const { messages } = decode({ messages: [{ role: 'assistant', content }] })
    expect(messages[0]?.parts).toMatchObject([
      { type: 'opaque' },
      { type: 'tool_call', id: 'b', arguments: '{"x":1}' },
    ])
  })
})

describe('thoughts of other vendors', () => {
  const content = [
    { reasoningContent: { reasoningText: { text: 'a', signature: markSignature('s1', 'other-format') } } },
    { reasoningContent: { redactedContent: markEncrypted('not base64!', 'other-format') } },
    { reasoningContent: { reasoningText: { text: 'b', signature: 's2' } } },
    { reasoningContent: { redactedContent: 'AQID' } },
  ]
  const body = {
    messages: [
      { role: 'user', content: [{ text: 'q' }] },
      { role: 'assistant', content },
    ],
  }

  test('come back with their origin', () => {
    expect(decode(body).messages[1]?.parts).toEqual([
      { type: 'reasoning', text: 'a', signature: 's1', origin: 'other-format' },
      { type: 'reasoning', text: '', encrypted: 'not base64!', origin: 'other-format' },
      { type: 'reasoning', text: 'b', signature: 's2', origin: 'bedrock-converse' },
      { type: 'reasoning', text: '', encrypted: 'AQID', origin: 'bedrock-converse' },
    ])
  })

  test('do not go to a provider of this format', () => {
    const { edits, warnings } = editsForPassing?.(body) ?? {}
    expect(warnings).toEqual(['dropped content reasoning'])
    expect(JSON.parse(edits?.['messages'] ?? '')).toEqual([
      body.messages[0],
      { role: 'assistant', content: content.slice(2) },
    ])
    expect(
      editsForPassing?.({ messages: [{ role: 'assistant', content: content.slice(2) }] })?.edits,
    ).toEqual({})
    const alone = { messages: [body.messages[0], { role: 'assistant', content: content.slice(0, 2) }] }
    expect(JSON.parse(editsForPassing?.(alone)?.edits['messages'] ?? '')).toEqual([body.messages[0]])
  })
})

test.each([
  [{ thinking: { type: 'enabled', budget_tokens: 2000 } }, { budgetTokens: 2000 }],
  [
    { thinking: { type: 'adaptive', display: 'omitted' }, output_config: { effort: 'max' } },
    { effort: 'max', budgetTokens: -1, visible: false },
  ],
  [{ thinking: { type: 'disabled' } }, { effort: 'none' }],
  [{ reasoningConfig: { type: 'enabled', maxReasoningEffort: 'low' } }, { effort: 'low' }],
  [{ reasoningConfig: { type: 'disabled' } }, { effort: 'none' }],
  [{ reasoning_effort: 'high' }, { effort: 'high' }],
  [{ reasoning_config: 'low' }, { effort: 'low' }],
  [{ reasoning_effort: 'enormous' }, undefined],
])('the fields %o ask for reasoning %o', (additionalModelRequestFields, reasoning) => {
  expect(decode({ ...said({ text: 'a' }), additionalModelRequestFields }).reasoning).toEqual(reasoning)
})

test('parameters and fields of its own are read', () => {
  const own = { guardrailConfig: { guardrailIdentifier: 'g' }, performanceConfig: { latency: 'optimized' } }
  expect(
    decode({
      ...said({ text: 'a' }),
      ...own,
      inferenceConfig: { maxTokens: 1, temperature: 0, topP: 1, stopSequences: ['x'] },
      additionalModelRequestFields: { inferenceConfig: { topK: 7 } },
      requestMetadata: { a: 'b' },
      serviceTier: { type: 'flex' },
      toolConfig: {
        tools: [{ systemTool: { name: 'nova_grounding' } }],
        toolChoice: { tool: { name: 'x' } },
      },
    }),
  ).toMatchObject({
    sampling: { maxTokens: 1, temperature: 0, topP: 1, topK: 7, stop: ['x'] },
    metadata: { a: 'b' },
    serviceTier: 'flex',
    toolChoice: { mode: 'required', names: ['x'] },
    tools: [{ type: 'provider', format: 'bedrock-converse', name: 'nova_grounding' }],
    extra: { 'bedrock-converse': own },
  })
})

test('whatever JSON there is, nothing but an error of ours is thrown', () => {
  const names = fc.constantFrom(
    'messages',
    'role',
    'content',
    'text',
    'toolUse',
    'toolResult',
    'toolUseId',
    'name',
    'input',
    'image',
    'document',
    'source',
    'bytes',
    's3Location',
    'reasoningContent',
    'reasoningText',
    'redactedContent',
    'system',
    'toolConfig',
    'tools',
    'toolSpec',
    'toolChoice',
    'inferenceConfig',
    'outputConfig',
    'textFormat',
    'structure',
    'jsonSchema',
    'schema',
    'cachePoint',
    'guardContent',
    'citationsContent',
    'citations',
    'additionalModelRequestFields',
    'thinking',
    '__proto__',
  )
  const { value } = fc.letrec<{ value: unknown }>(tie => ({
    value: fc.oneof(
      { depthSize: 'medium' },
      fc.constantFrom<unknown>('user', 'assistant', 'a', '', 1, null, true),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(names, tie('value'), { maxKeys: 5 }),
    ),
  }))
  fc.assert(
    fc.property(fc.dictionary(names, value), body => {
      try {
        const conversation = decode(body)
        encode(conversation)
        editsForPassing?.(body)
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(GatewayError)
      }
      try {
        chat.decodeRequest(body, address)
        chat.decodeResponse({ output: body }, { createId: () => '' })
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(GatewayError)
      }
    }),
    { numRuns: 2000 },
  )
})
