import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../format.ts'
import { anthropicMessages } from './index.ts'
import { openSchemas, targetOf } from './messages.fixture.ts'
import { assistant, call, createRequestWriter, look, result, text, user } from './requests.fixture.ts'

const schemas = openSchemas(process.env['LLM_PROXY_SHARED'])
const { encode, bodyOf, refusalOf } = createRequestWriter(schemas.request)

describe('tools', () => {
  test('keep their order and their whole schema, which is one of an object', () => {
    const parameters = { properties: { a: { $ref: '#/$defs/a' } }, $defs: { a: { type: 'string' } } }
    expect(
      bodyOf({
        tools: [
          { type: 'function', name: 'b', parameters },
          { type: 'function', name: 'a', description: 'A' },
        ],
      })['tools'],
    ).toEqual([
      { name: 'b', input_schema: { ...parameters, type: 'object' } },
      { name: 'a', description: 'A', input_schema: { type: 'object', properties: {} } },
    ])
  })

  test('that are strict have a schema that can be enforced, where the model enforces any', () => {
    const parameters = { type: 'object', properties: { n: { type: 'integer', minimum: 1 } } }
    const tools = [{ type: 'function', name: 'a', parameters, strict: true } as const]
    expect(bodyOf({ tools })['tools']).toEqual([
      {
        name: 'a',
        input_schema: {
          type: 'object',
          properties: { n: { type: 'integer', description: '(at least 1)' } },
          additionalProperties: false,
        },
        strict: true,
      },
    ])
    expect(bodyOf({ tools }, 'claude-sonnet-4-20250514')['tools']).toEqual([
      { name: 'a', input_schema: parameters },
    ])
  })

  test('of another vendor are left out beside functions, and refused where nothing else was wanted', () => {
    const search = { type: 'provider', format: 'openai-responses', name: 'web_search', value: {} } as const
    const { body, warnings } = encode({ tools: [search, look] })
    expect(body['tools']).toMatchObject([{ name: 'look' }])
    expect(warnings).toEqual(['dropped tool web_search'])
    expect(refusalOf({ tools: [search] })).toMatchObject({ code: 'unsupported_parameter', param: 'tools' })
    const demanded = { mode: 'required', names: ['web_search'] } as const
    expect(refusalOf({ tools: [search, look], toolChoice: demanded }).param).toBe('tools')
    const own = { type: 'web_search_20250305', name: 'web_search' }
    expect(
      bodyOf({ tools: [{ type: 'provider', format: 'anthropic-messages', name: 'web_search', value: own }] })[
        'tools'
      ],
    ).toEqual([own])
  })

  test.each([
    [{ mode: 'auto' }, { type: 'auto' }],
    [{ mode: 'none' }, { type: 'none' }],
    [{ mode: 'required' }, { type: 'any' }],
    [
      { mode: 'required', names: ['look'] },
      { type: 'tool', name: 'look' },
    ],
  ] as const)('the choice %j is %j', (toolChoice, expected) => {
    expect(bodyOf({ tools: [look], toolChoice })['tool_choice']).toEqual(expected)
    expect(bodyOf({ toolChoice })['tool_choice']).toBeUndefined()
  })

  test('a choice among some offers no others', () => {
    const tools = [look, { ...look, name: 'b' }, { ...look, name: 'c' }]
    const body = bodyOf({ tools, toolChoice: { mode: 'required', names: ['c', 'look'] } })
    expect(body).toMatchObject({ tools: [{ name: 'look' }, { name: 'c' }], tool_choice: { type: 'any' } })
  })

  test('one call at a time is said within the choice, which is made for it where there is none', () => {
    expect(bodyOf({ tools: [look], parallelToolCalls: false })['tool_choice']).toEqual({
      type: 'auto',
      disable_parallel_tool_use: true,
    })
    expect(bodyOf({ tools: [look], parallelToolCalls: true })['tool_choice']).toBeUndefined()
  })

  test('a call cannot be forced from a model that thinks', () => {
    const forced = { tools: [look], toolChoice: { mode: 'required' } } as const
    const thinking = encode({ ...forced, reasoning: { effort: 'high' } })
    expect(thinking.body['tool_choice']).toEqual({ type: 'auto' })
    expect(thinking.warnings).toEqual(['dropped parameter tool_choice'])
    expect(encode(forced, 'claude-opus-5-5').warnings).toEqual(['dropped parameter tool_choice'])
    // One that thinks unasked is asked not to.
    expect(bodyOf(forced, 'claude-opus-5')).toMatchObject({
      thinking: { type: 'disabled' },
      tool_choice: { type: 'any' },
    })
  })
})

describe('thinking', () => {
  test.each([
    ['claude-sonnet-4-5', 'high', { type: 'enabled', budget_tokens: 16_384 }, undefined],
    ['claude-opus-4-5', 'low', { type: 'enabled', budget_tokens: 2_048 }, 'low'],
    ['claude-opus-4-6', 'xhigh', { type: 'adaptive', display: 'summarized' }, 'high'],
    ['claude-opus-4-7', 'xhigh', { type: 'adaptive', display: 'summarized' }, 'xhigh'],
    ['claude-opus-5', 'minimal', { type: 'adaptive', display: 'summarized' }, 'low'],
    ['claude-sonnet-4-5', 'none', { type: 'disabled' }, undefined],
    ['claude-sonnet-5-5', 'none', { type: 'between_tools' }, undefined],
    ['claude-opus-5-5', 'none', undefined, 'low'],
    ['claude-3-5-sonnet', 'none', undefined, undefined],
    ['claude-3-5-sonnet', 'high', undefined, undefined],
  ] as const)('%s at the effort %s', (...[model, effort, thinking, expected]) => {
    const body = bodyOf({ reasoning: { effort } }, model)
    expect(body['thinking']).toEqual(thinking)
    expect((body['output_config'] as JsonObject | undefined)?.['effort']).toBe(expected)
  })

  test('tokens become an effort where the model takes no tokens, and stay tokens where it does', () => {
    const reasoning = { budgetTokens: 9_000 }
    expect(bodyOf({ reasoning }, 'claude-opus-4-6')['thinking']).toEqual({
      type: 'enabled',
      budget_tokens: 9_000,
    })
    expect(bodyOf({ reasoning }, 'claude-sonnet-5')).toMatchObject({
      thinking: { type: 'adaptive' },
      output_config: { effort: 'high' },
    })
    expect(bodyOf({ reasoning: { budgetTokens: -1 } }, 'claude-sonnet-5')['output_config']).toBeUndefined()
    expect(bodyOf({ reasoning: { budgetTokens: 0 } })['thinking']).toEqual({ type: 'disabled' })
  })

  test('the budget leaves room for the answer, and where it cannot, there is none', () => {
    const reasoning = { effort: 'high' } as const
    expect(bodyOf({ reasoning, sampling: { maxTokens: 4_000 } })['thinking']).toEqual({
      type: 'enabled',
      budget_tokens: 3_000,
    })
    const tight = encode({ reasoning, sampling: { maxTokens: 500 } })
    expect(tight.body['thinking']).toBeUndefined()
    expect(tight.warnings).toEqual(['dropped parameter reasoning_effort'])
  })

  test('what is shown is said, as the client wants it', () => {
    const reasoning = { effort: 'low', visible: false } as const
    expect(bodyOf({ reasoning }, 'claude-opus-5')['thinking']).toEqual({
      type: 'adaptive',
      display: 'omitted',
    })
  })

  test('with a budget, a turn that called tools without a thought of its own goes on without thinking', () => {
    const messages = [user(text('hi')), assistant(call('a')), user(result('a'))]
    const reasoning = { effort: 'high' } as const
    expect(encode({ messages, reasoning }).warnings).toEqual(['dropped parameter reasoning_effort'])
    expect(bodyOf({ messages, reasoning }, 'claude-opus-5')['thinking']).toMatchObject({ type: 'adaptive' })
    const finished = [...messages, assistant(text('done')), user(text('more'))]
    expect(bodyOf({ messages: finished, reasoning })['thinking']).toMatchObject({ type: 'enabled' })
  })
})

describe('sampling', () => {
  test('the temperature ends at 1', () => {
    const { body, warnings } = encode({ sampling: { temperature: 1.7 } })
    expect(body['temperature']).toBe(1)
    expect(warnings).toEqual(['lowered parameter temperature to 1'])
  })

  test('temperature and top_p never go together', () => {
    expect(encode({ sampling: { temperature: 0.1, topP: 0.5, topK: 3 } })).toMatchObject({
      body: { temperature: 0.1, top_k: 3 },
      warnings: ['dropped parameter top_p'],
    })
    expect(bodyOf({ sampling: { topP: 0.5 } })['top_p']).toBe(0.5)
  })

  test.each(['claude-opus-4-7', 'claude-sonnet-5', 'claude-of-tomorrow-9'])('%s gets none of it', model => {
    const { body, warnings } = encode({ sampling: { temperature: 0.1, topP: 0.5, topK: 3 } }, model)
    expect(Object.keys(body)).toEqual(['model', 'messages', 'max_tokens'])
    expect(warnings).toEqual(['temperature', 'top_p', 'top_k'].map(name => `dropped parameter ${name}`))
  })

  test.each(['claude-sonnet-4-5', 'claude-sonnet-4-6'])('nor does %s where it is asked to think', model => {
    const sampling = { temperature: 0.1 }
    expect(bodyOf({ sampling, reasoning: { effort: 'low' } }, model)['temperature']).toBeUndefined()
    expect(bodyOf({ sampling, reasoning: { effort: 'none' } }, model)['temperature']).toBe(0.1)
  })

  test('stop sequences of blanks are refused upstream, so they stay here', () => {
    const { body, warnings } = encode({ sampling: { stop: ['END', '\n'] } })
    expect(body['stop_sequences']).toEqual(['END'])
    expect(warnings).toEqual(['dropped parameter stop'])
    expect(bodyOf({ sampling: { stop: [' '] } })['stop_sequences']).toBeUndefined()
  })
})

describe('the form of the answer', () => {
  const schema = {
    type: 'object',
    description: 'A thing',
    properties: {
      n: { type: 'integer', minimum: 1, maximum: 9 },
      when: { type: 'string', format: 'date-time', pattern: '^2' },
      list: { type: 'array', items: { oneOf: [{ type: 'string', maxLength: 3 }] }, minItems: 2 },
    },
    required: ['n'],
    examples: [{}],
  }

  test('a schema is one that can be enforced: limits become words', () => {
    const body = bodyOf({ output: { type: 'json_schema', schema } })
    expect(body['output_config']).toEqual({
      format: {
        type: 'json_schema',
        schema: {
          type: 'object',
          description: 'A thing',
          properties: {
            n: { type: 'integer', description: '(at least 1) (at most 9)' },
            when: { type: 'string', format: 'date-time', description: '(matching "^2")' },
            list: {
              type: 'array',
              items: { anyOf: [{ type: 'string', description: '(longest length 3)' }] },
              description: '(fewest items 2)',
            },
          },
          required: ['n'],
          additionalProperties: false,
        },
      },
    })
  })

  test('a model without schemas does not get one', () => {
    expect(anthropicMessages.chat.abilities(targetOf('claude-3-7-sonnet')).jsonSchema).toBe(false)
    expect(refusalOf({ output: { type: 'json_schema', schema } }, 'claude-3-7-sonnet').param).toBe(
      'response_format',
    )
  })

  test('any JSON is asked for in words', () => {
    expect(bodyOf({ output: { type: 'json' } })['system']).toMatchObject([
      { text: expect.stringContaining('JSON') as string },
    ])
  })
})
