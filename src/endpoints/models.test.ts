import { expect, test } from 'vitest'
import { modelInPath, shapeOfModels } from './models.ts'

const models = [
  { id: 'a', created: 1_700_000_000, ownedBy: 'x' },
  { id: 'v/b', created: 0, ownedBy: 'y' },
]

test('a plain client gets the list in the shape of the OpenAI SDKs', () => {
  expect(shapeOfModels('/v1/models', {}).list(models)).toEqual({
    object: 'list',
    data: [
      { id: 'a', object: 'model', created: 1_700_000_000, owned_by: 'x' },
      { id: 'v/b', object: 'model', created: 0, owned_by: 'y' },
    ],
  })
})

test('a client that names an Anthropic version gets the shape of that SDK', () => {
  const list = shapeOfModels('/v1/models', { 'anthropic-version': '2023-06-01' }).list(models)
  expect(list).toMatchObject({ has_more: false, first_id: 'a', last_id: 'v/b' })
  expect(list).toHaveProperty('data.0', {
    type: 'model',
    id: 'a',
    display_name: 'a',
    created_at: '2023-11-14T22:13:20.000Z',
  })
})

test('the v1beta path answers as Gemini does', () => {
  expect(shapeOfModels('/v1beta/models', {}).list(models)).toHaveProperty('models.1.name', 'models/v/b')
})

test.each([
  ['/v1/models', { 'x-goog-api-key': 'k' }, 'gemini'],
  ['/v1/models', { 'x-goog-api-key': 'k', authorization: 'Bearer k' }, 'openai-chat'],
  ['/v1/models', { 'user-agent': 'mistral-client-python/3.7.0' }, 'mistral-chat'],
  ['/v1/models', { 'user-agent': 'OpenAI/Python 2.0.0' }, 'openai-chat'],
  ['/v1/models/x', { 'x-api-key': 'k', 'anthropic-version': '2023-06-01' }, 'anthropic-messages'],
  ['/v1beta/models/x', {}, 'gemini'],
  ['/openai/v1/models', { 'anthropic-version': '2023-06-01' }, 'openai-chat'],
  ['/openai/models/x', { 'api-key': 'k' }, 'openai-chat'],
  ['/anthropic/v1/models', {}, 'anthropic-messages'],
  ['/cohere/v1/models', {}, 'cohere-chat'],
])('%s with the headers %j is asked by a client of %s', (path, headers, format) => {
  expect(shapeOfModels(path, headers).format).toBe(format)
})

test('a client of Cohere gets names', () => {
  const shape = shapeOfModels('/cohere/v1/models', {})
  expect(shape.list(models)).toMatchObject({ models: [{ name: 'a' }, { name: 'v/b', finetuned: false }] })
})

test.each([
  ['/v1/models', null],
  ['/v1/models/', null],
  ['/v1/models/gpt-4', 'gpt-4'],
  ['/v1/models/meta-llama/Llama-3', 'meta-llama/Llama-3'],
  ['/v1/models/meta-llama%2FLlama-3', 'meta-llama/Llama-3'],
  ['/v1beta/models/x', 'x'],
  ['/openai/v1/models/x', 'x'],
  ['/cohere/v1/models/v/x', 'v/x'],
  ['/v1/models/%zz', '%zz'],
])('%s names the model %s', (path, expected) => {
  expect(modelInPath(path)).toBe(expected)
})
