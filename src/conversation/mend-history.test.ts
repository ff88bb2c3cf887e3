import { expect, test } from 'vitest'
import type { Conversation, Message } from './conversation.ts'
import { mendHistory } from './mend-history.ts'
import { mergeTurns } from './merge-turns.ts'
import type { Part } from './parts.ts'
import { parseToolArguments, writeToolArguments } from './tool-arguments.ts'

const text = (value: string): Part => ({ type: 'text', text: value })
const call = (id: string): Part => ({ type: 'tool_call', id, name: `tool_${id}`, arguments: '{}' })
const result = (callId: string): Part => ({
  type: 'tool_result',
  callId,
  content: [{ type: 'text', text: 'ok' }],
})
const user = (...parts: Part[]): Message => ({ role: 'user', parts })
const assistant = (...parts: Part[]): Message => ({ role: 'assistant', parts })

function mended(...messages: Message[]): readonly Message[] {
  const conversation: Conversation = { model: 'm', streaming: false, messages, tools: [], sampling: {} }
  return mendHistory(conversation).messages
}

test('a history in which nothing is missing stays the object that it is', () => {
  const conversation: Conversation = {
    model: 'm',
    streaming: false,
    messages: [user(text('hi')), assistant(text('hello'))],
    tools: [],
    sampling: {},
  }
  expect(mendHistory(conversation)).toBe(conversation)
})

test('the name of the tool is filled into a result that gives only the id', () => {
  expect(mended(user(text('hi')), assistant(call('a')), user(result('a')))[2]?.parts).toEqual([
    { ...result('a'), name: 'tool_a' },
  ])
})

test('a call that nobody answered gets an answer that says so, before the user goes on', () => {
  const [, , answer] = mended(
    user(text('hi')),
    assistant(call('a'), call('b')),
    user(result('a'), text('go on')),
  )
  expect(answer?.parts.map(part => (part.type === 'tool_result' ? part.callId : part.type))).toEqual([
    'b',
    'a',
    'text',
  ])
})

test('what the model went on to say before its calls were answered belongs to the same turn', () => {
  expect(mended(user(text('hi')), assistant(call('a')), assistant(text('wait')), user(result('a')))).toEqual([
    user(text('hi')),
    assistant(text('wait'), call('a')),
    user({ ...result('a'), name: 'tool_a' } as Part),
  ])
})

test('where nobody answers the calls, the model went on without', () => {
  const messages = mended(user(text('hi')), assistant(call('a')), assistant(text('never mind')))
  expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant'])
})

test('calls of the last message stay open', () => {
  expect(mended(user(text('hi')), assistant(call('a')))).toEqual([user(text('hi')), assistant(call('a'))])
})

test('a result without its call is still said, as text', () => {
  expect(mended(user(result('gone'), text('hi')))[0]?.parts).toEqual([
    text('Result of the tool gone:\nok'),
    text('hi'),
  ])
})

test('messages of the same role become one turn, results first, and system messages stand apart', () => {
  const { system, turns } = mergeTurns([
    { role: 'system', parts: [text('be kind')] },
    user(text('one')),
    user(text('')),
    user(text('two'), result('a')),
    { role: 'system', parts: [text('be brief')] },
    assistant(text('three')),
    assistant(),
  ])
  expect(system).toEqual([text('be kind'), text('be brief')])
  expect(turns).toEqual([
    { role: 'user', parts: [result('a'), text('one'), text('two')], index: 1 },
    { role: 'assistant', parts: [text('three')], index: 5 },
  ])
})

test.each(['{"a":1}', '{}', 'not json', '[1,2]', '"text"'])('arguments survive as an object: %s', value => {
  expect(writeToolArguments(parseToolArguments(value))).toBe(value)
})

test('no arguments are an empty object', () => {
  expect(['', ' ', 'null'].map(parseToolArguments)).toEqual([{}, {}, {}])
})
