import { describe, expect, test } from 'vitest'
import type { Part } from '../../conversation/parts.ts'
import {
  ask,
  assistant,
  call,
  claude,
  encode,
  nova,
  png,
  refusedParam,
  result,
  talk,
  user,
  weather,
} from './conversations.fixture.ts'

describe('tool calls and results', () => {
  test('arguments become an object, whatever the model wrote', () => {
    const odd = ['', 'null', '[1]', '{"a":', '{"a":1}'].map(
      (text, index): Part => ({
        type: 'tool_call',
        id: `c${index}`,
        name: 'weather',
        arguments: text,
      }),
    )
    const body = encode(talk(user('a'), assistant(...odd)))
    const [, { content }] = body['messages'] as [unknown, { content: { toolUse: { input: unknown } }[] }]
    expect(content.map(({ toolUse }) => toolUse.input)).toEqual([
      {},
      {},
      { _value: [1] },
      { _raw: '{"a":' },
      { a: 1 },
    ])
  })

  test('results stand first in their turn, with their status, and never empty', () => {
    const failed: Part = { type: 'tool_result', callId: 'c1', content: [], isError: true }
    const body = encode(talk(user('a'), assistant(call()), user('and?', failed)))
    expect(body['messages']).toMatchObject([
      {},
      {},
      {
        content: [
          { toolResult: { toolUseId: 'c1', content: [{ json: {} }], status: 'error' } },
          { text: 'and?' },
        ],
      },
    ])
  })

  test('ids that would be refused are replaced alike in call and result, and stay apart', () => {
    const ids = ['call|1', 'call/1', 'x'.repeat(80)]
    const body = encode(talk(user('a'), assistant(...ids.map(call)), user(...ids.map(id => result(id)))))
    const [, calls, results] = body['messages'] as { content: Record<string, { toolUseId: string }>[] }[]
    const used = calls?.content.map(({ toolUse }) => toolUse?.toolUseId ?? '') ?? []
    expect(new Set(used).size).toBe(3)
    for (const id of used) expect(id).toMatch(/^[a-zA-Z0-9_-]{1,64}$/)
    expect(results?.content.map(({ toolResult }) => toolResult?.toolUseId)).toEqual(used)
  })

  test('images and documents in a result stay in it', () => {
    const shown: Part = {
      type: 'tool_result',
      callId: 'c1',
      content: [{ type: 'image', source: { kind: 'base64', mediaType: 'image/jpeg', data: png } }],
    }
    const body = encode(talk(user('a'), assistant(call()), user(shown)))
    expect(body['messages']).toMatchObject([
      {},
      {},
      { content: [{ toolResult: { content: [{ image: { format: 'png', source: { bytes: png } } }] } }] },
    ])
  })
})

describe('tools', () => {
  const history = [user('a'), assistant(call()), user(result())]

  test('are declared with their whole schema, in the order of the client', () => {
    const parameters = { type: 'object', $defs: { a: {} }, properties: {}, additionalProperties: false }
    const body = encode(
      ask({
        tools: [
          { ...weather, parameters, description: ' ' },
          { type: 'function', name: 'a' },
        ],
      }),
    )
    expect(body['toolConfig']).toEqual({
      tools: [
        { toolSpec: { name: 'weather', inputSchema: { json: parameters } } },
        { toolSpec: { name: 'a', inputSchema: { json: { type: 'object', properties: {} } } } },
      ],
    })
  })

  test('of which the history speaks are declared, also where the request has none', () => {
    const declared = {
      toolSpec: { name: 'weather', inputSchema: { json: { type: 'object', properties: {} } } },
    }
    expect(encode(talk(...history))['toolConfig']).toEqual({ tools: [declared] })
    const none = encode({ ...talk(...history), toolChoice: { mode: 'none' } })
    expect(none['toolConfig']).toEqual({ tools: [declared] })
    expect(none.warnings).toEqual(['dropped parameter tool_choice'])
  })

  test('that may not be called are left out where nothing speaks of them', () => {
    const body = encode(ask({ tools: [weather], toolChoice: { mode: 'none' } }))
    expect(body['toolConfig']).toBeUndefined()
    expect(body.warnings).toEqual([])
  })

  test.each([
    [{ mode: 'auto' }, claude, { auto: {} }, ['weather', 'time']],
    [{ mode: 'required' }, claude, { any: {} }, ['weather', 'time']],
    [{ mode: 'required', names: ['time'] }, claude, { tool: { name: 'time' } }, ['weather', 'time']],
    [{ mode: 'required', names: ['time'] }, 'meta.llama4-scout-17b-instruct-v1:0', { any: {} }, ['time']],
    [{ mode: 'required', names: ['weather', 'time'] }, claude, { any: {} }, ['weather', 'time']],
    [{ mode: 'auto', names: ['time'] }, claude, { auto: {} }, ['time']],
  ] as const)('the choice %o for %s', (...[toolChoice, model, choice, names]) => {
    const body = encode(ask({ tools: [weather, { type: 'function', name: 'time' }], toolChoice }), model)
    const config = body['toolConfig'] as { toolChoice: unknown; tools: { toolSpec: { name: string } }[] }
    expect(config.toolChoice).toEqual(choice)
    expect(config.tools.map(({ toolSpec }) => toolSpec.name)).toEqual(names)
  })

  test('that another provider runs are left out beside functions, and refused alone or demanded', () => {
    const search = { type: 'provider', format: 'other', name: 'web_search', value: {} } as const
    expect(encode(ask({ tools: [weather, search] })).warnings).toEqual(['dropped tool web_search'])
    expect(refusedParam(() => encode(ask({ tools: [search] })))).toBe('tools')
    const demanded = ask({
      tools: [weather, search],
      toolChoice: { mode: 'required', names: ['web_search'] },
    })
    expect(refusedParam(() => encode(demanded))).toBe('tools')
    const own = {
      type: 'provider',
      format: 'bedrock-converse',
      name: 'x',
      value: { systemTool: { name: 'x' } },
    } as const
    expect(encode(ask({ tools: [own] }), 'us.amazon.nova-2-lite-v1:0')['toolConfig']).toEqual({
      tools: [own.value],
    })
  })

  test('that are strict are held to a schema that can be enforced, where the family can', () => {
    const parameters = { type: 'object', properties: { n: { type: 'integer', minimum: 1 } } }
    const strict = ask({ tools: [{ ...weather, parameters, strict: true }] })
    expect(encode(strict)['toolConfig']).toMatchObject({
      tools: [
        {
          toolSpec: {
            strict: true,
            inputSchema: {
              json: {
                additionalProperties: false,
                properties: { n: { type: 'integer', description: 'minimum: 1' } },
              },
            },
          },
        },
      ],
    })
    const loose = encode(strict, nova)
    expect(loose['toolConfig']).toMatchObject({
      tools: [{ toolSpec: { inputSchema: { json: parameters } } }],
    })
    expect(loose.warnings).toEqual(['dropped parameter tools.strict'])
  })
})
