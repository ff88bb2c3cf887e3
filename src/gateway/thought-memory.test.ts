import { expect, test } from 'vitest'
import type { Completion } from '../conversation/completion.ts'
import type { Conversation, Message } from '../conversation/conversation.ts'
import type { Part } from '../conversation/parts.ts'
import { unfoldCompletion } from '../conversation/unfold-completion.ts'
import { createThoughtMemory, type Thinker } from './thought-memory.ts'

const alice: Thinker = { keyId: 'key_alice', format: 'signed', model: 'm-1' }
const thought: Part = { type: 'reasoning', text: 'I need the weather.', signature: 'sig-1' }
const call: Part = { type: 'tool_call', id: 'call-1', name: 'weather', arguments: '{}' }
const answer: Completion = {
  id: 'a',
  model: 'm-1',
  choices: [{ parts: [thought, call], finish: { reason: 'tool_calls' } }],
  usage: null,
}

function talk(...messages: Message[]): Conversation {
  return { model: 'm-1', streaming: false, messages, tools: [], sampling: {} }
}

const assistant = (...parts: Part[]): Message => ({ role: 'assistant', parts })

test.each(['whole', 'streamed'])(
  'a thought that the client could not keep comes back with its call (%s)',
  how => {
    const memory = createThoughtMemory()
    if (how === 'whole') memory.remember(answer, alice)
    else {
      const listen = memory.listen(alice)
      for (const event of unfoldCompletion(answer)) listen(event)
    }
    expect(memory.recall(talk(assistant(call)), alice).messages[0]?.parts).toEqual([thought, call])
    // Its plain words, which the client does keep, give way to the proven thought.
    const plain: Part = { type: 'reasoning', text: 'I need the weather.' }
    expect(memory.recall(talk(assistant(plain, call)), alice).messages[0]?.parts).toEqual([thought, call])
  },
)

test('a thought goes to nobody else, and to no other model', () => {
  const memory = createThoughtMemory()
  memory.remember(answer, alice)
  const conversation = talk(assistant(call))
  for (const other of [{ keyId: 'key_bob' }, { model: 'm-2' }, { format: 'other' }])
    expect(memory.recall(conversation, { ...alice, ...other })).toBe(conversation)
})

test('the signature of a call comes back to the call', () => {
  const memory = createThoughtMemory()
  const signed: Part = { ...call, signature: 'sig-of-call' }
  memory.remember({ ...answer, choices: [{ parts: [signed], finish: { reason: 'tool_calls' } }] }, alice)
  expect(memory.recall(talk(assistant(call)), alice).messages[0]?.parts).toEqual([signed])
})

test('thoughts of another model are left out from the front up to the last of them, and no message is left empty', () => {
  const memory = createThoughtMemory()
  memory.remember(answer, alice)
  const later: Part = { type: 'reasoning', text: 'later', signature: 'sig-of-somebody' }
  const text: Part = { type: 'text', text: 'hello' }
  const recalled = memory.recall(
    talk(assistant(later, text), assistant(thought), assistant(thought, text), assistant(later, text)),
    { ...alice, model: 'm-2' },
  )
  expect(recalled.messages.map(({ parts }) => parts)).toEqual([[text], [text], [later, text]])
})
