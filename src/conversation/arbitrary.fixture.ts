// Generated answers for property tests: everything that the neutral form can say.

import fc from 'fast-check'
import type { AnswerPart, Choice, Completion } from './completion.ts'

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
const word = fc.stringMatching(/^[a-zA-Z0-9_-]{1,12}$/)
const json = fc
  .dictionary(word, fc.oneof(text, fc.integer(), fc.boolean()), { maxKeys: 3 })
  .map(value => JSON.stringify(value))

export const answerPart: fc.Arbitrary<AnswerPart> = fc.oneof(
  text.map((value): AnswerPart => ({ type: 'text', text: value })),
  text.map((value): AnswerPart => ({ type: 'reasoning', text: value })),
  fc.record({ text, signature: word }).map((value): AnswerPart => ({ type: 'reasoning', ...value })),
  fc
    .record({ id: word, name: word, arguments: json })
    .map((value): AnswerPart => ({ type: 'tool_call', ...value })),
)

const choice: fc.Arbitrary<Choice> = fc.array(answerPart, { maxLength: 5 }).map(parts => ({
  parts,
  finish: { reason: parts.some(({ type }) => type === 'tool_call') ? 'tool_calls' : 'stop' },
}))

const usage = fc.record({
  inputUncached: fc.nat(1000),
  cacheRead: fc.nat(1000),
  cacheWrite5m: fc.nat(1000),
  cacheWrite1h: fc.constant(0),
  outputText: fc.nat(1000),
  outputReasoning: fc.constant(0),
  audioInput: fc.constant(0),
  audioOutput: fc.constant(0),
})

/** One choice, as all formats can answer. */
export const completion: fc.Arbitrary<Completion> = fc.record({
  id: word,
  model: word,
  choices: fc.array(choice, { minLength: 1, maxLength: 1 }),
  usage: fc.option(usage),
})
