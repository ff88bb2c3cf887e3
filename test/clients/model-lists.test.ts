// What each vendor's own client reads of the list of models, and of one alone.

import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import { Mistral } from '@mistralai/mistralai'
import { CohereClient } from 'cohere-ai'
import { Ollama } from 'ollama'
import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { shareScene } from '../support/scene.ts'
import { testKey } from '../support/test-gateway.ts'

const scene = shareScene({
  upstreams: [[]],
  provider: { models: ['test-model', 'vendor/other'] },
  sections: () => ({
    models: {
      details: {
        'test-model': {
          title: 'Test Model',
          owned_by: 'Acme',
          kind: 'chat',
          context_window: 200_000,
          max_output: 8_000,
          input: ['text', 'image'],
          tools: true,
          reasoning: true,
          released_on: '2026-01-02',
          deprecated_on: '2026-03-01',
          aliases: ['test-latest'],
        },
      },
    },
  }),
})
const bornOn = new Date('2026-01-02T00:00:00Z')
const urlOf = (path: string) => scene().gateway.url + path
const names = ['test-model', 'vendor/other']

test.each(['/v1', '/openai/v1'])("OpenAI's client below %s", async base => {
  const client = new OpenAI({ apiKey: testKey, baseURL: urlOf(base), maxRetries: 0 })
  expect((await client.models.list()).data.map(({ id }) => id)).toEqual(expect.arrayContaining(names))
  expect(await client.models.retrieve('vendor/other')).toMatchObject({ id: 'vendor/other', object: 'model' })
  await expect(client.models.retrieve('nobody')).rejects.toMatchObject({ status: 404, param: 'model' })
})

test.each(['', '/anthropic'])("Anthropic's client below '%s'", async base => {
  const client = new Anthropic({ apiKey: testKey, baseURL: urlOf(base), maxRetries: 0 })
  expect((await client.models.list()).data.map(({ id }) => id)).toEqual(expect.arrayContaining(names))
  expect(await client.models.retrieve('test-model')).toMatchObject({ id: 'test-model', type: 'model' })
  const failure = { status: 404, error: { type: 'error', error: { type: 'not_found_error' } } }
  await expect(client.models.retrieve('nobody')).rejects.toMatchObject(failure)
})

test.each(['v1', 'v1beta'])("Google's client at %s", async apiVersion => {
  const client = new GoogleGenAI({ apiKey: testKey, apiVersion, httpOptions: { baseUrl: urlOf('') } })
  const listed: unknown[] = []
  for await (const { name } of await client.models.list()) listed.push(name)
  expect(listed).toEqual(expect.arrayContaining(names.map(name => `models/${name}`)))
  expect(await client.models.get({ model: 'test-model' })).toMatchObject({ name: 'models/test-model' })
  await expect(client.models.get({ model: 'nobody' })).rejects.toMatchObject({ status: 404 })
})

test('a key in the query speaks for Google, too', async () => {
  const answer = await fetch(urlOf(`/v1/models?key=${testKey}`))
  expect(await answer.json()).toHaveProperty('models.0.name')
})

test("Cohere's client below a path of its own", async () => {
  const client = new CohereClient({ token: testKey, environment: urlOf('/cohere'), maxRetries: 0 })
  expect((await client.models.list()).models.map(({ name }) => name)).toEqual(expect.arrayContaining(names))
  expect(await client.models.get('test-model')).toMatchObject({ name: 'test-model', finetuned: false })
  await expect(client.models.get('nobody')).rejects.toMatchObject({ statusCode: 404 })
})

test("OpenAI's client reads when a model came out, and whose it is", async () => {
  const client = new OpenAI({ apiKey: testKey, baseURL: urlOf('/v1'), maxRetries: 0 })
  expect(await client.models.retrieve('test-model')).toMatchObject({
    created: bornOn.getTime() / 1000,
    owned_by: 'Acme',
  })
  expect(await client.models.retrieve('vendor/other')).toMatchObject({ created: 0, owned_by: 'vendor' })
})

test("Anthropic's client reads sizes and dates, and turns pages", async () => {
  const client = new Anthropic({ apiKey: testKey, baseURL: urlOf(''), maxRetries: 0 })
  expect(await client.models.retrieve('test-model')).toMatchObject({
    display_name: 'Test Model',
    created_at: bornOn.toISOString(),
    max_input_tokens: 200_000,
    max_tokens: 8_000,
    lifecycle: 'deprecated',
  })
  const listed: string[] = []
  for await (const { id } of client.models.list({ limit: 1 })) listed.push(id)
  expect(listed).toEqual(names)
  const back = await client.models.list({ before_id: 'vendor/other', limit: 1 })
  expect(back.data.map(({ id }) => id)).toEqual(['test-model'])
  const wrong = client.models.list({ after_id: 'nobody' })
  await expect(wrong).rejects.toMatchObject({ status: 400 })
})

test("Google's client reads sizes, and turns pages", async () => {
  const client = new GoogleGenAI({ apiKey: testKey, httpOptions: { baseUrl: urlOf('') } })
  expect(await client.models.get({ model: 'test-model' })).toMatchObject({
    displayName: 'Test Model',
    inputTokenLimit: 200_000,
    outputTokenLimit: 8_000,
    thinking: true,
  })
  const pager = await client.models.list({ config: { pageSize: 1 } })
  expect(pager.page).toHaveLength(1)
  const listed: unknown[] = []
  for await (const { name } of pager) listed.push(name)
  expect(listed).toEqual(names.map(name => `models/${name}`))
})

test("Cohere's client reads the context, and turns pages", async () => {
  const client = new CohereClient({ token: testKey, environment: urlOf('/cohere'), maxRetries: 0 })
  const first = await client.models.list({ pageSize: 1 })
  expect(first.models).toMatchObject([
    { name: 'test-model', contextLength: 200_000, endpoints: ['chat'], isDeprecated: true },
  ])
  const second = await client.models.list({ pageSize: 1, pageToken: first.nextPageToken ?? '' })
  expect(second.models.map(({ name }) => name)).toEqual(['vendor/other'])
  expect(second.nextPageToken).toBeUndefined()
})

test("Mistral's client reads the context and what a model can do", async () => {
  const client = new Mistral({ apiKey: testKey, serverURL: urlOf('') })
  const { data } = await client.models.list()
  expect(data).toMatchObject([
    {
      id: 'test-model',
      name: 'Test Model',
      maxContextLength: 200_000,
      aliases: ['test-latest'],
      capabilities: {
        completionChat: true,
        functionCalling: true,
        vision: true,
        reasoning: true,
        audio: false,
      },
      deprecation: new Date('2026-03-01T00:00:00Z'),
    },
    { id: 'vendor/other' },
  ])
})

test("Ollama's client reads the context and what a model can do", async () => {
  const client = new Ollama({ host: urlOf(''), headers: { authorization: `Bearer ${testKey}` } })
  expect((await client.list()).models.map(({ name, details }) => [name, details.family])).toEqual([
    ['test-model', 'Acme'],
    ['vendor/other', 'vendor'],
  ])
  expect(await client.show({ model: 'test-model' })).toMatchObject({
    model_info: { 'general.architecture': 'model', 'model.context_length': 200_000 },
    capabilities: ['completion', 'tools', 'vision', 'thinking'],
  })
})

test("Azure's path of the models", async () => {
  const headers = { 'api-key': testKey }
  const answer = await fetch(urlOf('/openai/models?api-version=2024-10-21'), { headers })
  expect(await answer.json()).toMatchObject({ object: 'list', data: [{ object: 'model' }, {}] })
})

test.each(['/v1/models', '/openai/models', '/anthropic/v1/models', '/cohere/v1/models'])(
  '%s wants a key',
  async path => {
    expect((await fetch(urlOf(path))).status).toBe(401)
  },
)

test('what clients ask to see whether somebody is there leaves no error in the log', async () => {
  const { gateway } = scene()
  const before = gateway.readLog().length
  expect((await fetch(urlOf('/'), { method: 'HEAD' })).status).toBe(200)
  expect((await fetch(urlOf('/api/hello'), { method: 'HEAD' })).status).toBe(404)
  expect(gateway.readLog()).toHaveLength(before)
})
