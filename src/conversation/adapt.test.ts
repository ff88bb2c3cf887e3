import { describe, expect, test } from 'vitest'
import type { Abilities } from './abilities.ts'
import { adaptConversation } from './adapt.ts'
import type { AnswerPart, Completion } from './completion.ts'
import type { CompletionEvent } from './completion-event.ts'
import type { Conversation } from './conversation.ts'
import { foldEvents } from './fold-events.ts'
import { unfoldCompletion } from './unfold-completion.ts'

const able: Abilities = {
  jsonSchema: true,
  customTools: true,
  toolName: /^[a-zA-Z0-9_-]{1,64}$/,
  takesUrl: () => true,
}
const said: Conversation = {
  model: 'm',
  streaming: false,
  messages: [{ role: 'user', parts: [{ type: 'text', text: 'hi' }] }],
  tools: [],
  sampling: {},
}
const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }

function answer(...parts: AnswerPart[]): Completion {
  return { id: 'a', model: 'm', choices: [{ parts, finish: { reason: 'tool_calls' } }], usage: null }
}

/** What a client gets of an answer, full and streamed; the two must be the same. */
function restored(conversation: Conversation, abilities: Abilities, completion: Completion): Completion {
  const { restore, restoreEvents } = adaptConversation(conversation, abilities)
  const events: CompletionEvent[] = []
  const pass = restoreEvents(event => void events.push(event))
  for (const event of unfoldCompletion(completion)) pass(event)
  const whole = restore(completion)
  expect(foldEvents(events)).toEqual(whole)
  return whole
}

test('what the target can say stays as it is', () => {
  const adapted = adaptConversation(said, able)
  expect(adapted.conversation).toBe(said)
})

describe('a schema for a target without them', () => {
  const asked: Conversation = { ...said, output: { type: 'json_schema', name: 'place', schema } }
  const without = { ...able, jsonSchema: false }

  test('becomes a tool that must be called, and the call becomes the text of the answer', () => {
    const { conversation } = adaptConversation(asked, without)
    expect(conversation.output).toBeUndefined()
    expect(conversation.tools).toMatchObject([{ type: 'function', name: 'place', parameters: schema }])
    expect(conversation.toolChoice).toEqual({ mode: 'required', names: ['place'] })
    const call: AnswerPart = { type: 'tool_call', id: 'c', name: 'place', arguments: '{"city":"Rio"}' }
    expect(restored(asked, without, answer(call)).choices).toEqual([
      { parts: [{ type: 'text', text: '{"city":"Rio"}' }], finish: { reason: 'stop' } },
    ])
  })

  test('leaves the client its own tools: some tool must be called, and a call of one of them waits', () => {
    const withTool: Conversation = { ...asked, tools: [{ type: 'function', name: 'place' }] }
    const { conversation } = adaptConversation(withTool, without)
    expect(conversation.tools.map(({ name }) => name)).toEqual(['place', 'place_answer'])
    expect(conversation.toolChoice).toEqual({ mode: 'required' })
    const call: AnswerPart = { type: 'tool_call', id: 'c', name: 'place', arguments: '{}' }
    expect(restored(withTool, without, answer(call))).toEqual(answer(call))
  })

  test('that is no object is wrapped in one, and unwrapped again', () => {
    const list: Conversation = { ...said, output: { type: 'json_schema', schema: { type: 'array' } } }
    const { conversation } = adaptConversation(list, without)
    expect(conversation.tools).toMatchObject([{ parameters: { properties: { value: { type: 'array' } } } }])
    const call: AnswerPart = { type: 'tool_call', id: 'c', name: 'answer', arguments: '{"value":[1,2]}' }
    expect(restored(list, without, answer(call)).choices[0]?.parts).toEqual([{ type: 'text', text: '[1,2]' }])
  })
})

describe('a tool with free text for a target without such tools', () => {
  const asked: Conversation = {
    ...said,
    messages: [
      ...said.messages,
      {
        role: 'assistant',
        parts: [{ type: 'tool_call', id: 'c', name: 'patch', arguments: '*** Begin', custom: true }],
      },
    ],
    tools: [{ type: 'custom', name: 'patch', description: 'Applies a patch.' }],
  }
  const without = { ...able, customTools: false }

  test('becomes a function with one text, in the history too', () => {
    const { conversation } = adaptConversation(asked, without)
    expect(conversation.tools).toMatchObject([
      { type: 'function', name: 'patch', parameters: { required: ['input'] } },
    ])
    expect(conversation.messages[1]?.parts).toEqual([
      { type: 'tool_call', id: 'c', name: 'patch', arguments: '{"input":"*** Begin"}' },
    ])
  })

  test.each([
    ['{"input":"line 1\\nline 2"}', 'line 1\nline 2'],
    ['not json', 'not json'],
    ['{"other":1}', '{"other":1}'],
  ])('gets its text out of the arguments %s', (written, text) => {
    const call: AnswerPart = { type: 'tool_call', id: 'c', name: 'patch', arguments: written }
    expect(restored(asked, without, answer(call)).choices[0]?.parts).toEqual([
      { type: 'tool_call', id: 'c', name: 'patch', arguments: text, custom: true },
    ])
  })
})

test('names that the target refuses are replaced everywhere, and put back in the answer', () => {
  const asked: Conversation = {
    ...said,
    messages: [
      ...said.messages,
      { role: 'assistant', parts: [{ type: 'tool_call', id: 'c', name: 'mcp.files/read', arguments: '{}' }] },
      { role: 'user', parts: [{ type: 'tool_result', callId: 'c', name: 'mcp.files/read', content: [] }] },
    ],
    tools: [
      { type: 'function', name: 'mcp.files/read' },
      { type: 'function', name: 'mcp_files_read' },
      { type: 'function', name: 'x'.repeat(80) },
    ],
    toolChoice: { mode: 'required', names: ['mcp.files/read'] },
  }
  const { conversation } = adaptConversation(asked, able)
  const names = conversation.tools.map(({ name }) => name)
  expect(new Set(names).size).toBe(3)
  for (const name of names) expect(name).toMatch(able.toolName)
  const [replaced = ''] = names
  expect(conversation.toolChoice).toEqual({ mode: 'required', names: [replaced] })
  expect(conversation.messages.slice(1).map(({ parts }) => parts)).toMatchObject([
    [{ name: replaced }],
    [{ name: replaced }],
  ])
  const call: AnswerPart = { type: 'tool_call', id: 'd', name: replaced, arguments: '{}' }
  expect(restored(asked, able, answer(call)).choices[0]?.parts).toMatchObject([{ name: 'mcp.files/read' }])
})
