import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Conversation, Effort } from '../../conversation/conversation.ts'
import type { ReasoningPart } from '../../conversation/parts.ts'
import {
  ask,
  assistant,
  call,
  claude,
  encode,
  nova,
  refusedParam,
  result,
  system,
  talk,
  targetOf,
  user,
  weather,
} from './conversations.fixture.ts'
import { bedrockConverse } from './index.ts'

describe('turns', () => {
  test('systems are hoisted, messages of one role joined, empty ones left out', () => {
    const body = encode(talk(system('be brief'), user('a'), user(''), user('b'), assistant(' '), user('c')))
    expect(body).toMatchObject({
      system: [{ text: 'be brief' }],
      messages: [{ role: 'user', content: [{ text: 'a' }, { text: 'b' }, { text: 'c' }] }],
      warnings: [],
    })
  })

  test('a model without a system hears it from the user', () => {
    const body = encode(talk(system('be brief'), user('a')), 'amazon.titan-text-express-v1')
    expect(body['system']).toBeUndefined()
    expect(body['messages']).toEqual([{ role: 'user', content: [{ text: 'be brief' }, { text: 'a' }] }])
  })

  test('the first to speak is the user, though nothing that he said is left', () => {
    expect(encode(talk(assistant('a'), user('b')))['messages']).toMatchObject([
      { role: 'user', content: [{ text: '.' }] },
      { role: 'assistant', content: [{ text: 'a' }] },
      { role: 'user', content: [{ text: 'b' }] },
    ])
  })

  test('what only the system says is said by the user, because there must be a message', () => {
    const body = encode(talk(system('be brief')))
    expect(body['system']).toBeUndefined()
    expect(body['messages']).toEqual([{ role: 'user', content: [{ text: 'be brief' }] }])
  })

  test('where nothing is said, nothing can be answered', () => {
    expect(() => encode(talk(user('')))).toThrow(
      expect.objectContaining({ code: 'invalid_request', param: 'messages' }) as Error,
    )
  })

  test('what is put into the mouth of the model does not end in blanks', () => {
    const body = encode(talk(user('a'), assistant('{ \n')))
    expect(body['messages']).toMatchObject([{}, { role: 'assistant', content: [{ text: '{' }] }])
  })

  test('the fields come in the order tools, system, messages, the rest', () => {
    const body = encode({ ...talk(system('s'), user('a')), tools: [weather], sampling: { maxTokens: 5 } })
    expect(Object.keys(body)).toEqual(['toolConfig', 'system', 'messages', 'inferenceConfig', 'warnings'])
  })
})

describe('thoughts', () => {
  const own: ReasoningPart = { type: 'reasoning', text: ' so ', signature: 'sig', origin: 'bedrock-converse' }

  test('go back as they came, before the call that they led to', () => {
    const redacted: ReasoningPart = {
      type: 'reasoning',
      text: '',
      encrypted: 'AQI=',
      origin: 'bedrock-converse',
    }
    const body = encode(talk(user('a'), assistant(own, redacted, call()), user(result())))
    expect(body['messages']).toMatchObject([
      {},
      {
        content: [
          { reasoningContent: { reasoningText: { text: ' so ', signature: 'sig' } } },
          { reasoningContent: { redactedContent: 'AQI=' } },
          { toolUse: {} },
        ],
      },
      {},
    ])
  })

  test('of others, and those that nobody signed, leave no trace and no empty turn', () => {
    const foreign: ReasoningPart = { ...own, origin: 'other' }
    const { signature: _signature, ...unsigned } = own
    const body = encode(talk(user('a'), assistant(foreign), assistant(unsigned), user('b')))
    expect(body['messages']).toEqual([{ role: 'user', content: [{ text: 'a' }, { text: 'b' }] }])
  })

  test('opaque parts go back to this format alone', () => {
    const value = { toolUse: { toolUseId: 's', name: 'n', input: {}, type: 'server_tool_use' } }
    const body = encode(
      talk(
        user('a'),
        assistant(
          { type: 'opaque', format: 'bedrock-converse', value },
          { type: 'opaque', format: 'other', value: { type: 'web_search_call' } },
        ),
      ),
    )
    expect(body['messages']).toMatchObject([{}, { content: [value] }])
    expect(body.warnings).toEqual(['dropped content web_search_call'])
  })
})

describe('how much a model is to think', () => {
  const fieldsOf = (changes: Partial<Conversation>, model: string) => {
    const body = encode(ask(changes), model)
    return [body['additionalModelRequestFields'], body.warnings]
  }

  test.each([
    [
      'us.anthropic.claude-sonnet-4-20250514-v1:0',
      'low',
      { thinking: { type: 'enabled', budget_tokens: 2048 } },
    ],
    ['us.anthropic.claude-sonnet-4-20250514-v1:0', 'none', undefined],
    [
      'global.anthropic.claude-sonnet-4-6-v1:0',
      'xhigh',
      { thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort: 'high' } },
    ],
    ['global.anthropic.claude-opus-5', 'none', { thinking: { type: 'disabled' } }],
    [
      'us.amazon.nova-2-lite-v1:0',
      'max',
      { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'high' } },
    ],
    ['us.amazon.nova-2-lite-v1:0', 'none', { reasoningConfig: { type: 'disabled' } }],
    ['openai.gpt-oss-120b-1:0', 'minimal', { reasoning_effort: 'low' }],
    ['qwen.qwen3-32b-v1:0', 'medium', { reasoning_config: 'medium' }],
  ] as const)('%s, effort %s', (model, effort, fields) => {
    expect(fieldsOf({ reasoning: { effort } }, model)).toEqual([fields, []])
  })

  test('is dropped where the family cannot be told', () => {
    for (const model of ['us.deepseek.r1-v1:0', nova, 'anthropic.claude-3-haiku-20240307-v1:0'])
      expect(fieldsOf({ reasoning: { effort: 'high' } }, model)).toEqual([
        undefined,
        ['dropped parameter reasoning_effort'],
      ])
  })

  test('leaves room for the answer, or is left out', () => {
    const thinking = (maxTokens: number, budgetTokens: number) =>
      fieldsOf({ reasoning: { budgetTokens }, sampling: { maxTokens } }, claude)
    expect(thinking(4000, 20_000)).toEqual([{ thinking: { type: 'enabled', budget_tokens: 3000 } }, []])
    expect(thinking(4000, 100)).toEqual([{ thinking: { type: 'enabled', budget_tokens: 1024 } }, []])
    expect(thinking(1000, 20_000)).toEqual([undefined, ['dropped parameter reasoning_effort']])
  })

  test('gives way to a call that is demanded, and to a turn whose thoughts are lost', () => {
    const forced = { tools: [weather], toolChoice: { mode: 'required' } } as const
    expect(fieldsOf({ ...forced, reasoning: { effort: 'high' } }, claude)).toEqual([
      undefined,
      ['dropped parameter reasoning_effort'],
    ])
    expect(fieldsOf(forced, 'global.anthropic.claude-opus-5')).toEqual([
      { thinking: { type: 'disabled' } },
      [],
    ])
    const lost = {
      messages: [user('a'), assistant(call()), user(result())],
      reasoning: { effort: 'high' as Effort },
    }
    expect(fieldsOf(lost, claude)).toEqual([undefined, ['dropped parameter reasoning_effort']])
    const asked = { ...lost, messages: [...lost.messages, user('and now?')] }
    expect(fieldsOf(asked, claude)[1]).toEqual([])
  })

  test('a model that always thinks cannot be made to call', () => {
    const body = encode(
      ask({ tools: [weather], toolChoice: { mode: 'required' } }),
      'global.anthropic.claude-opus-5-5',
    )
    expect(body['toolConfig']).toMatchObject({ toolChoice: { auto: {} } })
    expect(body.warnings).toEqual(['dropped parameter tool_choice'])
  })

  test('bars other sampling', () => {
    const sampling = { temperature: 0.2, topK: 3, maxTokens: 9000 }
    const body = encode(ask({ sampling, reasoning: { effort: 'low' } }), claude)
    expect(body['inferenceConfig']).toEqual({ maxTokens: 9000 })
    expect(body.warnings).toEqual(['dropped parameter temperature', 'dropped parameter top_k'])
  })
})

describe('parameters', () => {
  test('that the API has keep their values', () => {
    const sampling = { maxTokens: 9, temperature: 0, topP: 0.5, stop: ['END', ' '] }
    const body = encode(ask({ sampling }), nova)
    expect(body['inferenceConfig']).toEqual({
      maxTokens: 9,
      temperature: 0,
      topP: 0.5,
      stopSequences: ['END'],
    })
    expect(body.warnings).toEqual(['dropped parameter stop'])
  })

  test('that a family takes in its own place go there', () => {
    expect(encode(ask({ sampling: { topK: 4 } }), claude)['additionalModelRequestFields']).toEqual({
      top_k: 4,
    })
    expect(encode(ask({ sampling: { topK: 4 } }), nova)['additionalModelRequestFields']).toEqual({
      inferenceConfig: { topK: 4 },
    })
    expect(encode(ask({ sampling: { topK: 4 } }), 'qwen.qwen3-32b-v1:0').warnings).toEqual([
      'dropped parameter top_k',
    ])
  })

  test('temperature is lowered to what there is, or left out', () => {
    const hot = ask({ sampling: { temperature: 1.5 } })
    expect(encode(hot)['inferenceConfig']).toEqual({ temperature: 1 })
    expect(encode(hot).warnings).toEqual(['lowered parameter temperature to 1'])
    expect(encode(hot, 'global.anthropic.claude-opus-4-8-v1:0').warnings).toEqual([
      'dropped parameter temperature',
    ])
    const both = ask({ sampling: { temperature: 0.5, topP: 0.5 } })
    expect(encode(both)['inferenceConfig']).toEqual({ temperature: 0.5 })
    expect(encode(both, nova)['inferenceConfig']).toEqual({ temperature: 0.5, topP: 0.5 })
  })

  test('which stop sequence was met is asked for, where it can be told', () => {
    const stopping = ask({ sampling: { stop: ['END'] } })
    expect(encode(stopping)['additionalModelResponseFieldPaths']).toEqual(['/stop_sequence'])
    expect(encode({ ...stopping, streaming: true })['additionalModelResponseFieldPaths']).toEqual([
      '/delta/stop_sequence',
    ])
    expect(encode(stopping, nova)['additionalModelResponseFieldPaths']).toBeUndefined()
  })

  test('that nobody here knows are dropped and told; those that change the meaning are refused', () => {
    const body = encode(
      ask({
        sampling: { seed: 1, frequencyPenalty: 1, presencePenalty: 1, logprobs: 1 },
        user: 'u',
        cacheKey: 'k',
        parallelToolCalls: false,
        serviceTier: 'scale',
        metadata: { a: 'b', c: 'ü', d: 1 },
      }),
    )
    expect(body['requestMetadata']).toEqual({ a: 'b' })
    expect(new Set(body.warnings)).toEqual(
      new Set(
        [
          'seed',
          'frequency_penalty',
          'presence_penalty',
          'logprobs',
          'user',
          'prompt_cache_key',
          'parallel_tool_calls',
          'service_tier',
          'metadata',
        ].map(name => `dropped parameter ${name}`),
      ),
    )
    expect(refusedParam(() => encode(ask({ sampling: { choices: 2 } })))).toBe('n')
    expect(refusedParam(() => encode(ask({ sampling: { logitBias: { 1: 2 } } })))).toBe('logit_bias')
  })

  test('service tiers have their own names', () => {
    expect(encode(ask({ serviceTier: 'flex' }))['serviceTier']).toEqual({ type: 'flex' })
    expect(encode(ask({ serviceTier: 'auto' }))).not.toHaveProperty('serviceTier')
  })

  test('of this format ride along', () => {
    const own = { guardrailConfig: { guardrailIdentifier: 'g' }, promptVariables: { a: { text: 'b' } } }
    const body = encode(ask({ extra: { 'bedrock-converse': own } }))
    expect(body).toMatchObject(own)
    expect(body.warnings).toEqual([])
  })
})

describe('an answer of a certain form', () => {
  const schema = { type: 'object', properties: { n: { type: 'integer', maximum: 3 } } }
  const output = { type: 'json_schema', name: 'count', schema } as const

  test('is asked for with a schema that can be enforced', () => {
    const { outputConfig } = encode(ask({ output })) as { outputConfig?: unknown }
    const text = JSON.stringify({
      type: 'object',
      properties: { n: { type: 'integer', description: 'maximum: 3' } },
      additionalProperties: false,
    })
    expect(outputConfig).toEqual({
      textFormat: { type: 'json_schema', structure: { jsonSchema: { schema: text, name: 'count' } } },
    })
  })

  test('is left to a tool where the family has no schemas', () => {
    expect(bedrockConverse.chat.abilities(targetOf(nova)).jsonSchema).toBe(false)
    expect(bedrockConverse.chat.abilities(targetOf(claude)).jsonSchema).toBe(true)
    expect(refusedParam(() => encode(ask({ output }), nova))).toBe('response_format')
  })

  test('is asked for in words where it is any JSON', () => {
    expect(encode(ask({ output: { type: 'json' } }))['system']).toEqual([
      { text: 'Answer with one JSON object and nothing else.' },
    ])
  })
})

test('a conversation is not changed by being encoded, and encoded twice it is the same', () => {
  fc.assert(
    fc.property(fc.constantFrom(claude, nova, 'mistral.mistral-7b-instruct-v0:2'), model => {
      const conversation = freeze({
        ...talk(system('s'), user('a', call('x')), assistant(call()), user(result(), 'b')),
        tools: [weather],
        sampling: { stop: ['a'], topK: 1 },
        reasoning: { effort: 'high' as const },
      })
      expect(encode(conversation, model)).toEqual(encode(conversation, model))
    }),
  )
})

function freeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) freeze(inner)
  return Object.freeze(value)
}
