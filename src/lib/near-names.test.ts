import { expect, test } from 'vitest'
import { nearNames } from './near-names.ts'

test('a typing mistake finds the name that was meant', () => {
  expect(nearNames('gpt-4o-mni', ['gpt-4', 'gpt-4o-mini', 'claude-3-opus'])[0]).toBe('gpt-4o-mini')
})

test('a name without its provider is found inside the longer one', () => {
  expect(nearNames('llama-3.3-70b', ['groq/llama-3.3-70b-versatile', 'o3'])).toEqual([
    'groq/llama-3.3-70b-versatile',
  ])
})

test('a stranger finds nothing', () => {
  expect(nearNames('zzzzzz', ['gpt-4', 'o3'])).toEqual([])
})
