import { expect, test } from 'vitest'
import { bareName, publisherOf, withoutDate } from './model-names.ts'

test.each([
  ['eu.anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude-sonnet-4-5-20250929'],
  ['anthropic.claude-opus-4-6-v1', 'claude-opus-4-6'],
  ['global.anthropic.claude-opus-5-5', 'claude-opus-5-5'],
  ['us.meta.llama3-1-70b-instruct-v1:0', 'llama3-1-70b-instruct'],
  ['anthropic/claude-haiku-4.5', 'claude-haiku-4-5'],
  ['claude-3-5-sonnet@20241022', 'claude-3-5-sonnet-20241022'],
  ['accounts/fireworks/models/glm-5p2', 'glm-5-2'],
  ['meta-llama/Meta-Llama-3.1-8B-Instruct', 'llama-3-1-8b-instruct'],
  ['qwen/qwen3-32b:free', 'qwen3-32b'],
  ['deepseek-v3', 'deepseek-v3'],
  ['gpt-4.1', 'gpt-4-1'],
])('%s is %s everywhere', (name, bare) => {
  expect(bareName(name)).toBe(bare)
})

test('the publisher stands before a slash or a dot', () => {
  expect(publisherOf('AllenAI/OLMo-7B')).toBe('allenai')
  expect(publisherOf('~liquid/d1-latest')).toBe('liquid')
  expect(publisherOf('eu.amazon.nova-pro-v1:0')).toBe('amazon')
  expect(publisherOf('deepseek.r1-v1:0')).toBe('deepseek')
  expect(publisherOf('gpt-4.1')).toBeNull()
  expect(publisherOf('accounts/fireworks/models/x')).toBeNull()
})

test('a date at the end of a name is left out, whichever way it is written', () => {
  expect(withoutDate('gpt-4o-2024-08-06')).toBe('gpt-4o')
  expect(withoutDate('claude-haiku-4-5-20251001')).toBe('claude-haiku-4-5')
  expect(withoutDate('claude-haiku-4-5@20251001')).toBe('claude-haiku-4-5')
  expect(withoutDate('deepseek-r1-0528')).toBe('deepseek-r1-0528')
})
