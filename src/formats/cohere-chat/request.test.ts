import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Conversation, Message } from '../../conversation/conversation.ts'
import type { Part } from '../../conversation/parts.ts'
import { asGatewayError, GatewayError } from '../../errors.ts'
import type { EncodeTarget } from '../format.ts'
import { decodeRequest } from './decode-request.ts'
import { encodeRequest } from './encode-request.ts'
import { checkRequest } from './request.ts'

const target: EncodeTarget = { model: 'up', maxOutputTokens: null, streamUsage: 'reject', quirks: {} }
const text = (value: string): Part => ({ type: 'text', text: value })
const hello: Message = { role: 'user', parts: [text('hi')] }

function conversation(changes: Partial<Conversation> = {}): Conversation {
  return { model: 'm', streaming: false, messages: [hello], tools: [], sampling: {}, ...changes }
}

function encode(changes: Partial<Conversation>) {
  return encodeRequest(conversation(changes), target)
}

function failureOf(action: () => unknown): GatewayError {
  try {
    action()
  } catch (thrown) {
    return asGatewayError(thrown)
  }
  throw new Error('nothing was thrown')
}

const weather = {
  type: 'function',
  name: 'weather',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
} as const
const clock = { type: 'function', name: 'clock' } as const

describe('the shape', () => {
  test('is understood', () => {
    const body = { model: 'm', messages: [{ role: 'user', content: 'abc' }], stream: true }
    expect(checkRequest(body)).toEqual({
      model: 'm',
      streaming: true,
      wantsStreamUsage: true,
      inputCharacters: 3,
      fields: ['model', 'messages', 'stream'],
    })
  })

  test.each([
    ['model', { messages: [] }],
    ['messages', { model: 'm' }],
    ['messages', { model: 'm', messages: [] }],
    ['messages[0].role', { model: 'm', messages: [{ role: 'owner', content: '' }] }],
    ['messages[0].content', { model: 'm', messages: [{ role: 'user' }] }],
    [
      'messages[0].content[0].text',
      { model: 'm', messages: [{ role: 'user', content: [{ type: 'text' }] }] },
    ],
    ['messages[0].tool_call_id', { model: 'm', messages: [{ role: 'tool', content: 'x' }] }],
    [
      'messages[0].tool_calls[0].function.name',
      { model: 'm', messages: [{ role: 'assistant', tool_calls: [{ id: 'a', function: {} }] }] },
    ],
    ['tool_choice', { model: 'm', messages: [{ role: 'user', content: '' }], tool_choice: 'auto' }],
    [
      'tools[0].function.name',
      { model: 'm', messages: [{ role: 'user', content: '' }], tools: [{ function: {} }] },
    ],
    ['thinking.type', { model: 'm', messages: [{ role: 'user', content: '' }], thinking: {} }],
    ['documents[0].data', { model: 'm', messages: [{ role: 'user', content: '' }], documents: [{}] }],
  ])('with a fault at %s is refused', (param, body) => {
    expect(failureOf(() => checkRequest(body))).toMatchObject({ code: 'invalid_request', param })
  })

  test('of anything at all fails with an error of the gateway, or can be decoded', () => {
    const value = fc.jsonValue({ maxDepth: 4 })
    const message = fc.record(
      {
        role: fc.constantFrom('user', 'assistant', 'tool', 'system'),
        content: value,
        tool_calls: value,
        tool_plan: value,
        tool_call_id: value,
      },
      { requiredKeys: ['role'] },
    )
    const body = fc.record(
      {
        model: fc.constant('m'),
        messages: fc.array(message),
        tools: value,
        documents: value,
        thinking: value,
        response_format: value,
        stop_sequences: value,
      },
      { requiredKeys: ['model', 'messages'] },
    )
    fc.assert(
      fc.property(body, sent => {
        try {
          checkRequest(sent)
          encodeRequest(decodeRequest(sent), target)
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(GatewayError)
        }
      }),
    )
  })
})

describe('tools', () => {
  test.each([
    [{ mode: 'auto' }, undefined, ['weather', 'clock']],
    [{ mode: 'none' }, 'NONE', ['weather', 'clock']],
    [{ mode: 'required' }, 'REQUIRED', ['weather', 'clock']],
    [{ mode: 'required', names: ['clock'] }, 'REQUIRED', ['clock']],
    [{ mode: 'auto', names: ['clock'] }, undefined, ['clock']],
  ] as const)('the choice %j', (toolChoice, choice, names) => {
    const { body } = encode({ tools: [weather, clock], toolChoice })
    expect(body['tool_choice']).toBe(choice)
    expect((body['tools'] as { function: { name: string } }[]).map(tool => tool.function.name)).toEqual(names)
  })

  test('a choice without tools is not sent, and a demand is refused', () => {
    expect(encode({ toolChoice: { mode: 'none' } }).body).not.toHaveProperty('tool_choice')
    expect(failureOf(() => encode({ toolChoice: { mode: 'required' } })).param).toBe('tool_choice')
    const missing = { mode: 'required', names: ['gone'] } as const
    expect(failureOf(() => encode({ tools: [clock], toolChoice: missing })).param).toBe('tool_choice')
  })

  test('all are strict or none is', () => {
    const strict = { ...weather, strict: true }
    expect(encode({ tools: [strict] }).body).toMatchObject({ strict_tools: true })
    const mixed = encode({ tools: [strict, clock] })
    expect(mixed.body).not.toHaveProperty('strict_tools')
    expect(mixed.warnings).toEqual(['dropped parameter strict'])
  })

  test("a tool that another vendor runs is left out beside the client's own, and refused alone", () => {
    const search = { type: 'provider', format: 'openai-responses', name: 'web_search', value: {} } as const
    expect(encode({ tools: [search, clock] }).warnings).toEqual(['dropped tool web_search'])
    expect(failureOf(() => encode({ tools: [search] }))).toMatchObject({
      code: 'unsupported_parameter',
      param: 'tools',
    })
  })

  test('a function without arguments has parameters all the same', () => {
    expect(encode({ tools: [clock] }).body['tools']).toEqual([
      { type: 'function', function: { name: 'clock', parameters: { type: 'object', properties: {} } } },
    ])
  })
})

describe('parameters', () => {
  test('have the names of the vendor', () => {
    const sampling = { maxTokens: 5, temperature: 0, topP: 0.5, topK: 3, stop: ['a'], seed: 1, logprobs: 0 }
    expect(encode({ sampling, streaming: true }).body).toEqual({
      model: 'up',
      messages: [{ role: 'user', content: 'hi' }],
      max_tokens: 5,
      temperature: 0,
      p: 0.5,
      k: 3,
      stop_sequences: ['a'],
      seed: 1,
      logprobs: true,
      stream: true,
    })
  })

  test('out of the bounds of the vendor are moved to them, and told of', () => {
    const { body, warnings } = encode({ sampling: { topP: 1, frequencyPenalty: -0.5, presencePenalty: 1.5 } })
    expect(body).toMatchObject({ p: 0.99, frequency_penalty: 0, presence_penalty: 1 })
    expect(warnings).toEqual([
      'changed parameter top_p from 1 to 0.99',
      'changed parameter frequency_penalty from -0.5 to 0',
      'changed parameter presence_penalty from 1.5 to 1',
    ])
  })

  test.each([
    ['n', { sampling: { choices: 2 } }],
    ['logit_bias', { sampling: { logitBias: { '1': 5 } } }],
    ['stop', { sampling: { stop: ['a', 'b', 'c', 'd', 'e', 'f'] } }],
    ['response_format', { output: { type: 'json' }, tools: [clock] }],
  ] as const)('%s is refused', (param, changes) => {
    expect(failureOf(() => encode(changes as Partial<Conversation>))).toMatchObject({
      code: 'unsupported_parameter',
      param,
    })
  })

  test('that nobody misses are dropped, and told of', () => {
    const { body, warnings } = encode({
      user: 'u',
      metadata: { a: 'b' },
      cacheKey: 'k',
      serviceTier: 'flex',
      parallelToolCalls: false,
      tools: [clock],
      sampling: { logprobs: 3 },
    })
    expect(Object.keys(body)).toEqual(['model', 'tools', 'messages', 'logprobs'])
    expect(warnings).toEqual(
      ['parallel_tool_calls', 'user', 'service_tier', 'metadata', 'prompt_cache_key', 'top_logprobs'].map(
        name => `dropped parameter ${name}`,
      ),
    )
  })

  test.each([
    [{ effort: 'none' }, { type: 'disabled' }],
    [{ budgetTokens: 0 }, { type: 'disabled' }],
    [{ effort: 'low' }, { type: 'enabled', token_budget: 2048 }],
    [{ effort: 'high' }, { type: 'enabled' }],
    [
      { effort: 'high', budgetTokens: 100 },
      { type: 'enabled', token_budget: 100 },
    ],
    [{ budgetTokens: -1 }, { type: 'enabled' }],
    [{ visible: true }, undefined],
  ] as const)('thinking by %j', (reasoning, thinking) => {
    expect(encode({ reasoning }).body['thinking']).toEqual(thinking)
  })

  test('a schema stands beside `json_object`', () => {
    const schema = { type: 'object' }
    expect(encode({ output: { type: 'json_schema', name: 'x', schema } }).body['response_format']).toEqual({
      type: 'json_object',
      json_schema: schema,
    })
    expect(encode({ output: { type: 'text' } }).body).not.toHaveProperty('response_format')
  })

  test('of the format alone come back to it', () => {
    const body = {
      model: 'up',
      messages: [{ role: 'user', content: 'hi' }],
      safety_mode: 'OFF',
      citation_options: { mode: 'FAST' },
      priority: 3,
    }
    expect(encodeRequest(decodeRequest(body), target).body).toEqual(body)
  })
})

test('whatever the format can say comes back from it', () => {
  const word = fc.stringMatching(/^[a-zA-Z0-9 ]{1,9}$/)
  const said = word.map(text)
  const assistant = fc.oneof(
    fc.array(said, { minLength: 1, maxLength: 2 }),
    fc
      .tuple(word, said, fc.uniqueArray(word, { minLength: 1, maxLength: 2 }))
      .map(([thought, plan, ids]): Part[] => [
        { type: 'reasoning', text: thought, origin: 'cohere-chat' },
        plan,
        ...ids.map((id): Part => ({ type: 'tool_call', id, name: 'f', arguments: '{"a":1}' })),
      ]),
  )
  const message = fc.oneof(
    fc.array(said, { minLength: 1, maxLength: 2 }).map((parts): Message => ({ role: 'user', parts })),
    assistant.map((parts): Message => ({ role: 'assistant', parts })),
    fc.tuple(word, word).map(
      ([callId, value]): Message => ({
        role: 'user',
        parts: [{ type: 'tool_result', callId, content: [{ type: 'text', text: value }] }],
      }),
    ),
  )
  const sampling = fc.record(
    { maxTokens: fc.nat(), temperature: fc.constant(0.5), topP: fc.constant(0.7) },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(
      fc.array(message, { minLength: 1, maxLength: 5 }),
      sampling,
      fc.boolean(),
      (messages, settings, streaming) => {
        const asked = conversation({ model: 'up', messages, sampling: settings, streaming, tools: [weather] })
        const { body } = encodeRequest(asked, target)
        checkRequest(body)
        expect(decodeRequest(body)).toEqual({ ...asked, wantsStreamUsage: true })
      },
    ),
  )
})
