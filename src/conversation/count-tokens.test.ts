import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Conversation } from './conversation.ts'
import { countTokens } from './count-tokens.ts'
import type { Part } from './parts.ts'

function count(...parts: Part[]): number {
  const conversation: Conversation = {
    model: 'm',
    streaming: false,
    messages: [{ role: 'user', parts }],
    tools: [],
    sampling: {},
  }
  return sum(conversation)
}

function sum(conversation: Conversation): number {
  let tokens = 0
  for (const piece of countTokens(conversation)) tokens += piece
  return tokens
}

const empty = count()
const text = (value: string): Part => ({ type: 'text', text: value })
const sentence = 'The quick brown fox jumps over the lazy dog. '

test('prose has about a token for every four or five letters', () => {
  const tokens = count(text(sentence.repeat(200))) - empty
  expect(tokens).toBeGreaterThan((sentence.length * 200) / 6)
  expect(tokens).toBeLessThan((sentence.length * 200) / 3)
})

test('pictures, recordings and documents have fixed prices, whatever their bytes', () => {
  const source = (data: string) => ({ kind: 'base64', mediaType: 'image/png', data }) as const
  const image = count({ type: 'image', source: source('A') }) - empty
  expect(image).toBe(1_500)
  expect(count({ type: 'image', source: source('A'.repeat(9_000)) }) - empty).toBe(image)
  expect(count({ type: 'image', source: source('A'), detail: 'low' }) - empty).toBe(85)
  expect(count({ type: 'audio', source: source('A') }) - empty).toBe(1_920)
  expect(count({ type: 'file', source: source('A') }) - empty).toBe(4_500)
})

test('a document of text costs its text', () => {
  const data = Buffer.from(sentence).toString('base64')
  const file: Part = { type: 'file', source: { kind: 'base64', mediaType: 'text/plain', data } }
  expect(count(file)).toBe(count(text(sentence)))
})

test('calls, results, tools and schemas count with all that they hold', () => {
  const call: Part = { type: 'tool_call', id: 'a', name: 'look', arguments: '{"city":"Lisbon"}' }
  const result: Part = { type: 'tool_result', callId: 'a', content: [{ type: 'text', text: sentence }] }
  expect(count(call)).toBeGreaterThan(empty + 12)
  expect(count(result)).toBeGreaterThan(count(text(sentence)))
  const plain: Conversation = { model: 'm', streaming: false, messages: [], tools: [], sampling: {} }
  const tool = {
    type: 'function',
    name: 'look',
    description: sentence,
    parameters: { type: 'object' },
  } as const
  expect(sum({ ...plain, tools: [tool] })).toBeGreaterThan(20)
  expect(sum({ ...plain, output: { type: 'json_schema', schema: { type: 'object' } } })).toBeGreaterThan(0)
})

test('no piece is long, so that a long prompt keeps nobody waiting', () => {
  const conversation: Conversation = {
    model: 'm',
    streaming: false,
    messages: [{ role: 'user', parts: [text('a'.repeat(300_000)), text(sentence.repeat(5_000))] }],
    tools: [],
    sampling: {},
  }
  expect(Math.max(...countTokens(conversation))).toBeLessThan(32_768)
})

test('more text never costs less by more than a token or two', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 400 }),
      fc.string({ maxLength: 100 }),
      (before, after) => {
        expect(count(text(`${before} ${after}`))).toBeGreaterThanOrEqual(count(text(before)) - 2)
      },
    ),
  )
})
