// What each vendor's own client reads of the list of models, and of one alone.

import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import { CohereClient } from 'cohere-ai'
import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { shareScene } from '../support/scene.ts'
import { testKey } from '../support/test-gateway.ts'

const scene = shareScene({ upstreams: [[]], provider: { models: ['test-model', 'vendor/other'] } })
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
