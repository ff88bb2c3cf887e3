import fc from 'fast-check'
import { expect, test } from 'vitest'
import { completion } from './arbitrary.fixture.ts'
import { foldEvents } from './fold-events.ts'
import { unfoldCompletion } from './unfold-completion.ts'

test('an answer told in events is the answer', () => {
  fc.assert(
    fc.property(completion, answer => {
      expect(foldEvents(unfoldCompletion(answer))).toEqual(answer)
    }),
  )
})

test('parts that overlap are told apart, and details that come in pieces are joined', () => {
  const folded = foldEvents([
    { type: 'start', id: 'a', model: 'm' },
    { type: 'part_start', choice: 0, part: 0, opening: { type: 'tool_call', id: 'x', name: 'f' } },
    { type: 'part_start', choice: 0, part: 1, opening: { type: 'tool_call', id: 'y', name: 'g' } },
    { type: 'part_delta', choice: 0, part: 1, text: '{"b":' },
    { type: 'part_delta', choice: 0, part: 0, text: '{}' },
    { type: 'part_detail', choice: 0, part: 0, detail: { signature: 'si' } },
    { type: 'part_detail', choice: 0, part: 0, detail: { signature: 'gn' } },
    { type: 'part_delta', choice: 0, part: 1, text: '1}' },
    { type: 'part_end', choice: 0, part: 0 },
    { type: 'part_end', choice: 0, part: 1 },
    { type: 'finish', choice: 0, finish: { reason: 'tool_calls' } },
    { type: 'end' },
  ])
  expect(folded.choices).toEqual([
    {
      parts: [
        { type: 'tool_call', id: 'x', name: 'f', arguments: '{}', signature: 'sign' },
        { type: 'tool_call', id: 'y', name: 'g', arguments: '{"b":1}' },
      ],
      finish: { reason: 'tool_calls' },
    },
  ])
})
