import { expect, test } from 'vitest'
import { runAtOnce } from '../lib/slices.ts'
import { chatFacts, makeFacts, makeModel } from './models.fixture.ts'
import { modelInPath, shapeOfModels } from './models.ts'

const models = [makeModel('a', chatFacts), makeModel('v/b')]
const whole = new URLSearchParams()
const anthropicVersion = { 'anthropic-version': '2023-06-01' }
const shapeOfMistral = shapeOfModels('/v1/models', { 'user-agent': 'mistral-client-python/3.7.0' })

test('a plain client gets the list in the shape of the OpenAI SDKs', () => {
  expect(runAtOnce(shapeOfModels('/v1/models', {}).list(models, whole))).toEqual({
    object: 'list',
    data: [
      { id: 'a', object: 'model', created: Date.UTC(2026, 0, 2) / 1000, owned_by: 'Acme' },
      { id: 'v/b', object: 'model', created: 0, owned_by: 'acme-eu' },
    ],
  })
})

test('a client that names an Anthropic version gets the shape of that SDK, null for what nobody knows', () => {
  expect(runAtOnce(shapeOfModels('/v1/models', anthropicVersion).list(models, whole))).toEqual({
    has_more: false,
    first_id: 'a',
    last_id: 'v/b',
    data: [
      {
        type: 'model',
        id: 'a',
        display_name: 'Falcon 4',
        created_at: '2026-01-02T00:00:00.000Z',
        max_input_tokens: 200_000,
        max_tokens: 8_000,
        capabilities: null,
        deprecated_at: '2026-05-01T00:00:00.000Z',
        retires_at: '2027-01-01T00:00:00.000Z',
        lifecycle: 'deprecated',
        line: null,
      },
      {
        type: 'model',
        id: 'v/b',
        display_name: 'v/b',
        created_at: '1970-01-01T00:00:00.000Z',
        max_input_tokens: null,
        max_tokens: null,
        capabilities: null,
        deprecated_at: null,
        retires_at: null,
        lifecycle: 'active',
        line: null,
      },
    ],
  })
})

test('the v1beta path answers as Gemini does, without what nobody knows', () => {
  const embedding = makeModel('e', makeFacts({ kind: 'embedding' }))
  const image = makeModel('i', makeFacts({ kind: 'image' }))
  expect(runAtOnce(shapeOfModels('/v1beta/models', {}).list([...models, embedding, image], whole))).toEqual({
    models: [
      {
        name: 'models/a',
        baseModelId: 'a',
        displayName: 'Falcon 4',
        inputTokenLimit: 200_000,
        outputTokenLimit: 8_000,
        thinking: false,
        supportedGenerationMethods: ['generateContent', 'countTokens'],
      },
      {
        name: 'models/v/b',
        baseModelId: 'v/b',
        displayName: 'v/b',
        supportedGenerationMethods: ['generateContent', 'countTokens'],
      },
      expect.objectContaining({ supportedGenerationMethods: ['embedContent', 'batchEmbedContents'] }),
      expect.objectContaining({ supportedGenerationMethods: [] }),
    ],
  })
})

test('a client of Mistral reads abilities, size and what comes after', () => {
  expect(shapeOfMistral.one(models[0] ?? makeModel('a'))).toMatchObject({
    id: 'a',
    name: 'Falcon 4',
    type: 'base',
    capabilities: { completion_chat: true, function_calling: true, vision: true, reasoning: false },
    max_context_length: 200_000,
    aliases: ['falcon-latest'],
    deprecation: '2026-05-01T00:00:00.000Z',
    deprecation_replacement_model: 'falcon-5',
  })
  const unknown = shapeOfMistral.one(makeModel('x'))
  expect(unknown).toMatchObject({ capabilities: { completion_chat: true } })
  expect(unknown).not.toHaveProperty('max_context_length')
  expect(unknown).not.toHaveProperty('capabilities.function_calling')
})

test('a client of Cohere reads what can be asked, and the length of the context', () => {
  const shape = shapeOfModels('/cohere/v1/models', {})
  expect(runAtOnce(shape.list([...models, makeModel('e', makeFacts({ kind: 'embedding' }))], whole))).toEqual(
    {
      models: [
        {
          name: 'a',
          endpoints: ['chat'],
          finetuned: false,
          context_length: 200_000,
          is_deprecated: true,
          features: ['tools', 'json_schema', 'vision'],
        },
        { name: 'v/b', endpoints: ['chat', 'embed', 'rerank'], finetuned: false },
        { name: 'e', endpoints: ['embed'], finetuned: false, is_deprecated: false, features: [] },
      ],
    },
  )
  const embedding = new URLSearchParams('endpoint=embed')
  expect(runAtOnce(shape.list(models, embedding))).toMatchObject({ models: [{ name: 'v/b' }] })
})

const letters = ['a', 'b', 'c', 'd', 'e'].map(id => makeModel(id))

test.each([
  ['limit=2', ['a', 'b'], true],
  ['limit=2&after_id=b', ['c', 'd'], true],
  ['limit=2&after_id=c', ['d', 'e'], false],
  ['after_id=e', [], false],
  ['limit=2&before_id=d', ['b', 'c'], true],
  ['limit=3&before_id=d', ['a', 'b', 'c'], false],
  ['', ['a', 'b', 'c', 'd', 'e'], false],
])('a client of Anthropic turns pages with %s', (query, ids, more) => {
  const list = runAtOnce(
    shapeOfModels('/v1/models', anthropicVersion).list(letters, new URLSearchParams(query)),
  )
  expect(list).toMatchObject({ data: ids.map(id => ({ id })), has_more: more })
  expect(list).toMatchObject({ first_id: ids[0] ?? null, last_id: ids.at(-1) ?? null })
})

test.each([
  ['limit=1001', 'limit'],
  ['limit=few', 'limit'],
  ['after_id=z', 'after_id'],
  ['before_id=z', 'before_id'],
  ['before_id=a&after_id=b', 'before_id'],
])('a page that cannot be, %s, is refused by the name of %s', (query, param) => {
  const list = () =>
    runAtOnce(shapeOfModels('/v1/models', anthropicVersion).list(letters, new URLSearchParams(query)))
  expect(list).toThrow(expect.objectContaining({ code: 'invalid_request', param }))
})

test.each([
  {
    path: '/v1beta/models',
    size: 'pageSize',
    token: 'pageToken',
    next: 'nextPageToken',
    prefix: 'models/',
  },
  {
    path: '/cohere/v1/models',
    size: 'page_size',
    token: 'page_token',
    next: 'next_page_token',
    prefix: '',
  },
])('pages at $path follow one another by token', ({ path, size, token, next, prefix }) => {
  const shape = shapeOfModels(path, {})
  const names: string[] = []
  let query = new URLSearchParams({ [size]: '2' })
  for (let pages = 0; pages < 3; pages++) {
    const list = runAtOnce(shape.list(letters, query)) as Record<string, unknown> & {
      models: { name: string }[]
    }
    names.push(...list.models.map(({ name }) => name))
    query = new URLSearchParams({ [size]: '2', [token]: String(list[next]) })
    if (pages === 2) expect(list).not.toHaveProperty(next)
  }
  expect(names).toEqual(['a', 'b', 'c', 'd', 'e'].map(id => prefix + id))
  const wrong = () => runAtOnce(shape.list(letters, new URLSearchParams({ [token]: 'nothing' })))
  expect(wrong).toThrow(expect.objectContaining({ param: token }))
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
