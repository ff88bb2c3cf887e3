import { expect, test } from 'vitest'
import type { ReasoningRequest } from '../../conversation/conversation.ts'
import { traitsOf } from './model-traits.ts'
import { encodeThinking } from './thinking.ts'

function encode(model: string, asked: ReasoningRequest, maxTokens?: number) {
  const warnings: string[] = []
  return { config: encodeThinking(asked, traitsOf(model), { maxTokens, warnings }), warnings }
}

const dropped = ['dropped parameter reasoning_effort']

test.each([
  ['gemini-2.5-flash', 'none', { thinkingBudget: 0 }],
  ['gemini-2.5-flash', 'minimal', { thinkingBudget: 512, includeThoughts: true }],
  ['gemini-2.5-flash', 'low', { thinkingBudget: 1024, includeThoughts: true }],
  ['gemini-2.5-flash', 'medium', { thinkingBudget: 8192, includeThoughts: true }],
  ['gemini-2.5-flash', 'max', { thinkingBudget: 24_576, includeThoughts: true }],
  ['gemini-2.5-pro', 'max', { thinkingBudget: 32_768, includeThoughts: true }],
  ['models/gemini-2.5-flash-lite', 'minimal', { thinkingBudget: 512, includeThoughts: true }],
  ['gemini-3-flash-preview', 'none', { thinkingLevel: 'MINIMAL' }],
  ['gemini-3-flash-preview', 'medium', { thinkingLevel: 'MEDIUM', includeThoughts: true }],
  ['gemini-3-pro-preview', 'medium', { thinkingLevel: 'HIGH', includeThoughts: true }],
  ['gemini-3.1-pro-preview', 'medium', { thinkingLevel: 'MEDIUM', includeThoughts: true }],
  ['gemini-3.1-pro-preview', 'minimal', { thinkingLevel: 'LOW', includeThoughts: true }],
  ['gemini-3.8-flash', 'xhigh', { thinkingLevel: 'HIGH', includeThoughts: true }],
  ['gemini-4-argon', 'low', { thinkingLevel: 'LOW', includeThoughts: true }],
  ['gemini-flash-latest', 'high', { thinkingLevel: 'HIGH', includeThoughts: true }],
] as const)('%s asked for the effort %s', (model, effort, config) => {
  expect(encode(model, { effort })).toEqual({ config, warnings: [] })
})

test.each([
  ['gemini-2.5-pro', { thinkingBudget: 128 }],
  ['gemini-3-pro-preview', { thinkingLevel: 'LOW' }],
])('%s cannot stop thinking: it thinks as little as it can, and that is told', (model, config) => {
  expect(encode(model, { effort: 'none' })).toEqual({ config, warnings: dropped })
})

test('a model that does not think is not asked to, and that is told', () => {
  expect(encode('gemini-2.0-flash', { effort: 'high' })).toEqual({ config: undefined, warnings: dropped })
  expect(encode('gemini-2.0-flash', { effort: 'none' })).toEqual({ config: undefined, warnings: [] })
  expect(encode('gemini-2.5-flash-image', { effort: 'high' }).config).toBeUndefined()
})

test.each([
  [-1, { includeThoughts: true }],
  [500, { thinkingLevel: 'MINIMAL', includeThoughts: true }],
  [2000, { thinkingLevel: 'LOW', includeThoughts: true }],
  [10_000, { thinkingLevel: 'MEDIUM', includeThoughts: true }],
  [30_000, { thinkingLevel: 'HIGH', includeThoughts: true }],
])('a budget of %i is a level for models that have no budgets', (budgetTokens, config) => {
  expect(encode('gemini-3-flash-preview', { budgetTokens }).config).toEqual(config)
})

test('a budget is passed on within the bounds of the model', () => {
  const budgetOf = (model: string, budgetTokens: number, maxTokens?: number) =>
    encode(model, { budgetTokens }, maxTokens).config?.['thinkingBudget']
  expect(budgetOf('gemini-2.5-pro', 50)).toBe(128)
  expect(budgetOf('gemini-2.5-pro', 100_000)).toBe(32_768)
  expect(budgetOf('gemini-2.5-flash', -1)).toBe(-1)
})

test('thoughts leave room for the answer where its length is limited', () => {
  expect(encode('gemini-2.5-flash', { effort: 'high' }, 2000).config?.['thinkingBudget']).toBe(1000)
  expect(encode('gemini-2.5-flash', { effort: 'low' }, 2000).config?.['thinkingBudget']).toBe(1024)
})

test('a client that does not want to read thoughts does not get them', () => {
  expect(encode('gemini-2.5-flash', { effort: 'low', visible: false }).config).toEqual({
    thinkingBudget: 1024,
  })
})

test('nothing is said where nothing was asked', () => {
  const context = { maxTokens: undefined, warnings: [] }
  expect(encodeThinking(undefined, traitsOf('gemini-3-pro'), context)).toBeUndefined()
})
